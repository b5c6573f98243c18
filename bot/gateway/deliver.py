"""Send what the outbox promises: at a pace, in order per person, each with an outcome.

A row is marked as being sent before it is sent; what a crash leaves so is settled at the next
start (`settle_what_a_crash_left`). Results are written by the batch, while the next ones go out.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import Connection

from bot.gateway.attempt import LISTED_MS, Attempts
from bot.gateway.gate import Gate
from bot.gateway.house import House
from bot.gateway.line import Line
from bot.gateway.settling import Settling
from bot.gateway.tried import Tried, not_now
from bot.store import deliveries
from bot.store.database import DatabaseAway, DatabaseRefuses
from bot.store.deliveries import Due
from channels.base import Channel, LooksUp

log = logging.getLogger(__name__)

AT_ONCE = 64  # sends in flight
LEFT_MS = 130_000  # longer than any send: whoever had it in hand so long has died
BEGUN_MS = 5000  # so long after it was taken at most: what could not begin is put back
LOOK_FOR_LEFT_MS = 20_000  # meanwhile those people's later messages wait, too
NET_MS = 5000


class Sender:
    """Sends what is due on one channel; a slow or hanging send holds up nobody but its person."""

    def __init__(
        self,
        house: House,
        channel: Channel,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.house = house
        self.channel = channel
        self._settled_at: int | None = None
        self._bell = house.database.bell(f"outbox {channel.name}")
        self._line = Line(channel.can.overall, house.ticks, pause, self._bell.set)
        self._gate = Gate(house.database, house.ticks)
        self.attempts = Attempts(house, channel, self._line, self._gate)
        self._settling = Settling(house, channel, self._bell.set)
        self._in_hand: set[asyncio.Task[None]] = set()

    async def settle_what_a_crash_left(self) -> None:
        """Send again, once, what belongs to a talk; look the rest up, or count it as "perhaps".

        Where others send too, what they have in hand is not taken for a crash's.
        """
        house = self.house
        before = house.clock() - (0 if house.database.embedded else LEFT_MS)
        asks = isinstance(self.channel, LooksUp)
        repeated, perhaps = await house.database.write(
            deliveries.uncertain, self.channel.name, before,
            house.clock() + LISTED_MS if asks else None,
        )  # fmt: skip
        self._settled_at = house.clock()
        if repeated or perhaps:
            log.warning("%s: %d sent again, %d perhaps sent", self.channel.name, repeated, perhaps)

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until asked to end, then finish what is in hand; sleeps while nothing is due."""
        writer = asyncio.create_task(self._settling.run())
        try:
            while not stopping.is_set():
                self._bell.clear()
                wait_ms = await self._surely(self._settle_and_begin)
                if wait_ms != 0 and not stopping.is_set():
                    await _sleep(self._bell, self._at_most(wait_ms))
            await self._finish()
        finally:
            writer.cancel()

    async def _settle_and_begin(self) -> int | None:
        await self._settle_if_need_be()
        return await self._begin_due()

    async def _settle_if_need_be(self) -> None:
        """Settle at the start; then take over, too, what another process had in hand as it died."""
        settled_at, shared = self._settled_at, not self.house.database.embedded
        if settled_at is None or (shared and self.house.clock() > settled_at + LOOK_FOR_LEFT_MS):
            await self.settle_what_a_crash_left()

    def _at_most(self, wait_ms: int | None) -> int | None:
        """Look now and then where a wake-up from another process may be lost."""
        if self.house.database.embedded:
            return wait_ms
        return NET_MS if wait_ms is None else min(wait_ms, NET_MS)

    async def send_all_due(self) -> None:
        """Send everything that is due now, and return when its outcomes are written."""
        while await self._surely(self._begin_due) == 0 or self._in_hand:
            await self._finish()

    async def _finish(self) -> None:
        if self._in_hand:
            await asyncio.wait(set(self._in_hand))
        await self._settling.write()

    async def _surely(self, step: Callable[[], Awaitable[int | None]]) -> int | None:
        """Take a step; whatever prevents it, sending goes on after a while."""
        try:
            return await step()
        except (DatabaseAway, DatabaseRefuses) as error:
            log.warning("%s: sending waits: %s", self.channel.name, error)
            return 1000
        except Exception:
            log.exception("%s: sending failed; it is tried again", self.channel.name)
            return NET_MS

    async def _begin_due(self) -> int | None:
        """Begin to send what is due; return for how long to sleep, ms (None: until woken)."""
        house, moment, began = self.house, self.house.clock(), self.house.ticks()
        if self.attempts.hold_until > began:
            return self.attempts.hold_until - began
        free = min(AT_ONCE - len(self._in_hand), self._line.room())
        if free <= 0:
            return None  # whoever ends, or leaves the line, rings the bell
        taken = await house.database.write(self._claim, moment, free)
        if not taken:
            return await self._until_next(moment)
        self._gate.just_saw(taken, began)
        self._begin(taken)
        return 0

    def _claim(self, connection: Connection, moment: int, limit: int) -> list[Due]:
        shared = not self.house.database.embedded
        return deliveries.claim(connection, self.channel.name, moment, limit, skip_locked=shared)

    async def _until_next(self, moment: int) -> int | None:
        due = await self.house.database.read(deliveries.next_due, self.channel.name, moment)
        return None if due is None else max(1, due - moment)

    def _begin(self, taken: list[Due]) -> None:
        people: dict[int, list[Due]] = {}
        for one in taken:
            people.setdefault(one.participant, []).append(one)
        for own in people.values():
            self._line.join(own[0].id)
            task = asyncio.create_task(self._send_and_note(own))
            self._in_hand.add(task)
            task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self._in_hand.discard(task)
        self._bell.set()

    async def _send_and_note(self, own: list[Due]) -> None:
        found = await self._send_to(own)
        self._settling.add(found)

    async def _send_to(self, own: list[Due]) -> list[Tried]:
        """Send to one person, in order."""
        tried: list[Tried] = []
        sent: dict[str, str] = {}  # question → the provider's id of its message
        waits = 0
        too_late = self.house.ticks() + BEGUN_MS
        for one in own:
            if not waits and self.house.ticks() > too_late:
                waits = self.house.clock()
            if waits:  # an earlier one must go first
                tried.append(not_now(one, waits))
                continue
            result = await self.attempts.make(one, sent)
            tried.append(result)
            if one.question:
                sent[one.question] = result.settled.provider_id
            waits = result.settled.holds_up_until
        return tried


async def _sleep(bell: asyncio.Event, wait_ms: int | None) -> None:
    try:
        await asyncio.wait_for(bell.wait(), None if wait_ms is None else wait_ms / 1000)
    except TimeoutError:
        return
