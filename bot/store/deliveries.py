"""The outbox: what is promised, what is being sent, and what became of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)

from bot.store.fast import found, many
from bot.store.seal import Seal
from bot.store.tables import addresses, broadcasts, deliveries, participants
from bot.store.wire import NewDelivery

COLUMN = b"deliveries"
UNASKED = ("broadcast", "reminder")  # never to someone who said stop
FINAL = ("sent", "delivered", "read", "failed", "skipped", "perhaps", "cancelled")
NEVER = 32_503_680_000_000  # the year 3000: until something else lets a delivery go
REPEATED = "uncertain"  # why something is sent twice: the first time it may have arrived
HELD = "window"  # why it waits for its person's next word; what comes later may overtake it
ON_PAGE = "page"  # why it waits for a while: its person is about to hear it in the browser
FORWARD = {"waiting": 0, "sending": 1, "perhaps": 2, "sent": 3, "delivered": 4, "read": 5}


@dataclass(frozen=True)
class Due:
    """A delivery that may be sent now."""

    id: int
    participant: int
    address: int
    kind: str
    sealed: bytes
    attempts: int
    question: str
    closes: str
    made_at: int
    units: int
    reason: str
    stopped_at: int | None
    address_state: str
    last_in_at: int | None = None  # when its address was last heard from
    account: str = ""  # and to which of our senders it wrote
    trace: str | None = None
    speaks: str = ""  # the sound that it wants
    first_at: int | None = None  # since when it may have been taken

    def open(self, seal: Seal) -> bytes:
        """Return the Outgoing, as JSON."""
        return seal.open(COLUMN, self.sealed)

    @property
    def standing(self) -> "Standing":
        """How it stood when it was taken."""
        return Standing(self.stopped_at, self.address_state, self.last_in_at, self.account)

    @property
    def stopped(self) -> bool:
        """Say whether this may no longer go out: the person said stop after it was promised."""
        if self.stopped_at is None:
            return False
        return self.kind in UNASKED or self.made_at < self.stopped_at


_promised = insert(deliveries)


def promise(connection: Connection, seal: Seal, new: Sequence[NewDelivery], moment: int) -> None:
    """Write down messages that must be sent."""
    rows = [_row(seal, one, moment) for one in new]
    many(connection, _promised, rows)


def promise_one(connection: Connection, seal: Seal, new: NewDelivery, moment: int) -> int:
    """Write down one message; return its row's id."""
    query = insert(deliveries).returning(deliveries.c.id)
    made: int = connection.execute(query, _row(seal, new, moment)).scalar_one()
    return made


def _row(seal: Seal, one: NewDelivery, moment: int) -> dict[str, Any]:
    return {
        "participant_id": one.participant,
        "address_id": one.address,
        "channel": one.channel,
        "kind": one.kind,
        "rank": one.rank,
        "question": one.question,
        "closes": one.closes,
        "sealed": seal.seal(COLUMN, one.outgoing),
        "state": "waiting",
        "reason": one.reason,
        "units": one.units,
        "not_before": one.not_before,
        "made_at": moment,
        "broadcast_id": one.broadcast,
        "trace": one.trace,
        "speaks": one.speaks,
    }


def claim(
    connection: Connection, channel: str, moment: int, limit: int, *, skip_locked: bool
) -> list[Due]:
    """Take up to `limit` due deliveries of a channel and mark them as being sent.

    A participant's deliveries keep their order: behind one that must wait, the others wait too.
    `skip_locked`: another process may have some of them in hand.
    """
    due = _due(connection, channel, moment, limit, skip_locked=skip_locked)
    if skip_locked and due:
        due = _in_their_order(connection, due, moment)
    many(connection, _claimed, [{"b_id": one.id, "b_at": moment} for one in due])
    return due


_claimed = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("b_id"))
    .values(
        state="sending",
        first_at=func.coalesce(deliveries.c.first_at, bindparam("b_at")),
        last_at=bindparam("b_at"),
        attempts=deliveries.c.attempts + 1,
    )
)

_DUE = (deliveries.c.id, deliveries.c.participant_id, deliveries.c.address_id, deliveries.c.kind,
        deliveries.c.sealed, deliveries.c.attempts, deliveries.c.question, deliveries.c.closes,
        deliveries.c.made_at, deliveries.c.units, deliveries.c.reason, participants.c.stopped_at,
        addresses.c.state, addresses.c.last_in_at, addresses.c.account,
        deliveries.c.trace, deliveries.c.speaks, deliveries.c.first_at)  # fmt: skip


# Spelled out in the statement: with a state as a parameter SQLite, which has an index for it, would
# prepare the statement anew for each row.
_WAITING: ColumnElement[str] = literal_column("'waiting'")
_SENDING: ColumnElement[str] = literal_column("'sending'")
_earlier = deliveries.alias("earlier")
_before = and_(
    _earlier.c.participant_id == deliveries.c.participant_id,
    _earlier.c.channel == deliveries.c.channel,
    _earlier.c.rank <= deliveries.c.rank,
    _earlier.c.id < deliveries.c.id,
)


def _not_paused(table: Any) -> ColumnElement[bool]:
    """Say whether a delivery is of no broadcast that is paused: whatever let it go meanwhile."""
    paused = exists().where(
        broadcasts.c.id == table.c.broadcast_id, broadcasts.c.state == literal_column("'paused'")
    )
    return or_(table.c.broadcast_id.is_(None), ~paused)


def _behind_another() -> ColumnElement[bool]:
    """Say whether an earlier one to the same person is in hand, or must wait."""
    later = and_(
        _earlier.c.state == _WAITING,
        _earlier.c.not_before > bindparam("b_moment"),
        _earlier.c.reason != HELD,
    )
    return exists().where(_before, or_(_earlier.c.state == _SENDING, later))


_all_due = (
    select(*_DUE)
    .join(participants, participants.c.id == deliveries.c.participant_id)
    .join(addresses, addresses.c.id == deliveries.c.address_id)
    .where(
        deliveries.c.state == _WAITING,
        deliveries.c.channel == bindparam("b_channel"),
        deliveries.c.not_before <= bindparam("b_moment"),
        _not_paused(deliveries),
        ~_behind_another(),
    )
    .order_by(deliveries.c.rank, deliveries.c.id)
    .limit(bindparam("b_limit"))
)
_due_and_free = _all_due.with_for_update(skip_locked=True, of=deliveries)


def _due(
    connection: Connection, channel: str, moment: int, limit: int, *, skip_locked: bool
) -> list[Due]:
    query = _due_and_free if skip_locked else _all_due
    given = {"b_channel": channel, "b_moment": moment, "b_limit": limit}
    return [Due(*row) for row in found(connection, query, given)]


_overtaking = select(deliveries.c.id).where(
    deliveries.c.id.in_(bindparam("b_ids", expanding=True)),
    exists().where(
        _before,
        _earlier.c.state.in_((_WAITING, _SENDING)),
        _earlier.c.id.not_in(bindparam("b_ids", expanding=True)),
        or_(_earlier.c.reason != HELD, _earlier.c.not_before <= bindparam("b_moment")),
        _not_paused(_earlier),
    ),
)


def _in_their_order(connection: Connection, due: list[Due], moment: int) -> list[Due]:
    """Leave out what would overtake one that was skipped: another process is just taking that."""
    given = {"b_ids": [one.id for one in due], "b_moment": moment}
    overtaking = set(connection.scalars(_overtaking, given))
    return [one for one in due if one.id not in overtaking]


class Standing(NamedTuple):
    """How a delivery in hand stands: when its person stopped, if so, and how its address is."""

    stopped_at: int | None
    address_state: str
    last_in_at: int | None
    account: str


_again = (
    select(
        deliveries.c.id,
        participants.c.stopped_at,
        addresses.c.state,
        addresses.c.last_in_at,
        addresses.c.account,
    )
    .select_from(deliveries)
    .join(participants, participants.c.id == deliveries.c.participant_id)
    .join(addresses, addresses.c.id == deliveries.c.address_id)
    .where(deliveries.c.id.in_(bindparam("b_ids", expanding=True)), deliveries.c.state == "sending")
)


def look_again(connection: Connection, ids: Collection[int]) -> dict[int, Standing]:
    """Return how those stand that are still in hand."""
    rows = connection.execute(_again, {"b_ids": list(ids)})
    return {row[0]: Standing(*row[1:]) for row in rows}


@dataclass(frozen=True)
class Settled:
    """What became of an attempt; state "waiting" means: again, not before `not_before`."""

    id: int
    state: str
    reason: str = ""
    provider_id: str = ""
    units: int | None = None  # None: as it was counted before
    not_before: int = 0
    tried: bool = True  # False: it was taken, but not sent

    @property
    def holds_up_until(self) -> int:
        """Until when whatever follows to the same person must wait; 0: it need not."""
        return self.not_before if self.state == "waiting" and self.reason != HELD else 0


_unless_never_tried = case(
    (deliveries.c.attempts == bindparam("b_untried"), null()), else_=deliveries.c.first_at
)
_settled = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("b_id"), deliveries.c.state == _SENDING)
    .values(
        {
            name: bindparam(f"b_{name}")
            for name in ("state", "reason", "provider_id", "not_before", "last_at")
        }
        | {"attempts": deliveries.c.attempts - bindparam("b_untried")}
        | {"units": func.coalesce(bindparam("b_units", type_=Integer), deliveries.c.units)}
        | {"first_at": _unless_never_tried}
    )
)


def settle(connection: Connection, results: Sequence[Settled], moment: int) -> None:
    """Write what became of attempts."""
    rows = [
        {
            "b_id": one.id,
            "b_state": one.state,
            "b_reason": one.reason,
            "b_provider_id": one.provider_id,
            "b_units": one.units,
            "b_not_before": one.not_before,
            "b_last_at": moment,
            "b_untried": 0 if one.tried else 1,
        }
        for one in results
    ]
    many(connection, _settled, rows)


def uncertain(
    connection: Connection, channel: str, before: int, look_up_at: int | None = None
) -> tuple[int, int]:
    """Settle what a crash left half sent before a moment: (looked up or sent again, perhaps sent).

    Whatever belongs to a talk goes again once, for the person would be stranded; an announcement
    only where its provider can be asked first (`look_up_at`: when).
    """
    ours = (deliveries.c.state == "sending") & (deliveries.c.channel == channel)
    left = ours & (deliveries.c.last_at <= before)
    again = left & (deliveries.c.reason != REPEATED)
    announced = deliveries.c.kind == "broadcast"
    if look_up_at is None:
        again &= ~announced
    when = case((announced, look_up_at or 0), else_=0)
    repeated = connection.execute(
        update(deliveries).where(again).values(state="waiting", reason=REPEATED, not_before=when)
    ).rowcount
    perhaps = connection.execute(
        update(deliveries).where(left).values(state="perhaps", reason=REPEATED)
    ).rowcount
    return repeated, perhaps


def next_due(connection: Connection, channel: str, moment: int) -> int | None:
    """Return when the next delivery that must wait is due."""
    query = select(func.min(deliveries.c.not_before)).where(
        deliveries.c.state == "waiting",
        deliveries.c.channel == channel,
        deliveries.c.not_before > moment,
    )
    due: int | None = connection.scalar(query)
    return due
