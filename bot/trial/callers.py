"""Whoever writes while an announcement goes out, and how long they wait; and Twilio's callbacks."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import aiohttp

from bot.trial.audience import CHANNELS, Somebody
from bot.trial.people import World
from bot.trial.provider import Kept

HELLO: Mapping[str, str] = {"fr": "Bonjour", "en": "Hello", "es": "Buenos días"}
STOP = "STOP"
STOPPING = 0.1  # of those who write
BREATH = (0.3, 1.5)  # seconds between two who write
PATIENCE = 20.0  # seconds, before the next one writes
TELLERS = 24  # status callbacks under way


@dataclass
class Callers:
    """Recipients who write something meanwhile. `waited`: seconds until each got an answer."""

    world: World
    people: Sequence[Somebody]
    chance: random.Random
    at_once: int  # on each channel
    waited: list[float] = field(default_factory=list)
    _wrote: dict[tuple[str, str], float] = field(default_factory=dict)
    _answered: dict[tuple[str, str], asyncio.Event] = field(default_factory=dict)

    def heard(self, channel: str, address: str) -> None:
        """Note that somebody got something that is not the announcement."""
        wrote = self._wrote.pop((channel, address), None)
        if wrote is not None:
            self.waited.append(time.monotonic() - wrote)
            self._answered[channel, address].set()

    @contextlib.asynccontextmanager
    async def writing(self, session: aiohttp.ClientSession) -> AsyncIterator[None]:
        """Let them write until this ends; what each is at is brought to an end."""
        tasks = []
        for channel in CHANNELS:
            some = [one for one in self.people if one.channel == channel]
            self.chance.shuffle(some)
            tasks += [
                asyncio.create_task(self._write(session, some[place :: self.at_once]))
                for place in range(self.at_once)
            ]
        try:
            yield
            self.world.over = True
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _write(self, session: aiohttp.ClientSession, people: Sequence[Somebody]) -> None:
        for one in people:
            await asyncio.sleep(self.chance.uniform(*BREATH))
            if self.world.over:
                return
            who = (one.channel, one.address)
            leaves = self.chance.random() < STOPPING
            event = self._answered[who] = asyncio.Event()
            await self.world.says(session, *who, STOP if leaves else HELLO[one.language])
            if leaves and one.channel == "sms":
                continue  # Twilio itself answers it
            if not event.is_set():
                self._wrote[who] = time.monotonic()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), PATIENCE)

    def of_a_hundred(self, share: float) -> float:
        """Return within how many seconds this share of them had an answer."""
        ordered = sorted(self.waited)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Tellers:
    """Tell what became of messages that Twilio took, some at a time. `told`: sids, in the end."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._waiting: asyncio.Queue[Kept] = asyncio.Queue()

    def took(self, kept: Kept) -> None:
        """Have it told."""
        if kept.callback:
            self._waiting.put_nowait(kept)

    @contextlib.asynccontextmanager
    async def telling(self, session: aiohttp.ClientSession) -> AsyncIterator[None]:
        """Tell for as long as this lasts."""
        tasks = [asyncio.create_task(self._tell(session)) for _ in range(TELLERS)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self, session: aiohttp.ClientSession) -> None:
        while True:
            kept = await self._waiting.get()
            statuses = ["sent", "undelivered" if kept.error else "delivered"]
            if not kept.error and self._world.chance.random() < 0.2:
                statuses = ["delivered", "sent", "delivered"]
                self._world.counts.tricks["statuses out of order"] += 1
            for status in statuses:
                await self._world.tells(session, kept, status)
            self._waiting.task_done()

    async def all_told(self) -> None:
        """Wait until nothing is left to tell."""
        await self._waiting.join()
