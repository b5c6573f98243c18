"""Pause, go on, call off, send again: what a coordinator does with a broadcast under way."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, update

from bot.gateway.broadcasts import reasons
from bot.gateway.broadcasts.feed import RANK
from bot.gateway.broadcasts.plan import HELD, Row, row_of
from bot.language import _
from bot.store.deliveries import REPEATED
from bot.store.participants import note
from bot.store.tables import addresses, broadcasts, deliveries, participants, recipients
from bot.store.waiting import called_off

PUT_BY = RANK + 1  # of what is paused: it stands behind nobody's way
NEVER_AGAIN = ("blocked", "gone", "stopped", "opted_out", reasons.STOPPED, "forgotten", "erased")


class NotNow(Exception):
    """A broadcast does not stand as this wish needs it."""


def _insist(row: Row, states: Sequence[str], wish: str) -> None:
    if row.state not in states:
        words = _("Broadcast {number} is {state}; only one that is {states} can be told so.")
        allowed = ", ".join(_(state) for state in states)
        raise NotNow(words.replace("{number}", str(row.id)).replace("{state}", _(row.state))
                     .replace("{states}", allowed))  # fmt: skip


def pause(connection: Connection, number: int, moment: int) -> None:
    """Let nothing more of it go out for now. Raises NoSuchBroadcast, NotNow."""
    row = row_of(connection, number, hold=True)
    _insist(row, ("planned", "running"), "paused")
    _set(connection, number, "paused")
    # Their person's next word lets go what waits for a reason.
    why = case((deliveries.c.reason == REPEATED, REPEATED), else_="")
    put_by = {"rank": PUT_BY, "not_before": HELD, "reason": why}
    connection.execute(update(deliveries).where(_waiting(number)).values(put_by))
    note(connection, moment, "coordinator", "broadcast paused", str(number))


def resume(connection: Connection, number: int, moment: int) -> None:
    """Let it go on. Raises NoSuchBroadcast, NotNow."""
    row = row_of(connection, number, hold=True)
    _insist(row, ("paused",), "resumed")
    _go_on(connection, row, moment)
    note(connection, moment, "coordinator", "broadcast resumed", str(number))


def _go_on(connection: Connection, row: Row, moment: int) -> None:
    """Run it again, as a new run of its workflow."""
    put_by = and_(_waiting(row.id), deliveries.c.rank == PUT_BY)
    connection.execute(update(deliveries).where(put_by).values(rank=RANK, not_before=moment))
    later = row.begins_at is not None and row.begins_at > moment and not row.run
    _set(connection, row.id, "planned" if later else "running", run=row.run + 1, ended_at=None)


def cancel(connection: Connection, number: int, moment: int) -> None:
    """Let nothing more of it go out at all. Raises NoSuchBroadcast, NotNow."""
    row = row_of(connection, number, hold=True)
    _insist(row, ("planned", "running", "paused"), "cancelled")
    _set(connection, number, "cancelled", ended_at=moment)
    connection.execute(update(deliveries).where(_waiting(number)).values(called_off("cancelled")))
    connection.execute(
        update(recipients)
        .where(_unpromised(number))
        .values(state="cancelled", reason="cancelled", at=moment)
    )
    note(connection, moment, "coordinator", "broadcast cancelled", str(number))


def retry(
    connection: Connection, number: int, moment: int, *, perhaps: bool = False, channel: str = ""
) -> int:
    """Send again to those it did not reach and may; return how many. Raises NotNow.

    Never to who blocked us or said stop; to those whom it perhaps reached only if it is wished.
    With a channel, those whom it failed to reach on another are written to on that one.
    """
    row = row_of(connection, number, hold=True)
    _insist(row, ("done", "running"), "retried")
    if channel:
        count = _elsewhere(connection, row, moment, channel, perhaps=perhaps)
    else:
        count = _same_way(connection, row, moment, perhaps=perhaps)
        count += _skipped(connection, row, moment)
    if count and row.state == "done":
        _go_on(connection, row, moment)
    note(connection, moment, "coordinator", "broadcast sent again", str(number))
    return count


def _same_way(connection: Connection, row: Row, moment: int, *, perhaps: bool) -> int:
    """Send anew the very messages that failed: what did arrive is not sent twice."""
    again = and_(_failed(row.id, perhaps=perhaps), deliveries.c.sealed.is_not(None))
    owners = select(func.count(func.distinct(deliveries.c.participant_id))).where(again)
    count = connection.scalar(owners) or 0
    values = {"state": "waiting", "reason": "", "not_before": moment, "rank": RANK,
              "attempts": 0, "first_at": None,
              "provider_id": ""}  # what is told of the new message names another one  # fmt: skip
    connection.execute(update(deliveries).where(again).values(values))
    return count


def _failed(number: int, *, perhaps: bool) -> ColumnElement[bool]:
    states = ("failed", "perhaps") if perhaps else ("failed",)
    stopped = select(participants.c.id).where(participants.c.stopped_at.is_not(None))
    good = select(addresses.c.id).where(addresses.c.state == "good")
    return and_(
        deliveries.c.broadcast_id == number,
        deliveries.c.state.in_(states),
        deliveries.c.reason.not_in(NEVER_AGAIN),
        deliveries.c.participant_id.not_in(stopped),
        deliveries.c.address_id.in_(good),
    )


def _skipped(connection: Connection, row: Row, moment: int) -> int:
    """Look again at those who had no good address, or whose window was closed."""
    mine = and_(
        recipients.c.broadcast_id == row.id,
        recipients.c.promised_at.is_(None),
        recipients.c.state == "skipped",
        recipients.c.reason.in_((reasons.WINDOW, reasons.NO_ADDRESS)),
        recipients.c.address_id.is_not(None),
    )
    values = {"state": "waiting", "reason": "", "not_before": moment, "at": moment}
    return connection.execute(update(recipients).where(mine).values(values)).rowcount


def _elsewhere(
    connection: Connection, row: Row, moment: int, channel: str, *, perhaps: bool
) -> int:
    """Write on another channel to those whom nothing of it reached."""
    states = ("failed", "perhaps") if perhaps else ("failed",)
    ours = and_(
        deliveries.c.broadcast_id == row.id,
        deliveries.c.participant_id == recipients.c.participant_id,
    )
    reached = select(deliveries.c.id).where(ours, deliveries.c.state.not_in(states)).exists()
    failed = select(deliveries.c.id).where(ours, deliveries.c.state.in_(states)).exists()
    none = and_(
        recipients.c.state == "skipped",
        recipients.c.reason.in_((reasons.WINDOW, reasons.NO_ADDRESS)),
    )
    other = (
        select(func.min(addresses.c.id))
        .where(addresses.c.participant_id == recipients.c.participant_id,
               addresses.c.channel == channel, addresses.c.state == "good")
        .correlate(recipients).scalar_subquery()
    )  # fmt: skip
    stopped = select(participants.c.id).where(participants.c.stopped_at.is_not(None))
    query = (
        update(recipients)
        .where(
            recipients.c.broadcast_id == row.id,
            or_(none, and_(failed, ~reached)),
            recipients.c.channel != channel,
            recipients.c.participant_id.not_in(stopped),
            other.is_not(None),
        )
        .values(state="waiting", reason="", promised_at=None, not_before=moment, at=moment,
                address_id=other, channel=channel)
    )  # fmt: skip
    return connection.execute(query).rowcount


def _waiting(number: int) -> ColumnElement[bool]:
    return and_(deliveries.c.broadcast_id == number, deliveries.c.state == "waiting")


def _unpromised(number: int) -> ColumnElement[bool]:
    return and_(
        recipients.c.broadcast_id == number,
        recipients.c.state == "waiting",
        recipients.c.promised_at.is_(None),
    )


def _set(connection: Connection, number: int, state: str, **more: object) -> None:
    query = update(broadcasts).where(broadcasts.c.id == number)
    connection.execute(query.values(state=state, **more))
