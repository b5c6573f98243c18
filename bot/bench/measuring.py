"""One measurement: a contestant in a process of its own, its load in another."""

import asyncio
import logging
import multiprocessing
import resource
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from typing import Any, Self

from aiohttp import web

from bot.bench.contestant import Contestant, Running
from bot.bench.load import HOST, Line
from bot.bench.plan import play
from bot.bench.script import SAYS

Open = Callable[[], Contestant]
LINES = 100  # connections; Telegram opens 100 at most
AT_ONCE = 500  # messages in hand at a time, without HTTP


class Broke(Exception):
    """A contestant or its load ended before the measurement did."""


@dataclass(frozen=True)
class Measured:
    """What one contestant did, in its row's unit, processor seconds, and the most memory in MB.

    The processor and memory are those of the contestant's process alone. `fault`: what it did
    that it must not do, however fast it was.
    """

    figure: float
    cpu_s: float = 0.0
    memory_mb: float = 0.0
    fault: str = ""


@dataclass(frozen=True)
class Spent:
    """What a process used while it was measured."""

    seconds: float
    cpu_s: float
    memory_mb: float


def over_http(contestant: Open, people: int) -> Measured:
    """Measure from the first POST to the last commit."""
    with Process(_serve, contestant) as server, Process(_load, server.hear(), people) as load:
        load.hear()
        server.tell("begin")
        load.tell("begin")
        load.hear()
        server.tell(people)
        return _measured(server.hear(), people)


def inside(contestant: Open, people: int) -> Measured:
    """Measure the same work without HTTP, in one process."""
    with Process(_take_alone, contestant, people) as process:
        return _measured(process.hear(), people)


def _measured(spent: Spent, people: int) -> Measured:
    return Measured(people * len(SAYS) / spent.seconds, spent.cpu_s, spent.memory_mb)


# --- processes -----------------------------------------------------------------------------


class Process:
    """A new process that runs a coroutine with a pipe to us; ended when one leaves."""

    def __init__(self, work: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
        fresh = _fresh()
        self._pipe, theirs = fresh.Pipe()
        self._process = fresh.Process(target=_run, args=(work, theirs, *args), daemon=True)
        self._theirs = theirs

    def __enter__(self) -> Self:
        self._process.start()
        self._theirs.close()
        return self

    def __exit__(self, *error: object) -> None:
        self._process.join(0 if error[0] else 10)
        if self._process.is_alive():
            self._process.kill()

    def tell(self, word: object) -> None:
        """Say something to it."""
        self._pipe.send(word)

    def hear(self) -> Any:
        """Return what it says. Raises Broke, or what it raised."""
        try:
            word = self._pipe.recv()
        except EOFError:
            raise Broke(Broke.__doc__) from None
        if isinstance(word, Exception):
            raise word
        return word


@cache
def _fresh() -> Any:
    """Return what makes processes with no memory of ours and no threads, imports made once."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bot.bench.rows"])
    return context


def _run(work: Callable[..., Coroutine[Any, Any, None]], pipe: Connection, *args: Any) -> None:
    try:
        in_a_loop(work(pipe, *args))
    except Exception as error:  # noqa: BLE001 - it is raised again where the result is awaited
        pipe.send(error)


def in_a_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run this process's work, on uvloop where it is there."""
    logging.basicConfig(level=logging.ERROR)  # nobody can be reached, and that is meant
    try:
        import uvloop

        factory: Any = uvloop.new_event_loop
    except ImportError:
        factory = None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(work)


async def word(pipe: Connection) -> Any:
    """Return what the one who began this process says next."""
    return await asyncio.get_running_loop().run_in_executor(None, pipe.recv)


class Meter:
    """Looks at the clock and at what this process used."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._cpu = time.process_time()

    def spent(self) -> Spent:
        """Say what was used since the beginning."""
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Spent(time.perf_counter() - self._began, time.process_time() - self._cpu, memory)


async def _serve(pipe: Connection, contestant: Open) -> None:
    async with contestant() as running:
        port, runner = await listen(running)
        pipe.send(port)
        await word(pipe)
        meter = Meter()
        people = await word(pipe)
        await running.settle()
        spent = meter.spent()
        await running.check(people)
        await runner.cleanup()
        pipe.send(spent)


async def listen(running: Running) -> tuple[int, web.AppRunner]:
    """Serve a contestant's webhook on a port of this machine."""
    runner = await running.runner()

    async def settled(_request: web.Request) -> web.Response:
        await running.settle()
        return web.Response()

    runner.app.router.add_get("/settled", settled)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    port: int = runner.addresses[0][1]
    return port, runner


async def _load(pipe: Connection, port: int, people: int) -> None:
    lines = [await Line.open(port) for _ in range(min(LINES, people))]
    pipe.send("ready")
    await word(pipe)
    await play(people, [line.post for line in lines], lines[0].settle)
    pipe.send("done")
    for line in lines:
        line.close()


async def _take_alone(pipe: Connection, contestant: Open, people: int) -> None:
    async with contestant() as running:
        meter = Meter()
        await play(people, [running.take] * min(AT_ONCE, people), running.settle)
        await running.settle()
        spent = meter.spent()
        await running.check(people)
        pipe.send(spent)
