"""Fetches what people sent besides words, has recordings heard, and keeps both copies.

A recording is tried again after 1, 3 and 10 seconds, then ever later, for three days; then it
is given up with a reason that the coordinator sees. What cannot be heard is kept all the same.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

import msgspec
from sqlalchemy import Connection

from bot.store import recordings
from bot.store.database import Database, DatabaseAway, now
from bot.store.media import MediaGone, MediaStore, release
from bot.store.recordings import SOUNDS, Found, Pending
from bot.store.seal import Seal
from bot.voice.pool import Ears, EarsClosedError
from channels.base import Channel, MediaRef
from channels.errors import FetchError

log = logging.getLogger(__name__)

LARGEST = 20 * 1024 * 1024  # bytes
LONGEST_FETCH = 60.0  # seconds
DELAYS = (1, 3, 10, 30, 120, 600, 3600, 6 * 3600)  # seconds before the next attempt
GIVE_UP = 3 * 24 * 3600  # seconds after which what did not come is lost
HELD = 300  # seconds that a taken recording is ours; after a crash it is due again then
HEARINGS = 3  # attempts to hear bytes that are here, before they are refused
AT_ONCE = 4
TOO_BIG = "too_big"
NO_SPEECH = "no_speech"
TRANSCRIPTS = "transcripts"  # the bell of whoever writes down what was said

VerdictCame = Callable[[int, str], Awaitable[None]]


@dataclass(frozen=True)
class Keeper:
    """What keeping recordings needs; `verdict_came(participant, recording)` tells what is late."""

    database: Database
    seal: Seal
    store: MediaStore
    channels: Mapping[str, Channel]
    ears: Ears
    verdict_came: VerdictCame
    clock: Callable[[], int] = now
    in_hand: set[asyncio.Task[None]] = field(default_factory=set)


class TooBig(Exception):
    """What was sent is larger than we take."""


async def keep_recordings(keeper: Keeper) -> None:
    """Keep what comes, for as long as the program runs; sleeps while nothing is due."""
    try:
        await _with_the_database(keeper, _begin_again)
        while True:
            keeper.database.bell("media").clear()
            next_at = await _with_the_database(keeper, _take_what_is_due)
            await _sleep(keeper, next_at)
    finally:
        for task in keeper.in_hand:
            task.cancel()
        await asyncio.gather(*keeper.in_hand, return_exceptions=True)


async def keep_due(keeper: Keeper) -> int:
    """Keep what is due now and wait until it is done; return how many that were."""
    await _take_what_is_due(keeper)
    tasks = list(keeper.in_hand)
    await asyncio.gather(*tasks)
    return len(tasks)


async def _with_the_database(
    keeper: Keeper, step: Callable[[Keeper], Awaitable[int | None]]
) -> int | None:
    """Take a step, again and again while the database is away."""
    wait = 1.0
    while True:
        try:
            return await step(keeper)
        except DatabaseAway as error:
            log.warning("recordings wait: %s", error)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 30.0)


async def _begin_again(keeper: Keeper) -> None:
    """Take up what a stop or a crash left: what was in hand, what is too old, what was not told."""
    moment, names = keeper.clock(), tuple(keeper.channels)

    def work(connection: Connection) -> None:
        recordings.lose_old(connection, moment - GIVE_UP * 1000, "it did not come in three days")
        if keeper.database.embedded:  # nobody else holds any of these channels
            recordings.all_due(connection, names, moment)

    await keeper.database.write(work)
    for participant, media_id in await keeper.database.read(recordings.untold, names):
        await keeper.verdict_came(participant, media_id)


async def _take_what_is_due(keeper: Keeper) -> int | None:
    """Begin to fetch what is due, and say when the next is (None: nothing waits)."""
    moment, free = keeper.clock(), AT_ONCE - len(keeper.in_hand)
    if free <= 0:
        return None  # the end of one in hand rings the bell
    until, names = moment + HELD * 1000, tuple(keeper.channels)

    def take(connection: Connection) -> tuple[list[Pending], int | None]:
        taken = recordings.take(connection, keeper.seal, names, moment, until=until, limit=free)
        return taken, recordings.next_due_at(connection, names)

    waits = await keeper.database.read(recordings.next_due_at, names)
    if waits is None or waits > moment:
        return waits
    taken, next_at = await keeper.database.write(take)
    for one in taken:
        task = asyncio.create_task(_keep(_Job(keeper, one)))
        keeper.in_hand.add(task)
        task.add_done_callback(lambda done: _let_go(keeper, done))
    return next_at


def _let_go(keeper: Keeper, task: asyncio.Task[None]) -> None:
    keeper.in_hand.discard(task)
    keeper.database.ring("media")
    if not task.cancelled() and (error := task.exception()):
        log.error("a recording could not be kept, it is tried again: %r", error)


async def _sleep(keeper: Keeper, next_at: int | None) -> None:
    bell = keeper.database.bell("media").wait()
    seconds = None if next_at is None else max(0.0, (next_at - keeper.clock()) / 1000)
    try:
        await asyncio.wait_for(bell, seconds)
    except TimeoutError:
        return


@dataclass(frozen=True)
class _Job:
    """One recording in hand, and the keys of what was written down for it."""

    keeper: Keeper
    one: Pending
    keys: set[str] = field(default_factory=set)


class NoLongerWanted(Exception):
    """The sender of a recording was forgotten while it was being kept."""


async def _keep(job: _Job) -> None:
    """Fetch, hear and keep one; whatever fails is tried again or given up, with its reason."""
    try:
        found = await _found(job, await _bytes_of(job.keeper, job.one))
    except TooBig:
        await _done(job, Found("refused", verdict=TOO_BIG))
    except NoLongerWanted:
        await job.keeper.database.write(release, job.keeper.store, job.keys)
    except FetchError as error:
        if error.too_large:
            await _done(job, Found("refused", verdict=TOO_BIG))
        else:
            await _failed(job, error.reason, again=error.again)
    except TimeoutError:
        await _failed(job, f"it did not come within {LONGEST_FETCH:.0f} seconds")
    except (EarsClosedError, MediaGone, OSError) as error:
        await _failed(job, str(error))
    else:
        await _done(job, found)


async def _bytes_of(keeper: Keeper, one: Pending) -> bytes:
    if one.original:
        return await asyncio.to_thread(keeper.store.get, one.original)
    channel = keeper.channels.get(one.channel)
    if channel is None:
        raise FetchError(f"the channel {one.channel} is not set up now", again=True)
    return await fetch(channel, msgspec.json.decode(one.ref, type=MediaRef))


async def fetch(channel: Channel, ref: MediaRef) -> bytes:
    """Fetch an attachment whole. Raises FetchError, TooBig, TimeoutError."""
    if (ref.size or 0) > LARGEST:
        raise TooBig(TooBig.__doc__)
    data = bytearray()
    stream = channel.fetch(ref)
    try:
        async with asyncio.timeout(LONGEST_FETCH):
            async for piece in stream:
                data += piece
                if len(data) > LARGEST:
                    raise TooBig(TooBig.__doc__)
    finally:
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()
    return bytes(data)


async def _found(job: _Job, data: bytes) -> Found:
    """Keep the bytes as they came, and the copies of sound. Raises NoLongerWanted."""
    original = await _put(job, "original", data)
    mime = msgspec.json.decode(job.one.ref, type=MediaRef).mime
    kept = Found("kept", original, mime=mime[:80], size=len(data))
    if job.one.kind not in SOUNDS:
        return kept
    heard = await job.keeper.ears.hear(data)
    if heard.retry and job.one.attempts + 1 < HEARINGS:
        raise FetchError(f"it could not be heard: {heard.verdict}", again=True)
    return replace(
        kept,
        state="kept" if heard.usable else "refused",
        playable=await _put(job, "playable", heard.mp3) if heard.usable else "",
        resendable=await _put(job, "resendable", heard.ogg) if heard.ogg else "",
        verdict=heard.verdict.value,
        seconds=heard.seconds or None,
        speech_seconds=heard.speech_seconds,
        peaks=heard.peaks,
    )


async def _put(job: _Job, column: str, data: bytes) -> str:
    """Write bytes down, named by the row first."""
    key = await asyncio.to_thread(job.keeper.store.key, data)
    job.keys.add(key)

    def claim(connection: Connection) -> bool:
        return recordings.claim(connection, job.one.id, **{column: key})

    if not await job.keeper.database.write(claim):
        raise NoLongerWanted(NoLongerWanted.__doc__)
    await asyncio.to_thread(job.keeper.store.put, data)
    return key


async def _done(job: _Job, found: Found) -> None:
    moment = job.keeper.clock()
    await _end(job, lambda c: recordings.finish(c, job.one.id, found, moment),
               bad=found.state != "kept" or found.verdict == NO_SPEECH)  # fmt: skip


async def _failed(job: _Job, reason: str, *, again: bool = True) -> None:
    """Try again later, or give it up when it is too old or can never come."""
    one = job.one
    next_at = job.keeper.clock() + 1000 * DELAYS[min(one.attempts, len(DELAYS) - 1)]
    if not again or next_at >= one.at + GIVE_UP * 1000:
        await _end(job, lambda c: recordings.lose(c, one.id, reason), bad=True)
        return

    def later(connection: Connection) -> None:
        if not recordings.try_later(connection, one.id, next_at=next_at, reason=reason):
            release(connection, job.keeper.store, job.keys)

    await job.keeper.database.write(later)


async def _end(job: _Job, end: Callable[[Connection], bool], *, bad: bool) -> None:
    """Write the end of it, and let its message be answered; without a row nothing stays."""
    keeper, one = job.keeper, job.one

    def work(connection: Connection) -> tuple[bool, bool]:
        keeper.database.hold_participants(connection, [one.participant])
        wanted = end(connection)
        if not wanted:
            release(connection, keeper.store, job.keys)
        return wanted, recordings.let_answer(connection, one.inbox, keeper.clock())

    wanted, late = await keeper.database.write(work, wakes=("inbox", TRANSCRIPTS))
    if bad and late and wanted and one.kind in SOUNDS:
        await keeper.verdict_came(one.participant, one.id)
