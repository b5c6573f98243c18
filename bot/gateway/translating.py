"""Have what people said translated for those who draft, one after the other, where it may be.

The words stay as they were said and come first; what a machine made of them is marked, and a
person's translation goes before it. What looks as if it were in another language than the talk's
is translated from that one.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.gateway.house import House
from bot.gateway.looks import LEAST_LETTERS, Looks, looks_among
from bot.gateway.retries import Retries
from bot.gateway.translator import NotTranslated, Translator
from bot.store.translations import (
    FAILED,
    SAME,
    Translation,
    Untranslated,
    next_ones,
    still_there,
    write,
)

log = logging.getLogger(__name__)

LOOK_MS = 5000  # between two looks, where nothing waits: words come without a bell
REST = 20  # times as long as a look took one rests behind it: it goes through all that was said
Which = tuple[str | None, int | None]


@dataclass
class Interpreter:
    """Translates what waits into `into`, the language of those who draft."""

    house: House
    engine: Translator
    into: str
    retries: Retries[Which] = field(default_factory=Retries)

    async def translate_due(self) -> int:
        """Translate one; return when to look again."""
        moment = self.house.clock()
        held, began = self.retries.held(moment), self.house.ticks()
        due = await self.house.database.read(next_ones, self.into, held, LEAST_LETTERS)
        if not due:
            next_look = moment + max(LOOK_MS, REST * (self.house.ticks() - began))
            return min(self.retries.next_at() or next_look, next_look)
        try:
            await self._translate(due[0])
        except NotTranslated as error:
            await self._put_off(due[0], str(error))
        return moment

    async def _translate(self, due: Untranslated) -> None:
        """Translate one and keep it. Raises NotTranslated."""
        source = await asyncio.to_thread(source_of, due, self.house, self._looks)
        if source == self.into:
            await self._keep(due, Translation("", self.into, "", machine=True, kind=SAME))
            return
        text = await self.engine.translate(due.text, source, self.into)
        self.retries.done(due[:2])
        await self._keep(due, Translation(text, self.into, self.engine.name, machine=True))

    @property
    def _looks(self) -> Looks:
        return looks_among(self.house.library.consultation.languages)

    async def _put_off(self, due: Untranslated, why: str) -> None:
        if self.retries.give_up(due[:2], self.house.clock()):
            log.warning("something said was not translated: %s", why)
            failed = Translation(why, self.into, self.engine.name, machine=True, kind=FAILED)
            await self._keep(due, failed)

    async def _keep(self, due: Untranslated, one: Translation) -> None:
        made = one._replace(made_at=self.house.clock())

        def work(connection: Connection) -> None:
            if still_there(connection, due):  # not forgotten meanwhile
                write(connection, due, made)

        await self.house.database.write(work)


def source_of(due: Untranslated, house: House, looks: Looks) -> str:
    """Return the language to translate from: what it looks like, else what it is said to be."""
    languages = house.library.consultation.languages
    told = due.language if due.language in languages else "auto"
    return looks(due.text) or told
