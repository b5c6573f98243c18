"""Hand-overs: a person speaks instead of the bot, for a while."""

from sqlalchemy import Connection, func, insert, select, update

from bot.store.seal import Seal
from bot.store.tables import handover_words, handovers

WORDS = b"handover_words"


def _open_id(connection: Connection, participant: int) -> int | None:
    found: int | None = connection.scalar(
        select(handovers.c.id).where(
            handovers.c.participant_id == participant, handovers.c.closed_at.is_(None)
        )
    )
    return found


def open_one(connection: Connection, participant: int, moment: int) -> int:
    """Open a hand-over, or return the one that is open."""
    known = _open_id(connection, participant)
    if known is not None:
        return known
    made: int = connection.execute(
        insert(handovers).returning(handovers.c.id),
        {"participant_id": participant, "opened_at": moment},
    ).scalar_one()
    return made


def close(connection: Connection, participant: int, note: str, moment: int) -> bool:
    """Close the open hand-over with a note; say whether there was one."""
    query = (
        update(handovers)
        .where(handovers.c.participant_id == participant, handovers.c.closed_at.is_(None))
        .values(closed_at=moment, note=note)
    )
    return connection.execute(query).rowcount > 0


def say(
    connection: Connection, seal: Seal, participant: int, text: str, moment: int, *, ours: bool
) -> None:
    """Write down what was said in a hand-over; one is opened if none is."""
    row = {
        "handover_id": open_one(connection, participant, moment),
        "ours": ours,
        "sealed": seal.seal(WORDS, text.encode()),
        "at": moment,
    }
    connection.execute(insert(handover_words), row)


def words(connection: Connection, seal: Seal, participant: int) -> list[tuple[int, bool, str]]:
    """Return (when, ours, text) of a participant's open hand-over, oldest first."""
    known = _open_id(connection, participant)
    columns = (handover_words.c.at, handover_words.c.ours, handover_words.c.sealed)
    query = select(*columns).where(handover_words.c.handover_id == known)
    rows = connection.execute(query.order_by(handover_words.c.id))
    return [(at, ours, seal.open(WORDS, sealed).decode()) for at, ours, sealed in rows]


def unanswered(connection: Connection) -> int:
    """Count the open hand-overs in which nobody of the team had the last word."""
    last = (
        select(func.max(handover_words.c.id))
        .where(handover_words.c.handover_id == handovers.c.id)
        .correlate(handovers)
        .scalar_subquery()
    )
    ours = select(handover_words.c.id).where(handover_words.c.id == last, handover_words.c.ours)
    query = select(func.count()).select_from(handovers)
    open_ones = query.where(handovers.c.closed_at.is_(None), ~ours.exists())
    return connection.scalar(open_ones) or 0


def waiting(connection: Connection) -> list[tuple[int, int]]:
    """Return (participant, since when) of the hand-overs that are open, oldest first."""
    query = select(handovers.c.participant_id, handovers.c.opened_at)
    rows = connection.execute(
        query.where(handovers.c.closed_at.is_(None)).order_by(handovers.c.opened_at)
    )
    return [(row.participant_id, row.opened_at) for row in rows]
