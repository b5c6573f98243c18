"""How each recipient of a broadcast stands: out of their deliveries, or why there are none."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    select,
    update,
)

from bot.store.fast import many
from bot.store.tables import addresses, deliveries, participants, recipients

# What several deliveries to one person come to: what is still under way, then the worst.
ORDER = ("sending", "waiting", "failed", "perhaps", "cancelled", "skipped", "sent", "delivered",
         "read")  # fmt: skip
FAR = 99
SETTLED_AT_A_TIME = 2000


class Fate(NamedTuple):
    """One line of the ledger."""

    participant_id: int
    participant: str
    channel: str
    language: str
    state: str
    reason: str
    segments: int
    attempts: int
    first_at: int | None
    last_at: int | None
    messages: int  # that went out
    template: bool  # in the place of a message, where the window was closed
    country: str  # of the number it went to, "" where it is none


def _rank() -> ColumnElement[int]:
    return case({state: at for at, state in enumerate(ORDER)}, value=deliveries.c.state, else_=FAR)


def _state_of(rank: ColumnElement[int]) -> ColumnElement[str]:
    return case(dict(enumerate(ORDER)), value=rank, else_=recipients.c.state)


def _fates(number: int) -> Select[tuple[int, str, str, int, int, int, int, int]]:
    """Return each recipient with what the deliveries of the latest attempt come to."""
    latest = deliveries.c.made_at >= func.coalesce(recipients.c.promised_at, recipients.c.at)
    ours = and_(
        deliveries.c.broadcast_id == recipients.c.broadcast_id,
        deliveries.c.participant_id == recipients.c.participant_id,
        deliveries.c.kind != "close",
    )
    rank = func.min(case((latest, _rank()), else_=FAR)).label("rank")
    failed = and_(latest, deliveries.c.state.in_(("failed", "perhaps", "cancelled", "skipped")))
    why = func.max(case((failed, deliveries.c.reason), else_=""))
    segments = func.coalesce(func.sum(_segments()), 0)
    messages = func.sum(case((_went_out(), 1), else_=0))
    return (
        select(
            recipients.c.participant_id,
            _state_of(rank).label("state"),
            case((rank < FAR, why), else_=recipients.c.reason).label("reason"),
            case((func.count(deliveries.c.id) > 0, segments), else_=recipients.c.segments)
            .label("segments"),
            case((func.count(deliveries.c.id) > 0, messages), else_=recipients.c.messages)
            .label("messages"),
            func.coalesce(func.max(deliveries.c.attempts), recipients.c.attempts).label("attempts"),
            func.coalesce(func.min(deliveries.c.first_at), recipients.c.first_at).label("first_at"),
            func.coalesce(func.max(deliveries.c.last_at), recipients.c.last_at).label("last_at"),
        )
        .select_from(recipients.outerjoin(deliveries, ours))
        .where(recipients.c.broadcast_id == number)
        .group_by(recipients.c.broadcast_id, recipients.c.participant_id)
    )  # fmt: skip


def _segments() -> ColumnElement[int]:
    """Count the segments of SMS that went out; other channels know none."""
    short = and_(_went_out(), deliveries.c.channel.like("%sms"))
    return case((short, deliveries.c.units), else_=0)


def _went_out() -> ColumnElement[bool]:
    return deliveries.c.state.in_(("sent", "delivered", "read", "perhaps"))


def counts(connection: Connection, number: int) -> dict[tuple[str, str], int]:
    """Return (state, reason) → how many recipients stand so now; no reason where they were sent."""
    fates = _fates(number).subquery("fates")
    query = select(fates.c.state, fates.c.reason, func.count()).group_by(
        fates.c.state, fates.c.reason
    )
    found: dict[tuple[str, str], int] = {}
    for state, reason, count in connection.execute(query):
        why = reason if state not in ("sending", "sent", "delivered", "read") else ""
        found[state, why] = found.get((state, why), 0) + count
    return found


def states(connection: Connection, number: int) -> dict[str, int]:
    """Return state → how many recipients stand so now."""
    found: dict[str, int] = {}
    for (state, _reason), count in counts(connection, number).items():
        found[state] = found.get(state, 0) + count
    return found


def ledger(connection: Connection, number: int) -> Iterator[Fate]:
    """Yield a line for each recipient, in the order in which they came to us."""
    fates = _fates(number).subquery("fates")
    mine = and_(
        recipients.c.participant_id == fates.c.participant_id, recipients.c.broadcast_id == number
    )
    query = (
        select(fates.c.participant_id, participants.c.pseudonym, recipients.c.channel,
               recipients.c.language, fates.c.state, fates.c.reason, fates.c.segments,
               fates.c.attempts, fates.c.first_at, fates.c.last_at, fates.c.messages,
               recipients.c.template, func.coalesce(addresses.c.country, ""))
        .select_from(fates.join(recipients, mine)
                     .join(participants, participants.c.id == fates.c.participant_id)
                     .outerjoin(addresses, addresses.c.id == recipients.c.address_id))
        .order_by(fates.c.participant_id)
    )  # fmt: skip
    streamed: Iterable[Any] = connection.execution_options(yield_per=1000).execute(query)
    for row in streamed:
        quiet = row.state in ("sending", "sent", "delivered", "read")
        yield Fate(*row)._replace(reason="" if quiet else row.reason)


_settled = (
    update(recipients)
    .where(
        recipients.c.broadcast_id == bindparam("b_id"),
        recipients.c.participant_id == bindparam("b_owner"),
    )
    .values({name: bindparam(f"b_{name}")
             for name in ("state", "reason", "segments", "messages", "attempts", "first_at",
                          "last_at")})
)  # fmt: skip


def settle(connection: Connection, number: int, after: int) -> int:
    """Write how the next recipients stand into their own rows, so that it outlives deliveries.

    Returns the last participant settled, 0 at the end.
    """
    owner = recipients.c.participant_id
    next_ones = (
        select(owner)
        .where(recipients.c.broadcast_id == number, owner > after)
        .order_by(owner)
        .limit(SETTLED_AT_A_TIME)
    )
    ids = list(connection.scalars(next_ones))
    if not ids:
        return 0
    _write(connection, number, owner.between(ids[0], ids[-1]))
    last: int = ids[-1]
    return last


def settle_people(connection: Connection, people: Sequence[int]) -> None:
    """Write how somebody stands in every broadcast, before their deliveries go."""
    mine = recipients.c.participant_id.in_(people)
    numbers = select(recipients.c.broadcast_id).where(mine).distinct()
    for number in list(connection.scalars(numbers)):
        _write(connection, number, mine)


def _write(connection: Connection, number: int, whose: ColumnElement[bool]) -> None:
    rows = connection.execute(_fates(number).where(whose)).all()
    many(connection, _settled, [
        {
            "b_id": number,
            "b_owner": row.participant_id,
            "b_state": row.state,
            "b_reason": row.reason[:80],
            "b_segments": row.segments,
            "b_messages": row.messages,
            "b_attempts": row.attempts,
            "b_first_at": row.first_at,
            "b_last_at": row.last_at,
        }
        for row in rows
    ])  # fmt: skip
