"""What is long and coarse, carried by a durable workflow: it goes on where a crash left it.

A *job* is an asynchronous function of a row's id that does one step of the work and returns
"more", or a last word. DBOS remembers which steps were done; whether the work itself is done stands
in our own rows, and nothing but ids is ever given to a workflow. The engine runs only while there
is a job: a house at rest has no thread of it and looks at no table.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import CancelledError
from typing import Any

from bot.store.database import Database

log = logging.getLogger(__name__)

Job = Callable[[int], Awaitable[str]]
MORE, STOPPED = "more", "stopped"
APPLICATION = "palabre"
VERSION = "1"  # of the workflow below; a job may change as long as its rows say where it stands
POLL_SECONDS = 1.0  # the engine ends within one of these


class _Here:
    """The engine of this process: DBOS is one a process."""

    durable: "Durable | None" = None
    job: Any = None


class Durable:
    """The engine and its jobs, in one process at a time (the caller holds a lease)."""

    def __init__(self, database: Database, jobs: Mapping[str, Job]) -> None:
        """`jobs` are known by their names, which stand in the engine's tables."""
        self._url = engine_url(database.url)
        self._jobs = dict(jobs)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._launched = False
        self._closing = threading.Event()

    @property
    def is_up(self) -> bool:
        """Say whether the engine runs."""
        return self._launched

    async def ensure(self, name: str, number: int, run: int) -> bool:
        """Have a job's run carried out; False when this run has ended already."""
        await self._launch()
        return await asyncio.to_thread(self._ensure, name, number, run)

    def _ensure(self, name: str, number: int, run: int) -> bool:
        from dbos import DBOS, SetWorkflowID

        key = f"{name}-{number}-{run}"
        known = DBOS.get_workflow_status(key)
        if known is not None:
            return str(known.status) in ("PENDING", "ENQUEUED", "DELAYED")
        with SetWorkflowID(key):
            DBOS.start_workflow(_workflow(), name, number)
        return True

    async def close(self) -> None:
        """End the engine; what it was at goes on the next time."""
        if self._launched:
            self._closing.set()
            await asyncio.to_thread(_destroy)
            self._launched = False

    async def _launch(self) -> None:
        if not self._launched:
            self._loop = asyncio.get_running_loop()
            self._closing.clear()
            await asyncio.to_thread(self._begin)
            self._launched = True

    def _begin(self) -> None:
        from dbos import DBOS

        _workflow()
        _Here.durable = self
        DBOS(config={
            "name": APPLICATION,
            "system_database_url": self._url,
            "application_version": VERSION,
            "executor_id": APPLICATION,  # whoever holds the lease goes on with what was begun
            "sys_db_pool_size": 3,
            "notification_listener_polling_interval_sec": POLL_SECONDS,
            "use_listen_notify": False,
            "log_level": "ERROR",
        })  # fmt: skip
        _speak_through_our_logs()
        DBOS.launch()

    def step(self, name: str, number: int) -> str:
        """Do one step, on the loop of the house, while a thread of the engine waits for it."""
        if self._closing.is_set() or self._loop is None:
            return STOPPED
        future = asyncio.run_coroutine_threadsafe(_as_coroutine(self._jobs[name](number)),
                                                  self._loop)  # fmt: skip
        while True:
            try:
                return future.result(timeout=POLL_SECONDS)
            except TimeoutError:
                if future.done():
                    raise
                if self._closing.is_set():
                    future.cancel()
                    return STOPPED
            except CancelledError:
                return STOPPED


async def _as_coroutine(work: Awaitable[str]) -> str:
    return await work


def engine_url(url: str) -> str:
    """Return where the engine keeps its notes: beside an SQLite file, or in a schema of its own."""
    return url + ".work" if url.startswith("sqlite") else url


def _workflow() -> Any:
    """Return the one workflow there is: steps of a job, until it is done."""
    if _Here.job is not None:
        return _Here.job
    from dbos import DBOS

    @DBOS.step(name="step")  # type: ignore[untyped-decorator,unused-ignore]
    def step(name: str, number: int) -> str:
        return _Here.durable.step(name, number) if _Here.durable else STOPPED

    @DBOS.workflow(name="job")  # type: ignore[untyped-decorator,unused-ignore]
    def job(name: str, number: int) -> str:
        while True:
            word: str = step(name, number)
            if word != MORE:
                return word

    _Here.job = job
    return job


def _destroy() -> None:
    from dbos import DBOS

    with contextlib.suppress(Exception):
        DBOS.destroy()
    _Here.durable = None


def _speak_through_our_logs() -> None:
    logger = logging.getLogger("dbos")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.propagate = True
