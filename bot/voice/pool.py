"""Hears recordings beside everything else, a few at a time."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.voice.hear import Heard, hear
from bot.voice.limits import Limits

YIELDS = 10  # how much hearing steps back behind whoever waits for an answer (see nice(1))
MOST = 4  # at the same time: each takes 40 MB


class EarsClosedError(Exception):
    """The ears are closed: no recording is heard any more while the program stops."""


class Ears:
    """Hears at most `at_once` recordings at the same time; further ones wait their turn.

    One processor is left to turns, where there are several. The work is done by child processes,
    so a thread per recording is enough to wait for it.
    """

    def __init__(
        self,
        at_once: int = 0,  # 0: as many as there are processors, but one
        limits: Limits | None = None,
        hearing: Callable[[bytes, Limits], Heard] = hear,
    ) -> None:
        self._limits = limits or Limits()
        self._hearing = hearing
        at_once = at_once or min(MOST, max(1, (os.cpu_count() or 1) - 1))
        self._turn = asyncio.Semaphore(at_once)
        self._threads = ThreadPoolExecutor(
            at_once, thread_name_prefix="ears", initializer=_step_back
        )
        self._closed = False

    async def hear(self, recording: bytes) -> Heard:
        """Hear one recording; raises `EarsClosedError` once closed."""
        async with self._turn:
            if self._closed:
                raise EarsClosedError(EarsClosedError.__doc__)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._hearing, recording, self._limits)

    async def close(self) -> None:
        """Take no more, and wait for those being heard (at most the wall limit)."""
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)


def _step_back() -> None:
    """Let this thread, and what it starts, run when nobody else wants to (Linux counts threads)."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), YIELDS)
