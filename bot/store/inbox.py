"""The inbox: messages written down once each, and which of them wait for an answer."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from bot.store.database import Database
from bot.store.fast import found, many
from bot.store.seal import Seal
from bot.store.tables import inbox
from bot.store.wire import Arrival

COLUMN = b"inbox"


class Waiting(msgspec.Struct, frozen=True):
    """A message that waits for its turn."""

    id: int
    channel: str
    address_index: bytes
    kind: str
    sealed: bytes
    received_at: int
    outcome: str
    event_id: str = ""

    def open(self, seal: Seal) -> bytes:
        """Return the Incoming, as JSON."""
        incoming, _raw = msgspec.msgpack.decode(seal.open(COLUMN, self.sealed), type=list[bytes])
        return incoming


def write_down(
    connection: Connection, database: Database, seal: Seal, arrivals: Sequence[Arrival]
) -> int:
    """Store each message once; return how many were new."""
    rows = [
        {
            "channel": arrival.channel,
            "event_id": arrival.event_id,
            "address_index": seal.index(arrival.channel, arrival.address),
            "kind": arrival.kind,
            "sealed": seal.seal(COLUMN, msgspec.msgpack.encode([arrival.incoming, arrival.raw])),
            "received_at": arrival.at,
            "ready_at": arrival.at,
            "answered_at": None if arrival.waits else arrival.at,
            "outcome": "" if arrival.waits else "filed",
            "note": "",
        }
        for arrival in arrivals
    ]
    return database.insert_new(connection, inbox, rows)


_open = inbox.c.answered_at.is_(None)
_not_ready = select(inbox.c.address_index, inbox.c.id).where(
    _open, inbox.c.ready_at > bindparam("moment")
)
_ready = (
    select(inbox.c.id, inbox.c.channel, inbox.c.address_index, inbox.c.kind, inbox.c.sealed,
           inbox.c.received_at, inbox.c.outcome, inbox.c.event_id)
    .where(
        _open,
        inbox.c.ready_at <= bindparam("moment"),
        # Joined with nothing, so that no database thinks of walking the long index of channels.
        inbox.c.channel.concat("").in_(bindparam("channels", expanding=True)),
    )
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
_still_open = select(inbox.c.id, inbox.c.outcome).where(
    _open,
    inbox.c.id.in_(bindparam("ids", expanding=True)),
    inbox.c.ready_at <= bindparam("moment"),
)


def waiting(
    connection: Connection, moment: int, limit: int, channels: Sequence[str]
) -> list[Waiting]:
    """Return what may be answered now on these channels, in the order it came.

    Behind a message that still waits for its recording, that person's later ones wait too.
    """
    now = {"moment": moment}
    first_held: dict[bytes, int] = {}
    for index, row_id in found(connection, _not_ready, now):
        first_held[index] = min(row_id, first_held.get(index, row_id))
    asked = now | {"channels": list(channels), "most": limit}
    if not first_held:
        return [Waiting(*row) for row in found(connection, _ready, asked)]
    query = _ready.where(
        inbox.c.address_index.not_in(first_held) | (inbox.c.id < min(first_held.values()))
    )
    return [Waiting(*row) for row in connection.execute(query, asked).all()]


def still_waiting(connection: Connection, rows: Iterable[Waiting], moment: int) -> list[Waiting]:
    """Return those that nobody else has answered in the meantime, nor made wait."""
    seen = list(rows)
    asked = {"ids": [row.id for row in seen], "moment": moment}
    left = {row[0]: row[1] for row in found(connection, _still_open, asked)}
    return [
        row if row.outcome == left[row.id] else msgspec.structs.replace(row, outcome=left[row.id])
        for row in seen
        if row.id in left
    ]


_answered = (
    update(inbox)
    .where(inbox.c.id == bindparam("b_id"))
    .values(answered_at=bindparam("b_at"), outcome=bindparam("b_outcome"), note=bindparam("b_note"))
)


def mark(connection: Connection, outcomes: Sequence[tuple[int, str, str]], moment: int) -> None:
    """Write (row id, outcome, note) of messages whose turn was taken."""
    if outcomes:
        rows = [
            {"b_id": row_id, "b_at": moment, "b_outcome": outcome, "b_note": note}
            for row_id, outcome, note in outcomes
        ]
        many(connection, _answered, rows)


_held = (
    update(inbox)
    .where(inbox.c.id == bindparam("b_id"))
    .values(ready_at=bindparam("b_ready"), outcome="hearing")
)


def hold(connection: Connection, row_ids: Iterable[int], ready_at: int) -> None:
    """Let these wait for their recordings, until `ready_at` at the latest."""
    rows = [{"b_id": row_id, "b_ready": ready_at} for row_id in row_ids]
    if rows:
        many(connection, _held, rows)


def next_ready_at(connection: Connection, moment: int) -> int | None:
    """Return when the next message that waits for its recording is due."""
    rows = found(connection, _next_ready, {"moment": moment})
    return rows[0][0] if rows else None


_next_ready = (
    select(inbox.c.ready_at)
    .where(_open, inbox.c.ready_at > bindparam("moment"))
    .order_by(inbox.c.ready_at)
    .limit(1)
)


def put_back(connection: Connection, row_id: int) -> bool:
    """Let a message that was set aside wait again; say whether there was one."""
    query = (
        update(inbox)
        .where(inbox.c.id == row_id, inbox.c.outcome == "stuck")
        .values(answered_at=None, outcome="", note="")
    )
    return connection.execute(query).rowcount == 1


def stuck(connection: Connection) -> list[tuple[int, str, int, str]]:
    """Return (id, channel, received_at, what went wrong) of the messages that were set aside."""
    query = select(inbox.c.id, inbox.c.channel, inbox.c.received_at, inbox.c.note)
    return [tuple(row) for row in connection.execute(query.where(inbox.c.outcome == "stuck"))]


def waiting_since(connection: Connection) -> tuple[int, int | None]:
    """Return how many messages wait for an answer, and since when the oldest does."""
    query = select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.answered_at.is_(None))
    count, oldest = connection.execute(query).one()
    return count, oldest


def is_known(connection: Connection, channel: str, event_id: str) -> bool:
    """Say whether a message came in."""
    same = (inbox.c.channel == channel) & (inbox.c.event_id == event_id)
    return connection.scalar(select(inbox.c.id).where(same)) is not None


def is_answered(connection: Connection, channel: str, event_id: str) -> bool:
    """Say whether a message's turn was taken, or it will have none."""
    query = select(inbox.c.answered_at)
    found = query.where(inbox.c.channel == channel, inbox.c.event_id == event_id)
    return connection.scalar(found) is not None


def last_note(connection: Connection, index: bytes) -> str:
    """Return how the last answered message of an address was read, "" for none."""
    query = select(inbox.c.note).where(
        inbox.c.address_index == index, inbox.c.outcome == "answered"
    )
    return connection.scalar(query.order_by(inbox.c.id.desc()).limit(1)) or ""
