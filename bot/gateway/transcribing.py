"""Have recordings written down by an engine, one after the other, where the house has one.

Only what somebody speaks in is given to it, only of people who take part, and only in the
consultation's languages: whoever speaks another one is heard by a listener.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.gateway.house import House
from bot.gateway.listeners import languages_written
from bot.gateway.retries import Retries
from bot.store import unwritten
from bot.store.media import MediaGone
from bot.store.seal import CannotOpen
from bot.store.transcripts import Transcript, write
from bot.store.unwritten import Unwritten
from bot.voice.decode import decode
from bot.voice.limits import Limits
from bot.voice.transcribe import NotWritten, Transcriber
from bot.voice.verdict import UnheardError
from channels.text import clean

log = logging.getLogger(__name__)


@dataclass
class Writer:
    """Writes down what waits; what failed is tried again later, a few times in this process."""

    house: House
    engine: Transcriber
    retries: Retries[str] = field(default_factory=Retries)  # by the recording

    async def write_due(self) -> int | None:
        """Write down one recording; return when to look again (None: when another has come)."""
        moment = self.house.clock()
        held = self.retries.held(moment)
        spoken = languages_written(self.house)
        due = await self.house.database.read(unwritten.next_one, held, spoken)
        if due is None:
            return self.retries.next_at()
        try:
            await self._write(due)
        except (NotWritten, UnheardError, MediaGone, CannotOpen) as error:
            await self._put_off(due, str(error))
        return moment

    async def _write(self, due: Unwritten) -> None:
        """Decode and write one down. Raises NotWritten, UnheardError, MediaGone, CannotOpen."""
        sound = await asyncio.to_thread(self.house.media.get, due.original)
        pcm = (await asyncio.to_thread(decode, sound, Limits())).pcm
        languages = self.house.library.consultation.languages
        hint = _code_of(due.spoken, self.house, due.language)
        found = await self.engine.transcribe(pcm, hint, languages)
        self.retries.done(due.media)
        words = clean(found.text)
        one = Transcript(words, found.language, found.engine, "words", True, found.confidence)
        await self._keep(due, one)

    async def _put_off(self, due: Unwritten, why: str) -> None:
        if not self.retries.give_up(due.media, self.house.clock()):
            return
        log.warning("a recording was not written down: %s", why)
        await self._keep(due, Transcript(why, "", self.engine.name, "failed", machine=True))

    async def _keep(self, due: Unwritten, one: Transcript) -> None:
        moment = self.house.clock()

        def work(connection: Connection) -> None:
            if unwritten.still_there(connection, due.media):  # not forgotten meanwhile
                write(connection, due.media, one, moment)

        await self.house.database.write(work)


def _code_of(spoken: str, house: House, talked: str) -> str:
    """Return the language that somebody says they speak, as a code; else the talk's own."""
    from babel import Locale

    languages = house.library.consultation.languages
    said = spoken.casefold()
    for one in languages:
        names = (Locale(one).get_language_name(other) or one for other in languages)
        if any(name.casefold() in said for name in names):
            return one
    return talked
