"""Take the turns of those who wrote: a batch of people, one transaction.

After a crash the whole batch is simply taken again. A message that makes the engine raise is set
aside alone, and its sender is told something kind; the same when the database refuses a row.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection

from bot.dialogue import talk
from bot.dialogue.reply import File, Prompt, Reply
from bot.gateway import courtesy
from bot.gateway.house import House
from bot.gateway.outcome import put_down, say
from bot.gateway.sitting import Seat, Sitting
from bot.store import deliveries, inbox, keeping, participants, recordings
from bot.store.database import DatabaseRefuses
from bot.store.forget import came_back, forget, put_away_log
from bot.store.ids import new_id
from bot.store.inbox import Waiting
from bot.store.participants import Address, Newcomer
from bot.store.recordings import Came
from bot.store.seal import Seal
from channels.base import Incoming, MediaRef, Outgoing

log = logging.getLogger(__name__)

BATCH = 300  # messages; more would only make the first of them wait
SOUND = frozenset({"voice", "audio", "video"})
FETCHED = SOUND | {"photo", "document"}

_incoming = msgspec.json.Decoder(Incoming)


@dataclass
class Taken:
    """What came of a batch."""

    turns: int = 0
    courtesies: list[tuple[str, Outgoing]] = field(default_factory=list)
    forgot: bool = False
    wakes: set[str] = field(default_factory=set)


async def take_turns(house: House) -> int:
    """Answer a batch of waiting messages; return how many. Raises DatabaseAway."""
    rows = await house.database.read(inbox.waiting, house.clock(), BATCH, tuple(house.channels))
    if not rows:
        return 0
    await _take(house, rows)
    return len(rows)


async def _take(house: House, rows: Sequence[Waiting], *, again: bool = False) -> None:
    try:
        taken = await house.database.write(sit, house, rows)
    except DatabaseRefuses as error:
        await _halve(house, rows, error, again=again)
        return
    house.database.ring(*taken.wakes)
    if taken.forgot:
        await asyncio.to_thread(put_away_log, house.database)
    for channel, outgoing in taken.courtesies:
        await courtesy.send(house.channels, channel, outgoing)


async def _halve(
    house: House, rows: Sequence[Waiting], error: DatabaseRefuses, *, again: bool
) -> None:
    """Find whose message the database refuses, so that the others are answered."""
    people = list(dict.fromkeys(row.address_index for row in rows))
    if len(people) == 1 and not again:
        await _take(house, rows, again=True)  # another worker may have made the same newcomer
        return
    if len(people) == 1:
        log.error("a turn was set aside: %s", error)
        outcomes = [(row.id, "stuck", str(error)) for row in rows]
        await house.database.write(inbox.mark, outcomes, house.clock())
        return
    first = set(people[: len(people) // 2])
    await _take(house, [row for row in rows if row.address_index in first])
    await _take(house, [row for row in rows if row.address_index not in first])


Message = tuple[Waiting, Incoming]


def sit(connection: Connection, house: House, rows: Sequence[Waiting]) -> Taken:
    """Answer these messages within one transaction."""
    moment = house.clock()
    messages = [
        (row, _incoming.decode(row.open(house.seal)))
        for row in inbox.still_waiting(connection, rows)
    ]
    known = _addresses(connection, house, messages, moment)
    held = house.database.lock_participants(connection, {one.participant for one in known.values()})
    mine = [one for one in messages if known[one[0].address_index].participant in held]
    ready = _wait_for_recordings(connection, mine, known, house.seal, moment, house.voice_wait_ms)
    sitting = Sitting(connection, house, moment)
    sitting.load({known[row.address_index].participant for row, _ in ready})
    outcomes = _one_by_one(sitting, ready, known)
    inbox.mark(connection, outcomes, moment)
    wakes = sitting.write() | ({"media", "inbox"} if len(ready) < len(mine) else set())
    for participant in sitting.forgetting:
        forget(connection, house.media, participant, moment)
    return Taken(len(ready), sitting.courtesies, bool(sitting.forgetting), wakes)


def _addresses(
    connection: Connection, house: House, messages: Sequence[Message], moment: int
) -> dict[bytes, Address]:
    """Find who wrote; whoever writes for the first time becomes a participant."""
    known = participants.by_index(connection, [row.address_index for row, _ in messages])
    new = {
        row.address_index: Newcomer(
            incoming.channel,
            incoming.account,
            row.address_index,
            incoming.address,
            trial=incoming.channel.partition(":")[0] in house.trial_channels,
            locale_hint=incoming.locale_hint[:16],
        )
        for row, incoming in messages
        if row.address_index not in known
    }
    if new:
        came_back(connection, new)
    made = participants.create(connection, house.seal, list(new.values()), moment)
    return known | {one.index: one for one in made}


def _wait_for_recordings(
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


def _one_by_one(
    sitting: Sitting, messages: Sequence[Message], known: dict[bytes, Address]
) -> list[tuple[int, str, str]]:
    files = keeping.files_of(sitting.connection, [row.id for row, one in messages if one.media])
    outcomes = []
    seen: dict[int, tuple[int, str]] = {}
    for row, incoming in messages:
        address = known[row.address_index]
        speaker = sitting.speaking.get(address.id, address.participant)
        seat = sitting.seats[speaker]
        seen[address.id] = (row.received_at, incoming.account or address.account)
        outcomes.append(_one(sitting, seat, address, row, incoming, files.get(row.id, ())))
    participants.heard_from(sitting.connection, seen)
    return outcomes


def _one(
    sitting: Sitting,
    seat: Seat,
    address: Address,
    row: Waiting,
    incoming: Incoming,
    files: tuple[File, ...],
) -> tuple[int, str, str]:
    handle = _SILENT.get(incoming.kind)
    if handle is not None:
        handle(sitting, seat, address, incoming)
        return row.id, "filed", ""
    reply = _reply(row, incoming, files)
    scene = sitting.scene(seat, address.channel, incoming.locale_hint, incoming.display_name)
    try:
        turn = talk.respond(sitting.programme, seat.person, reply, scene)
    except Exception as error:
        log.exception("message %d was set aside", row.id)
        _apologise(sitting, seat, address)
        return row.id, "stuck", f"{type(error).__name__} in the dialogue"
    put_down(sitting, seat, turn, address, pressed_on=incoming.keyboard_of)
    seat.handed_at = None  # what is open now was not handed to anybody yet
    return row.id, "answered", msgspec.json.encode(turn.understood).decode()


def _reply(row: Waiting, incoming: Incoming, files: tuple[File, ...]) -> Reply:
    others = tuple(
        File("", one.kind, one.seconds, "kept") for one in incoming.media if one.kind not in FETCHED
    )
    return Reply(
        id=incoming.message_id or str(row.id),
        at=row.received_at,
        text=incoming.text,
        pressed=incoming.pressed,
        files=files + others,
        start=incoming.start,
        edits=incoming.message_id if incoming.kind == "edited" else "",
        place=incoming.place,
    )


def _apologise(sitting: Sitting, seat: Seat, address: Address) -> None:
    language = seat.person.language or sitting.programme.consultation.source
    sentence = sitting.programme.phrases.get(language, {}).get("went_wrong", "")
    if sentence:
        say(sitting, seat, (Prompt(text=sentence, kind="notice"),), address)


# --- what is no reply ----------------------------------------------------------------------


def _blocked(sitting: Sitting, seat: Seat, address: Address, incoming: Incoming) -> None:
    participants.set_address_state(sitting.connection, address.id, "blocked", "blocked by them")
    deliveries.cancel(sitting.connection, seat.id, "blocked")


def _unblocked(sitting: Sitting, seat: Seat, address: Address, incoming: Incoming) -> None:
    participants.set_address_state(sitting.connection, address.id, "good", "")


def _moved(sitting: Sitting, seat: Seat, address: Address, incoming: Incoming) -> None:
    participants.move_address(sitting.connection, sitting.house.seal, address, incoming.moved_to)


_SILENT = {"blocked": _blocked, "unblocked": _unblocked, "moved": _moved}
