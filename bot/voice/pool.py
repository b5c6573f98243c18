"""Hears recordings beside everything else, a few at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.voice.hear import Heard, hear
from bot.voice.limits import Limits


class EarsClosedError(Exception):
    """The ears are closed: no recording is heard any more while the program stops."""


class Ears:
    """Hears at most `at_once` recordings at the same time; further ones wait their turn.

    The work is done by child processes, so a thread per recording is enough to wait for it.
    """

    def __init__(
        self,
        at_once: int = 2,
        limits: Limits | None = None,
        hearing: Callable[[bytes, Limits], Heard] = hear,
    ) -> None:
        self._limits = limits or Limits()
        self._hearing = hearing
        self._turn = asyncio.Semaphore(at_once)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="ears")
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
