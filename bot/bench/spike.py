"""A spike of voice notes: worked off steadily, memory flat, while text turns stay prompt."""

import asyncio
import resource
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.bench.load import HOST, Line
from bot.bench.measuring import LINES, Measured, Process, listen, word
from bot.bench.notes import DIFFERENT, recordings, updates
from bot.bench.ours import Ours, running, settings_in
from bot.bench.promptness import Waits
from bot.bench.provider import Provider
from bot.bench.script import update
from bot.store.tables import media
from bot.voice.pool import Ears

OPEN_PLACE = 4  # the first question that takes any words, and so a note
TURNS = 40  # a second, by text, all the while
QUIET_SECONDS = 10.0
BATCH_SECONDS = 5.0  # of texts, between two looks whether all notes are kept
LOOK = 0.25  # seconds between two looks at memory and at what is done
PAGE_MB = resource.getpagesize() / 1_048_576


@dataclass(frozen=True)
class Look:
    """How it stood at a moment: notes kept, megabytes of the house and of its children."""

    at: float
    kept: int
    house_mb: float
    children_mb: float


@dataclass(frozen=True)
class Waited:
    """How long text turns took, ms."""

    median: float
    slowest: float


@dataclass(frozen=True)
class Spike:
    """What was seen while notes were worked off; `cpu_s` is the house's and its children's."""

    looks: tuple[Look, ...]
    cpu_s: float
    without: Waited
    beside: Waited

    @property
    def most_mb(self) -> float:
        """Return the most memory that house and children took together."""
        return max(one.house_mb + one.children_mb for one in self.looks)

    @property
    def per_minute(self) -> float:
        """Return how many notes were kept a minute."""
        return _per_minute(self.looks)

    @property
    def halves(self) -> tuple[float, float]:
        """Return notes a minute of the first half of the notes, and of the second."""
        kept = self.looks[-1].kept
        half = next(at for at, one in enumerate(self.looks) if 2 * one.kept >= kept)
        return _per_minute(self.looks[: half + 1]), _per_minute(self.looks[half:])

    @property
    def memory(self) -> tuple[float, float]:
        """Return the house's megabytes after a fifth of the time, and in the last fifth."""
        fifth = max(1, len(self.looks) // 5)
        early = statistics.median(one.house_mb for one in self.looks[fifth - 1 : 2 * fifth])
        late = statistics.median(one.house_mb for one in self.looks[-fifth:])
        return early, late


def _per_minute(looks: Sequence[Look]) -> float:
    """Return notes a minute; of a time too short to see one, as if one had been kept."""
    took = max(looks[-1].at - looks[0].at, LOOK)
    return 60 * max(looks[-1].kept - looks[0].kept, 1) / took


@cache
def spike(notes: int) -> Spike:
    """Let so many people send a note at once, while others write."""
    with Process(_write, notes) as person, Process(_keep, person.hear(), notes) as house:
        person.tell(house.hear())
        without = person.hear()
        house.tell("begin")
        person.tell("begin")
        looks, cpu = house.hear()
        person.tell("over")
        beside = person.hear()
        house.tell("end")
        house.hear()
    return Spike(tuple(looks), cpu, without, beside)


def kept_by_us(notes: int) -> Measured:
    """Return notes a minute that the house fetched, heard and kept."""
    found = spike(notes)
    return Measured(found.per_minute, found.cpu_s, found.most_mb)


def only_heard(notes: int) -> Measured:
    """Return notes a minute where the same are only heard, with nothing around it."""
    with Process(_hear, notes) as process:
        took, cpu = process.hear()
    return Measured(60 * notes / took, cpu)


# ── the house ──


async def _keep(pipe: Pipe, provider: int, notes: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = settings_in(folder, TELEGRAM_API_URL=f"http://{HOST}:{provider}")
        async with running(settings, sends=True) as opened:
            port, runner = await listen(opened)
            pipe.send(port)
            await word(pipe)
            cpu = _cpu()
            looks = [one async for one in _look(opened, notes)]
            pipe.send((looks, _cpu() - cpu))
            await word(pipe)
            await runner.cleanup()
    pipe.send("ended")


async def _look(opened: Ours, notes: int) -> AsyncIterator[Look]:
    kept = 0
    while kept < notes:
        kept = await opened.house.database.read(_kept)
        yield Look(time.perf_counter(), kept, _memory("self"), sum(map(_memory, _children())))
        await asyncio.sleep(LOOK)


def _kept(connection: Connection) -> int:
    query = select(func.count()).select_from(media).where(media.c.state == "kept")
    return connection.scalar(query.where(media.c.playable != "")) or 0


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def _children() -> Iterator[str]:
    """Yield the children of every thread of this process; of none where there is no /proc."""
    for listed in Path("/proc/self/task").glob("*/children"):
        try:
            yield from listed.read_text().split()
        except OSError:  # the thread has just ended
            continue


def _memory(process: str) -> float:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE_MB
    except OSError:  # it has just ended
        return 0.0


async def _hear(pipe: Pipe, notes: int) -> None:
    sounds = await asyncio.to_thread(recordings, min(notes, DIFFERENT))
    ears, cpu, began = Ears(), _cpu(), time.perf_counter()
    await asyncio.gather(*(ears.hear(sounds[one % len(sounds)]) for one in range(notes)))
    pipe.send((time.perf_counter() - began, _cpu() - cpu))
    await ears.close()


# ── who writes and speaks ──


async def _write(pipe: Pipe, notes: int) -> None:
    sounds = await asyncio.to_thread(recordings, min(notes, DIFFERENT))
    quiet, loud = Waits(), Waits()

    def answered(chat: int) -> None:
        """Let whichever of the two knows this person note it."""
        quiet.answered(chat)
        loud.answered(chat)

    provider = Provider(answered, sounds)
    await provider.open()
    pipe.send(provider.port)
    port = await word(pipe)
    lines = [await Line.open(port) for _ in range(LINES)]
    await _come_to_an_open_question(lines, notes)
    seconds = min(QUIET_SECONDS, notes / 4)
    await quiet.at(TURNS, seconds, lines, first=notes)
    pipe.send(_waited(quiet))
    await word(pipe)
    over = asyncio.create_task(word(pipe))
    await _speak(lines, sounds, notes)
    first = 2 * notes + int(TURNS * seconds)
    while not over.done():
        await loud.at(TURNS, min(BATCH_SECONDS, seconds), lines, first=first)
        first += int(TURNS * BATCH_SECONDS)
    pipe.send(_waited(loud))
    for line in lines:
        line.close()
    provider.close()


async def _come_to_an_open_question(lines: list[Line], people: int) -> None:
    for place in range(OPEN_PLACE):
        for begin in range(0, people, len(lines)):
            some = range(begin, min(begin + len(lines), people))
            posts = (line.post(update(one, place)) for line, one in zip(lines, some, strict=False))
            await asyncio.gather(*posts)
        await lines[0].settle()


async def _speak(lines: list[Line], sounds: list[bytes], people: int) -> None:
    """Post everybody's note as quickly as they are acknowledged."""
    bodies = list(updates(sounds, range(people)))
    for begin in range(0, people, len(lines)):
        some = bodies[begin : begin + len(lines)]
        posts = (line.post(body) for line, body in zip(lines, some, strict=False))
        await asyncio.gather(*posts)


def _waited(waits: Waits) -> Waited:
    return Waited(waits.median(), waits.slowest())
