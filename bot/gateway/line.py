"""The line before a sender's pace: no more stand in it than are soon gone.

What has been taken out of the outbox can no longer be overtaken, so little of it is.
"""

import asyncio
from collections.abc import Awaitable, Callable

from bot.gateway.pace import Gone, Metronome
from channels.base import Pace

AHEAD = 0.3  # seconds of the pace that are taken from the outbox at a time


class Line:
    """Deliveries, by their ids, that wait until a sender may send them.

    `moved` is called whenever somebody leaves it; `clock` never goes back.
    """

    def __init__(
        self,
        pace: Pace,
        clock: Callable[[], int],
        pause: Callable[[float], Awaitable[object]],
        moved: Callable[[], object],
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._moved = moved
        self._most = max(1, int(pace.per_second * AHEAD))
        self._pace = Metronome(pace, clock())
        self._turnstile = asyncio.Lock()
        self._standing: set[int] = set()

    @property
    def standing(self) -> frozenset[int]:
        """Return who stands in it."""
        return frozenset(self._standing)

    def room(self) -> int:
        """Return how many more may join; 0 until half of it is free, so that they come together."""
        free = self._most - len(self._standing)
        return free if 2 * free >= self._most else 0

    def join(self, delivery: int) -> None:
        """Count one as waiting."""
        self._standing.add(delivery)

    def leave(self, delivery: int) -> None:
        """Count one as waiting no longer, wherever it went."""
        if delivery in self._standing:
            self._standing.discard(delivery)
            self._moved()

    @property
    def turnstile(self) -> asyncio.Lock:
        """Who stands in front holds it."""
        return self._turnstile

    async def until_room(self, units: int) -> None:
        """Wait, in front, until the sender may send so many units."""
        while wait := self._pace.wait(units, self._clock()):
            await self._pause(wait / 1000)

    def take(self, units: int) -> Gone:
        """Take from the pace what whoever stands in front is about to send."""
        return self._pace.take(units, self._clock())

    def came(self, gone: Gone) -> None:
        """Note that what was sent was answered, or that it failed."""
        self._pace.came(gone, self._clock())
