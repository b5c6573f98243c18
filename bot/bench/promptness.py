"""How long a person waits: from the webhook to the answer at the provider, at half of the peak."""

import asyncio
import tempfile
import time
from multiprocessing.connection import Connection as Pipe

from bot.bench.contestant import WrongWork
from bot.bench.load import HOST, Line
from bot.bench.measuring import LINES, Measured, Meter, Process, Spent, listen, word
from bot.bench.ours import running, settings_in
from bot.bench.plan import play
from bot.bench.provider import Provider
from bot.bench.script import FIRST_PERSON, SAYS, update

SLOWEST = 0.99  # of a hundred answers the slowest but one
BEHIND = 20  # seconds that the last answers may take


def answer_time(people: int, seconds: float) -> Measured:
    """Find the peak with `people`, then ask at half of it; milliseconds."""
    with Process(_write, people, seconds) as person, Process(_serve, person.hear()) as server:
        person.tell(server.hear())
        waited: float = person.hear()
        server.tell("end")
        spent: Spent = server.hear()
    return Measured(waited, spent.cpu_s, spent.memory_mb)


async def _serve(pipe: Pipe, provider: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = settings_in(folder, TELEGRAM_API_URL=f"http://{HOST}:{provider}")
        async with running(settings, sends=True) as opened:
            port, runner = await listen(opened)
            meter = Meter()
            pipe.send(port)
            await word(pipe)
            spent = meter.spent()
            await runner.cleanup()
    pipe.send(spent)


async def _write(pipe: Pipe, people: int, seconds: float) -> None:
    waits = Waits()
    provider = Provider(waits.answered)
    await provider.open()
    pipe.send(provider.port)
    port = await word(pipe)
    lines = [await Line.open(port) for _ in range(LINES)]
    begun = time.perf_counter()
    await play(people, [line.post for line in lines], lines[0].settle)
    peak = people * len(SAYS) / (time.perf_counter() - begun)
    await waits.at(peak / 2, seconds, lines, first=people)
    await lines[0].settle()
    for line in lines:
        line.close()
    provider.close()
    pipe.send(waits.slowest())


class Waits:
    """Who wrote when, and how long each waited."""

    def __init__(self) -> None:
        self._wrote: dict[int, float] = {}
        self._waited: list[float] = []

    def answered(self, chat: int) -> None:
        """Note that an answer came; only the first one after what was written counts."""
        wrote = self._wrote.pop(chat, None)
        if wrote is not None:
            self._waited.append(1000 * (time.perf_counter() - wrote))

    async def at(self, per_second: float, seconds: float, lines: list[Line], *, first: int) -> None:
        """Write at an even rate, whatever becomes of it, and wait for the last answers."""
        people = max(1, int(per_second * seconds / len(SAYS)))
        free: asyncio.Queue[Line] = asyncio.Queue()
        for line in lines:
            free.put_nowait(line)
        begun, writing = time.perf_counter(), set()
        for number in range(people * len(SAYS)):
            due = begun + number / per_second
            if (left := due - time.perf_counter()) > 0:
                await asyncio.sleep(left)
            place, person = divmod(number, people)
            task = asyncio.create_task(self._write(free, first + person, place, due))
            writing.add(task)
            task.add_done_callback(writing.discard)
        async with asyncio.timeout(BEHIND):
            while writing or self._wrote:
                await asyncio.sleep(0.05)

    async def _write(
        self, free: "asyncio.Queue[Line]", person: int, place: int, due: float
    ) -> None:
        self._wrote.setdefault(FIRST_PERSON + person, due)
        line = await free.get()
        await line.post(update(person, place))
        free.put_nowait(line)

    def slowest(self) -> float:
        """Return the wait of the slowest but one in a hundred, ms. Raises WrongWork."""
        return self._at(SLOWEST)

    def median(self) -> float:
        """Return how long half of them waited at most, ms. Raises WrongWork."""
        return self._at(0.5)

    def _at(self, part: float) -> float:
        if not self._waited:
            raise WrongWork(WrongWork.__doc__)
        return sorted(self._waited)[int(len(self._waited) * part)]
