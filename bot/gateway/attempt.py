"""One attempt to send one delivery: at a pace, if it may still go out, and what it led to.

What a failure means is decided here and nowhere else.
"""

import logging
import random
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from bot.gateway.gate import Gate
from bot.gateway.house import House
from bot.gateway.line import Line
from bot.gateway.pace import Buckets
from bot.gateway.reading.making import as_text, with_sound
from bot.gateway.tried import (
    Tried,
    back_off,
    later,
    not_now,
    uncertain,
    went_out,
    window_closed,
)
from bot.gateway.window import is_known_open, through
from bot.store.database import DatabaseAway
from bot.store.deliveries import REPEATED, UNASKED, Due, Settled
from bot.store.sent import provider_id_of, sent_as
from channels.base import Channel, Incoming, LooksUp, Outgoing, Receipt
from channels.errors import DeliveryError

log = logging.getLogger(__name__)

ATTEMPTS = 12
LISTED_MS = 10_000  # what a provider took stands in its list by then: somebody waits for it
LOOK_UP_MS = 60_000  # a status callback comes sooner, or never: nobody waits for an announcement
NO_SOUND = "no sound"  # why what was to be heard alone was left out: its text goes by itself
BROKEN_MS = 60_000  # until a provider that does not know us is asked again

_outgoing = msgspec.json.Decoder(Outgoing)


class Attempts:
    """Attempts to send on one channel, whose sender must wait now and then as a whole."""

    def __init__(self, house: House, channel: Channel, line: Line, gate: Gate) -> None:
        self.house = house
        self.channel = channel
        self.hold_until = 0  # of the house's ticks
        self.broken = ""  # why the provider takes nothing from us at present, "" when it does
        self._line = line
        self._gate = gate
        self._each = Buckets(channel.can.per_address)

    async def make(self, due: Due, sent: Mapping[str, str]) -> Tried:
        """Try to send one; a fault of ours is borne by this delivery alone.

        `sent`: question → the provider's id of what asked it just now.
        """
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
            if words is None or error.failure.means not in ("refused", "file"):
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

    def _look_up_ms(self, due: Due) -> int:
        if not isinstance(self.channel, LooksUp):
            return 0
        return LOOK_UP_MS if due.kind in UNASKED else LISTED_MS

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
            return Tried(uncertain(due, reason, moment, self._look_up_ms(due)), due)
        if failure.again and due.attempts + 1 < ATTEMPTS:
            return later(due, reason, moment + back_off(due.attempts))
        if failure.scope == "address":
            state = "blocked" if failure.means == "opted_out" else "gone"
            return Tried(Settled(due.id, "failed", reason), due, state, reason)
        return Tried(Settled(due.id, "failed", reason), due)


def _void(due: Due) -> Tried | None:
    """Return the end of what may no longer go out; None: it may."""
    if due.stopped and due.reason == REPEATED:
        return Tried(Settled(due.id, "perhaps", REPEATED), due)  # nothing is asked, nor sent again
    if due.stopped:
        return Tried(Settled(due.id, "cancelled", "stopped"), due)
    if due.address_state != "good":
        return Tried(Settled(due.id, "failed", due.address_state), due)
    return None
