"""Sounds are made before a message goes out, and beside everything else.

A turn promises a message and holds it for a few seconds. Here its sound is made meanwhile; as soon
as it is there the message is let go. Whatever takes longer goes out as text alone.
"""

import asyncio
import logging

import msgspec
from sqlalchemy import Connection

from bot.gateway.house import House
from bot.gateway.reading.reader import Reader
from bot.store import sounds
from bot.store.database import DatabaseRefuses
from bot.store.sounds import Wanted
from bot.store.wire import NewDelivery
from bot.voice.saying import CannotSayError
from channels.base import OutFile, Outgoing

log = logging.getLogger(__name__)

BELL = "outbox sounds"
AHEAD = 2  # messages in hand
PERSONAL_MS = 2 * 3_600_000  # for so long a sound with somebody's words lies here, to be fetched
UNUSED_MS = 180 * sounds.DAY_MS
NAME, MIME = "voice.ogg", "audio/ogg"

_outgoing = msgspec.json.Decoder(Outgoing)


def held(
    connection: Connection, promised: list[NewDelivery], moment: int, wait_ms: int
) -> list[NewDelivery]:
    """Hold what waits for a sound that there is not yet; what there is goes out at once."""
    wanted = {one.speaks for one in promised if one.speaks}
    if not wanted:
        return promised
    known = sounds.find(connection, wanted)
    sounds.used(connection, known, moment)
    return [
        one._replace(not_before=max(one.not_before, moment + wait_ms))
        if one.speaks and one.speaks not in known
        else one
        for one in promised
    ]


async def with_sound(house: House, speaks: str, outgoing: Outgoing) -> Outgoing | None:
    """Return a message with its sound, or as text alone; None: neither is left to send."""
    aloud = outgoing.aloud
    if aloud is None:
        return outgoing
    found = (await house.database.read(sounds.find, [speaks])).get(speaks) if speaks else None
    if found is None:
        return as_text(outgoing)
    file = OutFile(f"media:{found.key}.ogg", "voice", NAME, MIME)
    text = outgoing.text if aloud.written else ""
    return msgspec.structs.replace(outgoing, aloud=None, file=file, text=text)


def as_text(outgoing: Outgoing) -> Outgoing | None:
    """Return a message without its sound; None where it is nothing but that."""
    return msgspec.structs.replace(outgoing, aloud=None) if outgoing.text else None


class Maker:
    """Makes the sounds that messages wait for."""

    def __init__(self, house: House, reader: Reader) -> None:
        self._house, self._reader = house, reader

    async def make_due(self) -> int | None:
        """Make some; return when to look again (None: when something else is promised)."""
        house, moment = self._house, self._house.clock()
        wanted, oldest = await house.database.read(self._look, moment)
        await asyncio.gather(*(self._make(one) for one in wanted))
        if wanted:
            return moment
        return await self._drop_old(oldest, moment)

    def _look(self, connection: Connection, moment: int) -> tuple[list[Wanted], int | None]:
        """Find what waits for its sound; where nothing does, when the oldest personal one was made.

        It is asked after every batch of turns, hence in one reading.
        """
        wanted = sounds.wanted(connection, tuple(self._house.channels), moment, AHEAD)
        return wanted, None if wanted else sounds.oldest_personal(connection)

    async def _make(self, one: Wanted) -> None:
        house, settle = self._house, sounds.let_go
        try:
            aloud = _outgoing.decode(one.open(house.seal)).aloud
            if aloud is not None:
                made = await asyncio.to_thread(
                    self._reader.message, aloud, one.participant, house.clock()
                )
                house.tally.count("sounds", "made" if made.new else "known")
        except (CannotSayError, DatabaseRefuses, OSError, ValueError) as error:
            house.tally.count("sounds", "failed")
            log.warning("a message goes as text alone: %s", type(error).__name__)
            settle = sounds.give_up
        await house.database.write(settle, one.speaks, wakes=("outbox",))

    async def _drop_old(self, oldest: int | None, moment: int) -> int | None:
        """Forget what holds somebody's words, now that it was sent; return when the next is due."""
        house = self._house
        if oldest is not None and oldest <= moment - PERSONAL_MS:
            await drop_old_sounds(house, moment)
            oldest = await house.database.read(sounds.oldest_personal)
        return None if oldest is None else oldest + PERSONAL_MS + 1


async def drop_old_sounds(house: House, moment: int) -> None:
    """Drop what holds somebody's words, and what nobody has heard for half a year."""

    def some(connection: Connection) -> int:
        return sounds.drop_old(
            connection, house.media,
            personal_before=moment - PERSONAL_MS, unused_since=moment - UNUSED_MS,
        )  # fmt: skip

    while await house.database.write(some):
        await asyncio.sleep(0)
