"""Who of those that wrote is answered now: held, made known, or waiting for a recording."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from bot.gateway.house import House
from bot.gateway.unspoken import UNSPOKEN
from bot.store import inbox, participants, recordings
from bot.store.forget import came_back
from bot.store.ids import new_id
from bot.store.inbox import Waiting
from bot.store.participants import Address, Newcomer
from bot.store.recordings import Came
from bot.store.seal import Seal
from channels.base import Incoming, MediaRef, channel_kind

SOUND = frozenset({"voice", "audio", "video"})
FETCHED = SOUND | {"photo", "document"}
Message = tuple[Waiting, Incoming]

_incoming = msgspec.json.Decoder(Incoming)


def message_of(house: House, row: Waiting) -> Message:
    """Return a waiting row with what it holds."""
    return row, _incoming.decode(row.open(house.seal))


def hold(
    connection: Connection, house: House, rows: Sequence[Waiting], moment: int
) -> tuple[list[Message], dict[bytes, Address]]:
    """Hold the rows of those who wrote: only then is it sure what is left to answer, and whom.

    People whom another worker has in hand are left out.
    """
    database, indexes = house.database, [row.address_index for row in rows]
    known = participants.by_index(connection, indexes)
    held = database.lock_participants(connection, {one.participant for one in known.values()})
    if not database.embedded:  # whoever held them before may have let someone else speak
        known = participants.by_index(connection, indexes)
    free = [row for row in rows if (one := known.get(row.address_index)) is None
            or one.participant in held]  # fmt: skip
    messages = [message_of(house, row) for row in inbox.still_waiting(connection, free, moment)]
    messages = _without_strangers(connection, messages, known, moment)
    return messages, known | newcomers(connection, house, messages, known, moment)


def _without_strangers(
    connection: Connection, messages: Sequence[Message], known: Mapping[bytes, Address], moment: int
) -> list[Message]:
    """File what says something of an address that nobody here knows: nobody spoke."""
    strange = [
        row.id
        for row, incoming in messages
        if row.address_index not in known and incoming.kind in UNSPOKEN
    ]
    inbox.mark(connection, [(row_id, "filed", "") for row_id in strange], moment)
    return [(row, incoming) for row, incoming in messages if row.id not in strange]


def newcomers(
    connection: Connection,
    house: House,
    messages: Sequence[Message],
    known: Mapping[bytes, Address],
    moment: int,
) -> dict[bytes, Address]:
    """Make a participant of whoever writes for the first time."""
    new: dict[bytes, Newcomer] = {}
    for row, incoming in messages:
        if row.address_index not in known and row.address_index not in new:
            new[row.address_index] = _newcomer(house, row, incoming)
    if not new:
        return {}
    came_back(connection, new)
    made = participants.create(connection, house.seal, list(new.values()), moment)
    return {one.index: one for one in made}


def _newcomer(house: House, row: Waiting, incoming: Incoming) -> Newcomer:
    return Newcomer(
        incoming.channel,
        incoming.account,
        row.address_index,
        incoming.address,
        trial=channel_kind(incoming.channel) in house.trial_channels,
        locale_hint=incoming.locale_hint[:16],
    )


def wait_for_recordings(
    connection: Connection,
    messages: Sequence[Message],
    known: dict[bytes, Address],
    seal: Seal,
    moment: int,
    wait_ms: int,
) -> list[Message]:
    """Write down what must be fetched; who sent a sound waits a while for it, and only they."""
    ready: list[Message] = []
    came: list[Came] = []
    held: list[int] = []
    waiting: set[bytes] = set()
    for row, incoming in messages:
        new = [ref for ref in incoming.media if ref.kind in FETCHED] if not row.outcome else []
        owner = known[row.address_index].participant
        if incoming.by_page:
            for ref in new:
                recordings.adopt(connection, ref.ref, owner, row.id, moment)
        else:
            came.extend(_came(row, ref, incoming, owner, moment) for ref in new)
        if any(ref.kind in SOUND for ref in new) or row.address_index in waiting:
            waiting.add(row.address_index)
            held.extend([row.id] if new else [])
        else:
            ready.append((row, incoming))
    recordings.write_down(connection, seal, came)
    inbox.hold(connection, held, moment + wait_ms)
    return ready


def _came(row: Waiting, ref: MediaRef, incoming: Incoming, owner: int, moment: int) -> Came:
    return Came(new_id(), owner, incoming.channel, ref.kind, msgspec.json.encode(ref), moment,
                row.id, incoming.forwarded)  # fmt: skip
