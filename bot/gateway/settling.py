"""What attempts to send led to, written down by the batch while the next ones are made."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from bot.gateway.following import follow
from bot.gateway.house import House
from bot.gateway.statuses import note
from bot.gateway.tried import Tried
from bot.gateway.window import length_of
from bot.store import deliveries, participants, waiting
from bot.store.database import DatabaseAway, DatabaseRefuses
from bot.store.deliveries import Due, Settled
from channels.base import Channel

log = logging.getLogger(__name__)


class Settling:
    """What one channel's attempts led to; `written` is called after each batch of it."""

    def __init__(self, house: House, channel: Channel, written: Callable[[], object]) -> None:
        self.house = house
        self.channel = channel
        self._written = written
        self._tried: list[Tried] = []
        self._has_tried = asyncio.Event()
        self._writing = asyncio.Lock()

    def add(self, found: Sequence[Tried]) -> None:
        """Have some written down soon."""
        self._tried.extend(found)
        self._has_tried.set()

    async def run(self) -> None:
        """Write them down as they come, until cancelled."""
        while True:
            await self._has_tried.wait()
            self._has_tried.clear()
            await asyncio.shield(self.write())

    async def write(self) -> None:
        """Write down all that came, and what is being written."""
        async with self._writing:  # who waits for it waits for what is being written, too
            await self._write(self._take_tried())

    def _take_tried(self) -> list[Tried]:
        found, self._tried = self._tried, []
        return found

    async def _write(self, found: list[Tried]) -> None:
        while found:
            try:
                await self.house.database.write(self._settle, found)
            except DatabaseAway as error:
                log.warning("%s: outcomes wait for the database: %s", self.channel.name, error)
                await asyncio.sleep(1)
            except DatabaseRefuses as error:
                await self._write_alone(found, error)
                break
            else:
                self._note(found)
                break
        self._written()

    def _note(self, found: list[Tried]) -> None:
        for one in found:
            settled, due = one.settled, one.due
            if not settled.tried:
                continue
            self._count(settled, due)
            follow("sent" if settled.state == "sent" else "not sent", due.trace,
                   channel=self.channel.name, outcome=settled.state, reason=settled.reason,
                   attempts=due.attempts + 1)  # fmt: skip

    def _count(self, settled: Settled, due: Due) -> None:
        tally, name = self.house.tally, self.channel.name
        if settled.state == "waiting":
            tally.count("tries_again", name, settled.reason)
            return
        tally.count("deliveries", name, settled.state)
        if settled.state == "sent":
            units = due.units if settled.units is None else settled.units
            tally.count("units", name, by=max(1, units))
            if due.kind == "reply":
                tally.waited("send_wait", name, ms=[self.house.clock() - due.made_at])

    async def _write_alone(self, found: list[Tried], error: DatabaseRefuses) -> None:
        """Let the others not suffer for an outcome that cannot be written."""
        if len(found) > 1:
            for one in found:
                await self._write([one])
        else:
            log.error("%s: an outcome could not be written: %s", self.channel.name, error)

    def _settle(self, connection: Connection, results: list[Tried]) -> None:
        moment, seal = self.house.clock(), self.house.seal
        deliveries.settle(connection, [one.settled for one in results], moment)
        for one in results:
            if one.address_state:
                participants.set_address_state(
                    connection, one.due.address, one.address_state, one.reason
                )
            if one.told is not None:
                note(connection, self.house, one.told)
            if one.closed_at:
                length = length_of(self.channel.can) or 0
                participants.close_window(connection, one.due.address, one.closed_at - length)
            if one.moved_to:
                waiting.move(connection, seal, one.due, one.moved_to)
