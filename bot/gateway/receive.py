"""Write messages down, once each, before their provider is told that we have them.

Whoever hands over a message waits until it is committed; meanwhile others join, and all of them
are written with one commit (group commit). Nothing is thought here.
"""

import asyncio
import hashlib
import logging
import threading
from collections import Counter, deque
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from bot.gateway.courtesy import Courtesies
from bot.gateway.following import follow_message
from bot.gateway.house import House
from bot.store import inbox
from bot.store.database import DatabaseAway, DatabaseRefuses
from bot.store.wire import Arrival
from channels.base import Incoming

log = logging.getLogger(__name__)

BATCH = 500
FULL = 5000  # messages waiting to be written: more would only grow memory
SECONDS = 8  # providers wait 10 to 15; a write that takes longer is as good as none
AWAY_MS = 1000  # after a failure nobody is kept waiting for a second
TAKES_A_TURN = {"message", "pressed", "start", "edited", "blocked", "unblocked", "moved", "status"}

NOT_OURS = {"ignored", "group"}  # a group's talk, say: that it came is all we may know


Brought = tuple[Arrival, "asyncio.Future[None]"]  # what is to be written, and who waits for it


class Busy(Exception):
    """More is coming in than can be written down: the provider must come again."""


class Receiver:
    """The group writer of the inbox."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._waiting: deque[Brought] = deque()
        self._bell = asyncio.Event()
        self._away_until = 0
        self._loop: asyncio.AbstractEventLoop | None = None  # asking for it costs a system call
        self._courtesies = Courtesies(house)

    async def take(self, messages: Sequence[tuple[Incoming, bytes]]) -> None:
        """Return when all messages are stored. Raises DatabaseAway, Busy."""
        if not messages:
            return
        self._refuse_if_overwhelmed()
        loop = self._loop = self._loop or asyncio.get_running_loop()
        written = []
        for incoming, raw in messages:
            future: asyncio.Future[None] = loop.create_future()
            self._waiting.append((self._arrival(incoming, raw), future))
            written.append(future)
        self._bell.set()
        await asyncio.gather(*written) if len(written) > 1 else await written[0]
        self._courtesies.after([incoming for incoming, _ in messages])

    def _refuse_if_overwhelmed(self) -> None:
        if self._house.clock() < self._away_until:
            raise DatabaseAway(DatabaseAway.__doc__)
        if len(self._waiting) >= FULL:
            raise Busy(Busy.__doc__)

    def _arrival(self, incoming: Incoming, raw: bytes) -> Arrival:
        if incoming.kind in NOT_OURS:
            incoming, raw = Incoming(incoming.channel, incoming.event_id, incoming.kind), b""
        waits = incoming.kind in TAKES_A_TURN
        at = self._house.clock()
        try:
            body = msgspec.json.encode(incoming)
        except ValueError:  # half a surrogate pair
            return _unreadable(incoming.channel, incoming.event_id, raw, at)
        return Arrival(incoming.channel, incoming.event_id, incoming.address, incoming.kind,
                       body, raw, at, waits)  # fmt: skip

    async def run(self) -> None:
        """Write what comes, until cancelled."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            while self._waiting:
                await self._until_no_more_come()
                await self._write(Group(self._waiting))

    async def _until_no_more_come(self) -> None:
        """Let whoever is at the door come in: one commit for many is dearer to none."""
        before = 0
        while before < len(self._waiting) < BATCH:
            before = len(self._waiting)
            await asyncio.sleep(0)

    async def _write(self, group: "Group") -> None:
        house = self._house
        try:
            async with asyncio.timeout(SECONDS):
                await house.database.write(self._store, group, wakes=("inbox",))
        except Exception as error:  # noqa: BLE001 - whoever waits is told, and comes again
            if isinstance(error, DatabaseRefuses | ValueError) and group.batch:
                await self._halve(group.batch, error)
                return
            self._away_until = house.clock() + AWAY_MS
            away = error if isinstance(error, DatabaseAway) else DatabaseAway(DatabaseAway.__doc__)
            _tell(group.end() + Group(self._waiting).end(), away)
        else:
            _tell(group.batch, None)
            self._note([arrival for arrival, _ in group.batch])

    def _store(self, connection: Connection, group: "Group") -> None:
        house = self._house
        inbox.write_down(connection, house.database, house.seal, group.gather())

    def _note(self, arrivals: Sequence[Arrival]) -> None:
        for channel, count in Counter(one.channel for one in arrivals).items():
            self._house.tally.count("received", channel, by=count)
        for one in arrivals:
            follow_message("received", one.channel, one.event_id, kind=one.kind)

    async def _halve(self, batch: "list[Brought]", error: Exception) -> None:
        """Find the message that cannot be stored; the others must not suffer for it."""
        if len(batch) > 1:
            middle = len(batch) // 2
            await self._write(Group(deque(batch[:middle])))
            await self._write(Group(deque(batch[middle:])))
            return
        arrival, future = batch[0]
        log.error("a message on %s could not be stored: %s", arrival.channel, type(error).__name__)
        bare = _unreadable(arrival.channel, arrival.event_id, arrival.raw, arrival.at)
        if arrival.kind == bare.kind:  # not even so
            _tell(batch, DatabaseRefuses(DatabaseRefuses.__doc__))
        else:
            await self._write(Group(deque([(bare, future)])))


class Group:
    """Messages of one commit, gathered only when the database is ready for them.

    Whoever came while others were being written goes along, and does not wait for one commit more.
    """

    def __init__(self, waiting: "deque[Brought]") -> None:
        self.batch: list[Brought] = []
        self._waiting = waiting
        self._ended = False
        self._lock = threading.Lock()  # it is gathered in one thread and ended in another

    def gather(self) -> list[Arrival]:
        """Take whoever waits; nobody once it has ended."""
        with self._lock:
            while self._waiting and len(self.batch) < BATCH and not self._ended:
                self.batch.append(self._waiting.popleft())
        return [arrival for arrival, _ in self.batch]

    def end(self) -> "list[Brought]":
        """Take nobody any more; return all, those too who were still waiting."""
        with self._lock:
            self._ended = True
            left = [*self.batch, *self._waiting]
            self._waiting.clear()
        return left


def _unreadable(channel: str, event_id: str, raw: bytes, at: int) -> Arrival:
    """Return what stands for a message that nobody can store as it is: its body, once.

    A provider that is refused would bring it again for ever.
    """
    once = hashlib.sha256(event_id.encode("utf-8", "surrogatepass")).hexdigest()
    incoming = Incoming(channel, once, "unreadable")
    return Arrival(channel, once, "", incoming.kind, msgspec.json.encode(incoming), raw, at, False)


def _tell(batch: list[Brought], error: Exception | None) -> None:
    for _, future in batch:
        if future.done():  # whoever waited has gone
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
