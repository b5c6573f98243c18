"""Take the turns of those who wrote: a batch of people, one transaction.

After a crash the whole batch is simply taken again. A message that makes the engine raise is set
aside alone, and its sender is told something kind; the same when the database refuses a row.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection

from bot.dialogue import talk
from bot.dialogue.reply import File, Prompt, Reply
from bot.gateway import courtesy, linking
from bot.gateway.admitting import FETCHED, Message, hold, message_of, newcomers, wait_for_recordings
from bot.gateway.following import follow_message, trace_of
from bot.gateway.house import House
from bot.gateway.others import with_others
from bot.gateway.outcome import put_down, say
from bot.gateway.sitting import Seat, Sitting
from bot.gateway.statuses import file_statuses
from bot.gateway.unspoken import UNSPOKEN
from bot.store import inbox, keeping, participants
from bot.store.database import DatabaseAway
from bot.store.forget import forget, put_away_log
from bot.store.inbox import Waiting
from bot.store.participants import Address
from bot.store.refusal import TAKE_PART, drop_recordings, keep_only_the_no
from bot.store.waiting import heard_on_page, let_go
from channels.base import Incoming, Outgoing

log = logging.getLogger(__name__)

BATCH = 300  # messages; more would only make the first of them wait
BESIDE = 0.02  # seconds


@dataclass
class Taken:
    """What came of a batch."""

    turns: int = 0
    looked: int = 0
    courtesies: list[tuple[str, Outgoing]] = field(default_factory=list)
    forgot: bool = False
    wakes: set[str] = field(default_factory=set)
    came_of: list[tuple[Waiting, str]] = field(default_factory=list)  # message, outcome


async def take_turns(house: House) -> int:
    """Answer a batch of waiting messages; return how many it looked at. Raises DatabaseAway."""
    looked, answered = await _take_next(house)
    if looked and not answered:
        await asyncio.sleep(BESIDE)  # another worker has these people in hand
    return looked


async def _take_next(house: House) -> tuple[int, int]:
    """Take whoever waits, found in the same transaction; return how many waited, and were taken."""
    try:
        taken = await house.database.write(sit_next, house, wakes=_wakes_of)
    except DatabaseAway:
        raise
    except Exception as error:  # noqa: BLE001 - whoever it is must not take the others along
        rows = await house.database.read(_who_waits, house)
        return len(rows), await _halve(house, rows, error) if rows else 0
    return taken.looked, await _after(house, taken)


async def _take(house: House, rows: Sequence[Waiting], *, again: bool = False) -> int:
    try:
        taken = await house.database.write(sit, house, rows, wakes=_wakes_of)
    except DatabaseAway:
        raise
    except Exception as error:  # noqa: BLE001 - whoever it is must not take the others along
        return await _halve(house, rows, error, again=again)
    return await _after(house, taken)


def _wakes_of(taken: Taken) -> set[str]:
    return taken.wakes


async def _after(house: House, taken: Taken) -> int:
    """Do what is due once turns are committed; return how many there were."""
    _note(house, taken.came_of)
    if taken.forgot:
        await asyncio.to_thread(put_away_log, house.database)
    courtesy.send_beside(house, taken.courtesies)
    return taken.turns


def _note(house: House, came_of: Sequence[tuple[Waiting, str]]) -> None:
    moment, tally = house.clock(), house.tally
    for outcome, count in Counter(outcome for _, outcome in came_of).items():
        tally.count("turns", outcome, by=count)
    for channel in {row.channel for row, _ in came_of}:
        waits = [moment - row.received_at for row, _ in came_of if row.channel == channel]
        tally.waited("turn_wait", channel, ms=waits)
    for row, outcome in came_of:
        waited = moment - row.received_at
        follow_message("turn taken", row.channel, row.event_id, outcome=outcome, waited_ms=waited)


async def _halve(
    house: House, rows: Sequence[Waiting], error: Exception, *, again: bool = False
) -> int:
    """Find the message on which it fails, so that the others are answered."""
    if len(rows) > 1:
        first, second = _halves(rows)
        return await _take(house, first) + await _take(house, second)
    if not again:  # another worker may have made the same newcomer
        return await _take(house, rows, again=True)
    row = rows[0]
    log.error("message %d was set aside", row.id, exc_info=error)
    _note(house, [(row, "stuck")])
    outcome = (row.id, "stuck", f"{type(error).__name__} in the turn")
    await house.database.write(inbox.mark, [outcome], house.clock())
    if row.kind == "status":
        return 1  # it was our provider that spoke
    try:
        await house.database.write(_apologise_for, house, row, wakes=("outbox",))
    except Exception:
        log.exception("nobody could be told that message %d was set aside", row.id)
    return 1


def _halves(rows: Sequence[Waiting]) -> tuple[list[Waiting], list[Waiting]]:
    """Cut a batch in two between people, one person's messages in their order."""
    people = list(dict.fromkeys(row.address_index for row in rows))
    if len(people) == 1:
        middle = len(rows) // 2
        return list(rows[:middle]), list(rows[middle:])
    early = set(people[: len(people) // 2])
    return (
        [row for row in rows if row.address_index in early],
        [row for row in rows if row.address_index not in early],
    )


def sit_next(connection: Connection, house: House) -> Taken:
    """Answer whoever waits, a batch at most."""
    rows = _who_waits(connection, house)
    return sit(connection, house, rows) if rows else Taken()


def _who_waits(connection: Connection, house: House) -> list[Waiting]:
    return inbox.waiting(connection, house.clock(), BATCH, tuple(house.channels))


def sit(connection: Connection, house: House, rows: Sequence[Waiting]) -> Taken:
    """Answer these messages within one transaction."""
    moment, looked = house.clock(), len(rows)
    rows = file_statuses(connection, house, rows, moment)
    told = looked - len(rows)
    if not rows:
        return Taken(told, looked, wakes={"outbox"})
    mine, known = hold(connection, house, rows, moment)
    ready = wait_for_recordings(connection, mine, known, house.seal, moment, house.voice_wait_ms)
    sitting = Sitting(connection, house, moment)
    sitting.load({known[row.address_index].participant for row, _ in ready})
    outcomes = _one_by_one(sitting, ready, known)
    inbox.mark(connection, outcomes, moment)
    wakes = sitting.write() | {"outbox"}  # what waited for their word may be let go, too
    wakes |= {"media", "inbox"} if len(ready) < len(mine) else set()
    for refuser in sitting.refusing:
        for participant in participants.family(connection, refuser):
            keep_only_the_no(connection, house.media, participant)
    for participant in sitting.unwanted - sitting.refusing:
        drop_recordings(connection, house.media, participant)
    for participant in sitting.forgetting:
        forget(connection, house.media, participant, moment)
    outcome_of = {row_id: outcome for row_id, outcome, _note in outcomes}
    came_of = [(row, outcome_of[row.id]) for row, _ in ready]
    return Taken(told + len(ready), looked, sitting.courtesies, bool(sitting.forgetting), wakes,
                 came_of)  # fmt: skip


def _one_by_one(
    sitting: Sitting, messages: Sequence[Message], known: dict[bytes, Address]
) -> list[tuple[int, str, str]]:
    files = keeping.files_of(sitting.connection, [row.id for row, one in messages if one.media])
    sitting.shared = participants.shared(sitting.connection, {one.id for one in known.values()})
    outcomes = []
    seen: dict[int, tuple[int, str]] = {}
    for row, incoming in messages:
        address = known[row.address_index]
        speaker = sitting.speaking.get(address.id, address.participant)
        seat = sitting.seats[speaker]
        if incoming.kind not in UNSPOKEN:  # who blocks us has not written
            seen[address.id] = (row.received_at, incoming.account or address.account)
        elif incoming.kind == "blocked":
            seen.pop(address.id, None)  # a STOP that the provider took: the way is closed behind it
        sitting.came_from[address.id] = incoming.address
        sitting.trace = trace_of(row.channel, row.event_id)
        (sitting.on_page.add if incoming.by_page else sitting.on_page.discard)(address.id)
        outcomes.append(_one(sitting, seat, address, row, incoming, files.get(row.id, ())))
    participants.heard_from(sitting.connection, seen)
    _let_go(sitting, [one for one in known.values() if one.id in seen])
    return outcomes


def _let_go(sitting: Sitting, heard: Iterable[Address]) -> None:
    """Send what waited for the next word of those who wrote, or for their phones to be on.

    What waited for a page was seen there by whoever speaks on it.
    """
    heard_on_page(sitting.connection, sitting.on_page, sitting.moment)
    waits = [one for one in heard if sitting.house.can(one.channel).reports]
    if waits:
        people = {sitting.speaking.get(one.id, one.participant) for one in waits}
        let_go(sitting.connection, people, {one.channel for one in waits})


def _one(
    sitting: Sitting,
    seat: Seat,
    address: Address,
    row: Waiting,
    incoming: Incoming,
    files: tuple[File, ...],
) -> tuple[int, str, str]:
    handle = UNSPOKEN.get(incoming.kind)
    if handle is not None:
        handle(sitting, seat, address, incoming)
        return row.id, "filed", ""
    if (
        seat.person.others or address.id in sitting.shared
    ):  # who shares a phone may have been forgotten meanwhile
        count = len(participants.speakers_on(sitting.connection, address.id))
        seat.person = msgspec.structs.replace(seat.person, others=max(0, count - 1))
    reply = _reply(row, incoming, files)
    scene = sitting.scene(seat, address.channel, incoming.locale_hint, incoming.display_name)
    scene = linking.with_code(sitting, seat, address, reply, scene)
    try:
        turn = with_others(
            sitting, seat, scene,
            lambda seen: talk.respond(sitting.programme, seat.person, reply, seen),
        )  # fmt: skip
    except Exception as error:
        log.exception("message %d was set aside", row.id)
        _apologise(sitting, seat, address)
        return row.id, "stuck", f"{type(error).__name__} in the dialogue"
    if files and seat.person.facts.get(TAKE_PART) == "no":
        sitting.unwanted.add(seat.id)
    put_down(sitting, seat, turn, address, pressed_on=incoming.keyboard_of)
    seat.handed_at, seat.unseen = None, False  # what is open now was not handed to anybody yet
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


def _apologise_for(connection: Connection, house: House, row: Waiting) -> None:
    """Tell whoever wrote a message that it could not be answered."""
    known = participants.by_index(connection, [row.address_index])
    if not known:
        known = newcomers(connection, house, [message_of(house, row)], known, house.clock())
    address = known[row.address_index]
    sitting = Sitting(connection, house, house.clock())
    sitting.load([address.participant])
    _apologise(sitting, sitting.seats[address.participant], address)
    sitting.write()


def _apologise(sitting: Sitting, seat: Seat, address: Address) -> None:
    language = seat.person.language or sitting.programme.consultation.source
    sentence = sitting.programme.phrases.get(language, {}).get("went_wrong", "")
    if sentence:
        say(sitting, seat, (Prompt(text=sentence, kind="notice"),), address)
