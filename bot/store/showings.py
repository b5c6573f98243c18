"""Who heard what of others: drawn so that all are heard about as often, and nobody twice."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, delete, exists, func, insert, select
from sqlalchemy import update as change

from bot.store.fast import many
from bot.store.moderation import APPROVED, HEARD, agreed, counts
from bot.store.tables import contributions, moderated_texts, moderations, participants, showings

WIDTH = 40  # of those heard least so many are looked at; one is drawn among them by chance


class Hearable(NamedTuple):
    """A contribution that someone may hear, in their language."""

    id: str
    author: int
    network: str  # of its author
    text: str
    sound: bool  # its recording was approved, and its speaker agrees
    heard: int  # by how many people so far


class Listener(NamedTuple):
    """Who hears, in which language; `trials`: also those who only tried it out."""

    participant: int
    language: str
    trials: bool = True


def hearable(
    connection: Connection, listener: Listener, flow: str, about: str, step: str
) -> list[Hearable]:
    """Return what someone may hear and has not heard yet, what was heard least first."""
    m = moderations.c
    heard_it = exists().where(
        showings.c.contribution_id == m.contribution_id,
        showings.c.participant_id == listener.participant,
    )
    query = _query(listener).where(
        m.flow == flow, m.about == about, m.step == step, ~heard_it
    )  # fmt: skip
    rows = connection.execute(query.order_by(m.heard, m.contribution_id).limit(WIDTH))
    return [Hearable(*row) for row in rows]


def still_hearable(
    connection: Connection, listener: Listener, ids: Collection[str]
) -> dict[str, Hearable]:
    """Return those of what was drawn that may be heard now."""
    if not ids:
        return {}
    rows = connection.execute(_query(listener).where(moderations.c.contribution_id.in_(ids)))
    return {row[0]: Hearable(*row) for row in rows}


def _query(listener: Listener) -> Select[Any]:
    m, t, p = moderations.c, moderated_texts.c, participants.c
    sound = and_(m.sound.is_(True), agreed(HEARD)).label("sound")
    author = func.coalesce(p.merged_into, p.id)  # who is linked hears nothing of their own either
    return (
        select(m.contribution_id, p.id, p.network, t.text, sound, m.heard)
        .join(moderated_texts, t.contribution_id == m.contribution_id)
        .join(contributions, contributions.c.id == m.contribution_id)
        .join(participants, p.id == m.participant_id)
        .where(
            m.state == APPROVED,
            t.language == listener.language,
            author != listener.participant,
            counts(listener.trials),
        )
    )


_new = insert(showings)
_once_more = (
    change(moderations)
    .where(moderations.c.contribution_id == bindparam("b_id"))
    .values(heard=moderations.c.heard + 1)
)


def shown(connection: Connection, pairs: Sequence[tuple[int, str]], moment: int) -> None:
    """Write who heard what; what they had heard before is not counted again."""
    if not pairs:
        return
    s = showings.c
    people = {owner for owner, _ in pairs}
    known = select(s.participant_id, s.contribution_id).where(s.participant_id.in_(people))
    before = {(row[0], row[1]) for row in connection.execute(known)}
    ids = {id_ for _, id_ in pairs}
    there = select(moderations.c.contribution_id).where(moderations.c.contribution_id.in_(ids))
    alive = set(connection.scalars(there))
    # In one order everywhere, so that two workers never wait for each other.
    new = sorted({pair for pair in pairs if pair not in before and pair[1] in alive},
                 key=lambda pair: pair[1])  # fmt: skip
    many(connection, _new, [{"participant_id": owner, "contribution_id": id_, "at": moment}
                            for owner, id_ in new])  # fmt: skip
    many(connection, _once_more, [{"b_id": id_} for _, id_ in new])


def lose(connection: Connection, said: Select[tuple[str]]) -> None:
    """Delete what was decided of contributions, and who heard them; call it before they go."""
    for table in (showings, moderated_texts, moderations):
        connection.execute(delete(table).where(table.c.contribution_id.in_(said)))


def forget_listener(connection: Connection, people: Collection[int]) -> None:
    """Delete what people heard."""
    connection.execute(delete(showings).where(showings.c.participant_id.in_(people)))
