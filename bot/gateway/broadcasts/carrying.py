"""Broadcasts carried out: started when they are due, gone on with after a crash, brought to an end.

The row is the truth. A workflow of its own carries each one, in steps: chunks of the fan-out, then
slices of feeding the outbox; a row whose workflow has ended too early gets another run.
"""

import asyncio
import contextlib
import logging

from sqlalchemy import Connection, Select, func, select, update

from bot.gateway.broadcasts.fan_out import ALL, fan_out
from bot.gateway.broadcasts.feed import AT_A_TIME, RANK, ahead, feed, wake_held
from bot.gateway.broadcasts.ledger import outcomes
from bot.gateway.broadcasts.plan import HELD, Row, row_of, rows
from bot.gateway.durable import MORE, Durable
from bot.gateway.house import House
from bot.store import fates
from bot.store.database import DatabaseAway
from bot.store.tables import broadcasts, deliveries, recipients

log = logging.getLogger(__name__)

JOB = "broadcast"
SLICE_MS = 60_000  # of feeding, in one step
LOOK_MS = 5000  # while a broadcast runs, or may be started by another process
HELD_LOOK_MS = 15_000  # has somebody written who was held?
IDLE_MS = 30_000  # after which the engine is ended
AHEAD_SECONDS = 5
LEAST_AHEAD, MOST_AHEAD = 20, 2000
AFTER_FAILURE = 5.0  # seconds
REST = 0.2  # seconds: who waits for the writer of SQLite looks for it every tenth of one


class Carrier:
    """Carries all broadcasts of a house, in one process at a time."""

    def __init__(self, house: House, *, rest: float = 0.0) -> None:
        """`rest`: seconds after each transaction in which other processes have their turn."""
        self.house = house
        self._rest = rest
        self.durable = Durable(house.database, {JOB: self.step})
        self._stopping = asyncio.Event()
        self._idle_since: int | None = None

    async def look_after(self) -> int | None:
        """Start what is due and what a crash left; return when to look again, None: when woken."""
        house, moment = self.house, self.house.clock()
        running, next_at = await house.database.write(_due, moment)
        for row in running:
            if not await self.durable.ensure(JOB, row.id, row.run):
                await house.database.write(_another_run, row.id)
        if running:
            self._idle_since = None
            return moment + LOOK_MS
        if self.durable.is_up:
            self._idle_since = self._idle_since or moment
            if moment - self._idle_since >= IDLE_MS:
                await self.durable.close()
            return moment + LOOK_MS
        return next_at

    async def close(self) -> None:
        """Let go; what is under way goes on the next time."""
        self._stopping.set()
        self.house.database.ring("broadcasts")
        await self.durable.close()

    async def step(self, number: int) -> str:
        """Do one step of a broadcast's work; never raises."""
        try:
            return await self._step(number)
        except DatabaseAway as error:
            log.warning("broadcast %d waits: %s", number, error)
        except Exception as error:
            log.exception("broadcast %d failed; it is tried again", number)
            with contextlib.suppress(Exception):
                await self.house.database.write(_note, number, type(error).__name__)
        await self._pause(AFTER_FAILURE)
        return MORE

    async def _step(self, number: int) -> str:
        row = await self.house.database.read(row_of, number)
        if row.state != "running":
            return row.state
        if row.fanned_to != ALL:
            await self.house.database.write(fan_out, self.house, number)
            return MORE
        return await self._carry(number)

    async def _carry(self, number: int) -> str:
        """Feed the outbox for a while, and look whether all have an outcome."""
        house = self.house
        until = house.clock() + SLICE_MS
        while not self._stopping.is_set():
            bell = house.database.bell("broadcasts")
            bell.clear()
            fed = await self.feed_due(number)
            state, next_at = await house.database.read(_standing, number)
            if state != "running":
                return state
            if next_at is None:
                return await self._finish(number)
            if house.clock() >= until:
                break
            await self._pause(0.5 if fed else self._wait(next_at))
        return MORE

    async def once(self, number: int) -> str:
        """Do all that can be done now, in one go; return how the broadcast stands."""
        house = self.house
        await house.database.write(_due, house.clock())
        while await house.database.write(fan_out, house, number):
            await asyncio.sleep(self._rest)
        await self.feed_due(number)
        state, next_at = await house.database.read(_standing, number)
        if state == "running" and next_at is None:
            return await self._finish(number)
        return state

    def _wait(self, next_at: int) -> float:
        if next_at == HELD:
            return HELD_LOOK_MS / 1000
        return min(max(next_at - self.house.clock(), 1000), LOOK_MS) / 1000

    async def _pause(self, seconds: float) -> None:
        """Sleep, but not longer than until something is changed or all is to end."""
        bell = self.house.database.bell("broadcasts")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), seconds)

    async def feed_due(self, number: int) -> int:
        """Take all recipients whose turn it is, as far ahead as the outbox may be filled."""
        database, moment = self.house.database, self.house.clock()
        if await database.read(_any_held, number):
            await database.write(wake_held, number, moment)
        total = 0
        for channel in await database.read(_channels_due, number, moment):
            total += await self._feed(number, channel)
        return total

    async def _feed(self, number: int, channel: str) -> int:
        database, total = self.house.database, 0
        room = most_ahead(self.house, channel) - await database.read(ahead, channel)
        while room > 0 and not self._stopping.is_set():
            fed = await database.write(feed, self.house, number, channel, room, wakes=("outbox",))
            total += fed
            if fed < min(room, AT_A_TIME):
                break
            room -= fed
            await asyncio.sleep(self._rest)
        return total

    async def _finish(self, number: int) -> str:
        """Write down how each stands, and end."""
        after = 0
        while after := await self.house.database.write(fates.settle, number, after):
            await asyncio.sleep(0)
        await self.house.database.write(_end, number, self.house.clock())
        return "done"


def most_ahead(house: House, channel: str) -> int:
    """Return how many of a channel may wait in the outbox: some seconds of its pace."""
    pace = house.can(channel).overall.per_second
    return int(min(max(pace * AHEAD_SECONDS, LEAST_AHEAD), MOST_AHEAD))


async def begun(house: House, number: int) -> dict[str, int]:
    """Do at once what can be done of a broadcast; return how its recipients stand.

    For a command beside the process that answers: each step is a transaction of its own, with a
    rest after it, so nobody waits for all of them. Where it ends, whoever carries broadcasts goes
    on.
    """
    await Carrier(house, rest=REST if house.database.embedded else 0.0).once(number)
    return await house.database.read(outcomes, number)


def _due(connection: Connection, moment: int) -> tuple[list[Row], int | None]:
    """Let begin what is due; return what runs, and when the next one is due."""
    mine = broadcasts.c
    begins = func.coalesce(mine.begins_at, 0)
    planned = (mine.state == "planned") & (begins <= moment)
    connection.execute(update(broadcasts).where(planned).values(state="running"))
    later = select(func.min(begins)).where(mine.state == "planned")
    return rows(connection, "running"), connection.scalar(later)


def _another_run(connection: Connection, number: int) -> None:
    mine = (broadcasts.c.id == number) & (broadcasts.c.state == "running")
    connection.execute(update(broadcasts).where(mine).values(run=broadcasts.c.run + 1))


def _note(connection: Connection, number: int, what: str) -> None:
    connection.execute(update(broadcasts).where(broadcasts.c.id == number).values(note=what))


def _end(connection: Connection, number: int, moment: int) -> None:
    mine = (broadcasts.c.id == number) & (broadcasts.c.state == "running")
    connection.execute(
        update(broadcasts).where(mine).values(state="done", ended_at=moment, note="")
    )


_unpromised = (recipients.c.state == "waiting") & recipients.c.promised_at.is_(None)


def _turns(connection: Connection, number: int) -> dict[str, tuple[int, int]]:
    """Return, for each channel on which somebody still waits, the first and last turn's moment.

    One step in the index for each channel and no look at all who wait.
    """
    mine, found = recipients.c, {}
    channel: str | None = connection.scalar(_next_channel(number))
    while channel is not None:
        ours = (mine.broadcast_id == number) & _unpromised & (mine.channel == channel)
        turns = select(mine.not_before).where(ours).limit(1)
        first = connection.scalar(turns.order_by(mine.not_before))
        last = connection.scalar(turns.order_by(mine.not_before.desc()))
        found[channel] = (first or 0, last or 0)
        channel = connection.scalar(_next_channel(number).where(mine.channel > channel))
    return found


def _next_channel(number: int) -> Select[str]:
    mine = recipients.c
    ours = (mine.broadcast_id == number) & _unpromised
    return select(mine.channel).where(ours).order_by(mine.channel).limit(1)


def _channels_due(connection: Connection, number: int, moment: int) -> list[str]:
    turns = _turns(connection, number)
    return [channel for channel, (first, _last) in turns.items() if first <= moment]


def _any_held(connection: Connection, number: int) -> bool:
    return any(last == HELD for _first, last in _turns(connection, number).values())


def _standing(connection: Connection, number: int) -> tuple[str, int | None]:
    """Return a broadcast's state, and when something of it is due; None: all is done."""
    state = row_of(connection, number).state
    turns = _turns(connection, number)
    next_at = min((first for first, _last in turns.values()), default=None)
    if next_at is None or next_at == HELD:
        out = select(deliveries.c.id).where(
            deliveries.c.broadcast_id == number,
            deliveries.c.state.in_(("waiting", "sending")),
            deliveries.c.rank >= RANK,
        )
        latest = out.order_by(deliveries.c.participant_id.desc())  # they were fed last
        if connection.scalar(latest.limit(1)) is not None:
            return state, 0
    return state, next_at
