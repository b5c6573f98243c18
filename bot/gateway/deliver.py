"""Send what the outbox promises: at a pace, in order per person, each with an outcome.

A row is marked as being sent before it is sent; what a crash leaves so is settled at the next
start (`settle_what_a_crash_left`). Results are written by the batch, while the next ones go out.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import msgspec
from sqlalchemy import Connection

from bot.gateway.following import follow
from bot.gateway.gate import Gate
from bot.gateway.house import House
from bot.gateway.line import Line
from bot.gateway.pace import Buckets
from bot.gateway.reading.making import as_text, with_sound
from bot.gateway.statuses import note
from bot.gateway.tried import (
    Tried,
    back_off,
    later,
    not_now,
    uncertain,
    went_out,
    window_closed,
)
from bot.gateway.window import is_known_open, length_of, through
from bot.store import deliveries, participants
from bot.store.database import DatabaseAway, DatabaseRefuses
from bot.store.deliveries import REPEATED, Due, Settled
from bot.store.sent import provider_id_of, sent_as
from channels.base import Channel, Incoming, LooksUp, Outgoing, Receipt
from channels.errors import DeliveryError

log = logging.getLogger(__name__)

AT_ONCE = 64  # sends in flight
ATTEMPTS = 12
LEFT_MS = 130_000  # longer than any send: whoever had it in hand so long has died
LOOK_FOR_LEFT_MS = 20_000  # meanwhile those people's later messages wait, too
NET_MS = 5000
LISTED_MS = 10_000  # after a crash: what a provider took stands in its list by then
LOOK_UP_MS = 60_000  # a status callback comes sooner, or never
NO_SOUND = "no sound"  # why what was to be heard alone was left out: its text goes by itself
BROKEN_MS = 60_000  # until a provider that does not know us is asked again

_outgoing = msgspec.json.Decoder(Outgoing)


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
        self.hold_until = 0  # of the house's ticks
        self._settled_at: int | None = None
        self.broken = ""  # why the provider takes nothing from us at present, "" when it does
        self._bell = house.database.bell(f"outbox {channel.name}")
        self._line = Line(channel.can.overall, house.ticks, pause, self._bell.set)
        self._gate = Gate(house.database, house.ticks)
        self._each = Buckets(channel.can.per_address)
        self._in_hand: set[asyncio.Task[None]] = set()
        self._tried: list[Tried] = []
        self._has_tried = asyncio.Event()
        self._writing = asyncio.Lock()

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
        writer = asyncio.create_task(self._write_outcomes())
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
        await self._write_tried()

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
        if self.hold_until > began:
            return self.hold_until - began
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
        self._tried.extend(found)  # only now: the list is another one after each writing
        self._has_tried.set()

    def _take_tried(self) -> list[Tried]:
        found, self._tried = self._tried, []
        return found

    async def _write_outcomes(self) -> None:
        """Write outcomes as they come, by the batch, while others are being sent."""
        while True:
            await self._has_tried.wait()
            self._has_tried.clear()
            await asyncio.shield(self._write_tried())

    async def _write_tried(self) -> None:
        async with self._writing:  # who waits for it waits for what is being written, too
            await self._write(self._take_tried())

    async def _send_to(self, own: list[Due]) -> list[Tried]:
        """Send to one person, in order."""
        tried: list[Tried] = []
        sent: dict[str, str] = {}  # question → the provider's id of its message
        waits = 0
        for one in own:
            if waits:  # an earlier one must go first
                tried.append(not_now(one, waits))
                continue
            result = await self._try(one, sent)
            tried.append(result)
            if one.question:
                sent[one.question] = result.settled.provider_id
            waits = result.settled.holds_up_until
        return tried

    async def _try(self, due: Due, sent: Mapping[str, str]) -> Tried:
        """Try one; a fault of ours is borne by this delivery alone."""
        try:
            return await self._try_in_line(due, sent)
        except DatabaseAway:
            return not_now(due, self.house.clock() + 1000)
        except Exception as error:
            log.exception("%s: a message could not be sent", self.channel.name)
            return Tried(Settled(due.id, "failed", type(error).__name__), due)
        finally:
            self._line.leave(due.id)

    async def _try_in_line(self, due: Due, sent: Mapping[str, str]) -> Tried:
        if void := _void(due):
            return void
        if hold := self._hold():
            return not_now(due, hold)
        moment, ticks = self.house.clock(), self.house.ticks()
        outgoing = _outgoing.decode(due.open(self.house.seal))
        own = self._each.of(due.address, ticks, self.channel.can.pace_of(outgoing.address))
        if wait := own.wait(due.units, ticks):
            return not_now(due, moment + wait)
        units = max(1, due.units)  # a call is a call to the provider
        self._line.join(due.id)
        async with self._line.turnstile:
            await self._line.until_room(units)
            if isinstance(now := await self._as_it_stands(due), Tried):
                return now
            gone = self._line.take(units)
            own.take(due.units, self.house.ticks())
        self._line.leave(due.id)
        try:
            return await self._send(now, outgoing, sent)
        finally:
            self._line.came(gone)

    def _hold(self) -> int:
        """Return until when all must wait, as a clock tells it; 0: nobody must."""
        left = self.hold_until - self.house.ticks()
        return self.house.clock() + left if left > 0 else 0

    async def _as_it_stands(self, due: Due) -> Due | Tried:
        """Look whether its person said stop meanwhile, or was forgotten, or all must wait."""
        if hold := self._hold():
            return not_now(due, hold)
        now = await self._gate.look(due, self._line)
        if now is None:
            return Tried(Settled(due.id, "skipped", "no longer in hand"), due)
        return _void(now) or now

    async def _send(self, due: Due, outgoing: Outgoing, sent: Mapping[str, str]) -> Tried:
        try:
            if outgoing.do in ("close", "redraw") and not outgoing.of:
                outgoing = await self._find(due, outgoing, sent)
                if not outgoing.of:
                    return Tried(Settled(due.id, "skipped", "the question was never sent"), due)
            outgoing = msgspec.structs.replace(outgoing, delivery=str(due.id))
            passed = through(outgoing, due, self.channel.can, self.house.clock())
            if isinstance(passed, Settled):
                return Tried(passed, due)
            whole = await with_sound(self.house, due.speaks, passed)
            if whole is None:
                return Tried(Settled(due.id, "skipped", NO_SOUND), due)
            if found := await self._found(due, whole):
                receipt = Receipt(found.message_id, units=due.units)
            else:
                receipt = await self._send_or_say(whole, passed)
        except DeliveryError as error:
            return self._failed(due, error)
        self.broken = ""
        return Tried(went_out(due, receipt), due, told=found)

    async def _send_or_say(self, whole: Outgoing, passed: Outgoing) -> Receipt:
        """Send it; where the provider refuses the sound that was made, send its words."""
        try:
            return await self.channel.send(whole)
        except DeliveryError as error:
            words = as_text(passed) if passed.aloud and whole.file else None
            if words is None or error.failure.means != "refused":
                raise
        return await self.channel.send(words)

    async def _found(self, due: Due, outgoing: Outgoing) -> Incoming | None:
        """Ask the provider what became of what it may have taken already; None: send it.

        Of what was tried and refused before, and is over and done with, nothing is asked.
        """
        if due.reason != REPEATED or not isinstance(self.channel, LooksUp):
            return None
        told = await self.channel.find_sent(outgoing, due.first_at or due.made_at)
        others = await self.house.database.read(sent_as, due.id, [one.message_id for one in told])
        mine = [one for one in told if one.message_id not in others]
        return next((one for one in mine if one.status != "failed"), mine[-1] if mine else None)

    async def _find(self, due: Due, outgoing: Outgoing, sent: Mapping[str, str]) -> Outgoing:
        message = sent.get(due.closes) or await self.house.database.read(
            provider_id_of, due.participant, due.closes
        )
        return msgspec.structs.replace(outgoing, of=message)

    def _failed(self, due: Due, error: DeliveryError) -> Tried:
        """Decide what a failure means, in this one place."""
        failure, moment = error.failure, self.house.clock()
        reason = failure.code
        if failure.means == "throttled":
            wait = int(1000 * (error.retry_after or 1)) + random.randint(50, 500)
            self.hold_until = max(self.hold_until, self.house.ticks() + wait)
            return later(due, reason, moment + wait)
        if failure.means == "sender":
            self.broken = failure.words
            self.hold_until = self.house.ticks() + BROKEN_MS
            log.error("%s stopped sending: %s", self.channel.name, failure.words)
            return later(due, reason, moment + BROKEN_MS)
        if failure.means == "moved" and due.attempts + 1 < ATTEMPTS:
            return replace(later(due, reason, moment), moved_to=error.moved_to)
        if failure.means == "window" and is_known_open(self.channel.can, due.last_in_at, moment):
            return window_closed(due, moment)
        if failure.means == "uncertain":
            look_up_ms = LOOK_UP_MS if isinstance(self.channel, LooksUp) else 0
            return Tried(uncertain(due, reason, moment, look_up_ms), due)
        if failure.again and due.attempts + 1 < ATTEMPTS:
            return later(due, reason, moment + back_off(due.attempts))
        if failure.scope == "address":
            state = "blocked" if failure.means == "opted_out" else "gone"
            return Tried(Settled(due.id, "failed", reason), due, state, reason)
        return Tried(Settled(due.id, "failed", reason), due)

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
        self._bell.set()

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
                tally.waited("send_wait", name, ms=self.house.clock() - due.made_at)

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
                deliveries.move(connection, seal, one.due, one.moved_to)


def _void(due: Due) -> Tried | None:
    """Return the end of what may no longer go out; None: it may."""
    if due.stopped:
        return Tried(Settled(due.id, "cancelled", "stopped"), due)
    if due.address_state != "good":
        return Tried(Settled(due.id, "failed", due.address_state), due)
    return None


async def _sleep(bell: asyncio.Event, wait_ms: int | None) -> None:
    try:
        await asyncio.wait_for(bell.wait(), None if wait_ms is None else wait_ms / 1000)
    except TimeoutError:
        return
