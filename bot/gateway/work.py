"""The work of a running house: turns, sending, reminders, recordings. Sleeps while idle."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial

from bot.dialogue import talk
from bot.gateway.broadcasts.carrying import Carrier
from bot.gateway.deliver import Sender
from bot.gateway.erase import erase_what_is_old
from bot.gateway.figures import LOOK_MS
from bot.gateway.house import House
from bot.gateway.leases import Lease
from bot.gateway.missed import look_for_missed
from bot.gateway.reading.making import BELL as SOUNDS
from bot.gateway.reading.making import Maker
from bot.gateway.reading.reader import Reader
from bot.gateway.receive import Receiver
from bot.gateway.recordings import TRANSCRIPTS, Keeper, keep_recordings
from bot.gateway.remind import remind_due
from bot.gateway.rereading import reread
from bot.gateway.session_news import tell_news
from bot.gateway.sit_with import take_unasked
from bot.gateway.take_turns import BATCH, take_turns
from bot.gateway.tally import write_tally
from bot.gateway.templates import look_now_and_then
from bot.gateway.transcribing import Writer
from bot.gateway.translating import Interpreter
from bot.gateway.translator import Translator
from bot.store import inbox, keeping
from bot.store.database import DatabaseAway
from bot.voice.pool import Ears
from bot.voice.transcribe import Transcriber
from channels.base import HoldsTemplates

log = logging.getLogger(__name__)

PAUSE_MS = 5000  # after a failure that nobody foresaw
GATHER = 0.01  # seconds between two batches that are not full: many at once cost less each
NET_MS = 5000  # a slow look where a wake-up from another process may be lost (PostgreSQL)


@dataclass
class Work:
    """The loops of a process, started and stopped together."""

    house: House
    receiver: Receiver
    senders: dict[str, Sender]
    ears: Ears
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    finishing: list[asyncio.Task[None]] = field(default_factory=list)  # they end when asked to
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def of(cls, house: House) -> "Work":
        """Make the work of a house, not yet started."""
        senders = {name: Sender(house, channel) for name, channel in house.channels.items()}
        return cls(house, Receiver(house), senders, Ears())

    async def start(
        self, *, receives: bool = True, works: bool = True, alone: bool = False
    ) -> None:
        """Start what this process does: receive (web), work (worker), or both (serve).

        `alone`: it has a channel of its own beside a running house, and leaves the rest to it.
        """
        if receives:
            self._begin(self.receiver.run())
            if not alone:
                missed = partial(look_for_missed, self.house, self.receiver)
                self._begin(self._loop("missed", missed))
        if not alone:
            self._begin(self._loop("tally", lambda: write_tally(self.house)), ends=True)
            self._begin(self._loop("files", lambda: reread(self.house)))
        if not works:
            return
        for sender in self.senders.values():
            self._begin(self._send(sender, alone=alone), ends=True)
        self._begin(self._loop("inbox", self._take_all_turns), ends=True)
        self._begin(keep_recordings(self._keeper()))
        if self.house.reader is not None:
            self._begin(self._make_sounds(self.house.reader, alone=alone), ends=True)
        if not alone:
            self._begin(self._loop("reminders", lambda: remind_due(self.house)), ends=True)
            self._begin(self._loop("sessions", lambda: tell_news(self.house)), ends=True)
            self._begin(self._loop("figures", self._count_anew))
            if any(isinstance(one, HoldsTemplates) for one in self.house.channels.values()):
                self._begin(self._loop("templates", lambda: look_now_and_then(self.house)))
            self._begin(self._loop("erase", lambda: erase_what_is_old(self.house)), ends=True)
            self._begin(self._carry(), ends=True)
            self._begin_engines()
        self._begin(self._listen())

    def _begin_engines(self) -> None:
        """Have recordings written down and answers translated, where an engine does."""
        if self.house.transcriber is not None:
            self._begin(self._write_down(self.house.transcriber), ends=True)
        if self.house.translator is not None:
            self._begin(self._translate(self.house.translator), ends=True)

    async def _count_anew(self) -> int:
        """Count figures that somebody asked for, where no turn waits for it."""
        ledger, moment = self.house.programmes.ledger, self.house.clock()
        if ledger.is_wanted:
            await self.house.database.read(ledger.count_anew, moment)
        return moment + LOOK_MS

    async def _carry(self) -> None:
        """Carry broadcasts: one process does, with an engine that runs only while there is one."""
        house = self.house
        lease = Lease(house.database, "broadcasts")

        async def carry() -> None:
            carrier = Carrier(house)
            try:
                await self._loop("broadcasts", carrier.look_after)
            finally:
                await carrier.close()

        await lease.while_held(carry, self.stopping)
        await lease.give_back()

    async def _send(self, sender: Sender, *, alone: bool) -> None:
        """Send on a channel: only one process does, else order and pace would be nobody's."""
        if self.house.database.embedded or alone:
            await sender.run(self.stopping)
            return
        lease = Lease(self.house.database, f"send {sender.channel.name}")
        await lease.while_held(lambda: sender.run(self.stopping), self.stopping)
        await lease.give_back()

    async def _write_down(self, engine: Transcriber) -> None:
        """Have recordings written down: by one process at a time, on one machine of several."""
        writer = Writer(self.house, engine)

        async def work() -> None:
            await self._loop(TRANSCRIPTS, writer.write_due)

        lease = Lease(self.house.database, TRANSCRIPTS)
        try:
            await lease.while_held(work, self.stopping)
        finally:
            await engine.close()
        await lease.give_back()

    async def _make_sounds(self, reader: Reader, *, alone: bool) -> None:
        """Make what is heard: by one process at a time, else two would make the same."""
        maker = Maker(self.house, reader)

        async def work() -> None:
            await self._loop(SOUNDS, maker.make_due)

        if self.house.database.embedded or alone:
            await work()
        else:
            lease = Lease(self.house.database, SOUNDS)
            await lease.while_held(work, self.stopping)
            await lease.give_back()

    async def _translate(self, engine: Translator) -> None:
        """Have what people said translated: by one process at a time."""
        interpreter = Interpreter(self.house, engine, self.house.translates_into)

        async def work() -> None:
            await self._loop("translations", interpreter.translate_due)

        lease = Lease(self.house.database, "translations")
        await lease.while_held(work, self.stopping)
        await lease.give_back()

    def _begin(self, loop: Coroutine[None, None, None], *, ends: bool = False) -> None:
        task = asyncio.create_task(loop)
        task.add_done_callback(_report)
        (self.finishing if ends else self.tasks).append(task)

    def _keeper(self) -> Keeper:
        house = self.house
        return Keeper(house.database, house.seal, house.media, house.channels, self.ears,
                      self._verdict_came, house.clock)  # fmt: skip

    async def stop(self, seconds: float = 5.0) -> None:
        """Take nothing new, finish what is in hand, and go."""
        self.stopping.set()
        self.house.database.ring_all()
        if waits := [*self.finishing, *self.house.in_hand]:
            await asyncio.wait(waits, timeout=seconds)
        for task in (*self.finishing, *self.tasks):
            task.cancel()
        await asyncio.gather(*self.finishing, *self.tasks, return_exceptions=True)
        await self.ears.close()

    async def _take_all_turns(self) -> int | None:
        while not self.stopping.is_set() and (looked := await take_turns(self.house)):
            if looked < BATCH:
                await asyncio.sleep(GATHER)
        return await self.house.database.read(inbox.next_ready_at, self.house.clock())

    async def _loop(self, name: str, step: Callable[[], Awaitable[int | None]]) -> None:
        """Take a step whenever the bell rings or the next thing is due, until asked to end."""
        bell = self.house.database.bell(name)
        while not self.stopping.is_set():
            bell.clear()
            try:
                due = await step()
            except DatabaseAway as error:
                log.warning("%s waits: %s", name, error)
                due = self.house.clock() + 1000
            except Exception:
                log.exception("%s failed; it is tried again", name)
                due = self.house.clock() + PAUSE_MS
            if not self.stopping.is_set():
                await self._sleep(bell, due)

    async def _sleep(self, bell: asyncio.Event, due: int | None) -> None:
        net = [] if self.house.database.embedded else [NET_MS]
        until = [] if due is None else [max(0, due - self.house.clock())]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), min(net + until) / 1000 if net + until else None)

    async def _listen(self) -> None:
        """Pass on what other processes announce."""
        while True:
            try:
                async for names in self.house.database.listen():
                    self.house.database.ring(*names)
            except Exception as error:  # noqa: BLE001 - whatever it is, one must go on listening
                log.warning("what other processes announce is not heard: %s", type(error).__name__)
            await asyncio.sleep(PAUSE_MS / 1000)

    async def _verdict_came(self, participant: int, media: str) -> None:
        """Tell someone, late, that their recording cannot be used."""
        found = await self.house.database.read(keeping.file, media)
        if found is None:
            return
        file = found[1]
        await take_unasked(
            self.house, participant,
            lambda programme, person, scene: talk.tell_verdict(programme, person, scene, file),
        )  # fmt: skip
        await self.house.database.write(keeping.verdict_told, media)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("a part of the work ended: %r", error, exc_info=error)
