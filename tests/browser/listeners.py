"""Somebody whose phone gets SMS alone, and who opens the link in a browser."""

import asyncio
import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.gateway.work import Work
from bot.store import tables
from bot.store.participants import by_index
from bot.store.sent import past
from channels.base import Incoming, Outgoing

if TYPE_CHECKING:
    from playwright.async_api import Page

NUMBERS = count(1)
CHANNEL = "simulator:sms"
NOT_THEIRS = re.compile(r"/r/[\w-]{16}")


@dataclass
class SmsPhone:
    """A phone that knows SMS; what is written to it is read from the outbox."""

    work: Work
    number: str

    @classmethod
    async def of_somebody(cls, work: Work, *words: str) -> "SmsPhone":
        """Somebody who has written these words, one after the other."""
        phone = cls(work, f"tab{next(NUMBERS)}")
        for one in words:
            await phone.says(one)
        return phone

    async def says(self, words: str) -> str:
        """Write, and return what is written back."""
        before = len(await self.heard())
        event = f"{self.number}-{next(NUMBERS)}"
        said = Incoming(CHANNEL, event, address=self.number, text=words)
        await self.work.receiver.take([(said, b"")])
        async with asyncio.timeout(20):
            while len(heard := await self.heard()) <= before:
                await asyncio.sleep(0.05)
        return heard[-1]

    async def heard(self) -> list[str]:
        """Return all that was written to it."""
        house = self.work.house

        def look(connection: Any) -> list[str]:
            index = house.seal.index(CHANNEL, self.number)
            found = by_index(connection, [index]).get(index)
            sent = past(connection, house.seal, found.id, Outgoing) if found else []
            return [one.text for *_, one in sent]

        return await house.database.read(look)

    async def link(self, word: str = "LISTEN") -> str:
        """Ask to listen; return the path of the link."""
        found = NOT_THEIRS.search(await self.says(word))
        assert found, "there is no link in it"
        return found[0]

    async def rows(self, table: Any) -> list[Any]:
        """Return the rows of this person, in order."""
        house = self.work.house

        def look(connection: Any) -> list[Any]:
            index = house.seal.index(CHANNEL, self.number)
            owner = by_index(connection, [index])[index].participant
            query = select(table).where(table.c.participant_id == owner)
            return list(connection.execute(query.order_by(*table.primary_key.columns)))

        return await house.database.read(look)

    async def recordings(self) -> list[Any]:
        """Return this person's recordings."""
        return await self.rows(tables.media)


class Ear:
    """Somebody in front of the listening page."""

    def __init__(self, page: "Page") -> None:
        self.page = page

    async def hears(self, words: str) -> None:
        """Wait until the page says this."""
        await self.page.locator(".words", has_text=words).first.wait_for()

    async def chooses(self, place: int = 0) -> None:
        """Press a choice, and wait for what comes next."""
        await self._and_goes_on(self.page.locator(".choices button").nth(place))

    async def ends(self) -> None:
        """Press the button that ends a list, and wait for what comes next."""
        await self._and_goes_on(self.page.locator("[value='*done']"))

    async def can_end(self) -> bool:
        """Say whether there is a button that ends a list."""
        return bool(await self.page.locator("[value='*done']").count())

    async def wishes(self, name: str) -> None:
        """Press one of the small buttons, and wait for what comes next."""
        await self._and_goes_on(self.page.locator(f".wishes [value={name}]"))

    async def _and_goes_on(self, button: Any) -> None:
        async with self.page.expect_response(re.compile(r"after=")) as next_page:
            await button.click()
        await (await next_page.value).finished()
        await self.page.locator(".state", has_text=re.compile(r"\.$")).wait_for()

    async def records(self, seconds: float = 2) -> None:
        """Record, and stop."""
        await self.page.locator("[data-record]").click()
        await self.stops(seconds)

    async def stops(self, seconds: float = 1) -> None:
        """Let it record for a while, and stop."""
        await self.page.locator("[data-record][aria-pressed=true]").wait_for()
        await asyncio.sleep(seconds)
        await self.page.locator("[data-record]").click()
        await self.page.locator("[data-mine]").wait_for()

    async def hears_back(self) -> float:
        """Play the recording; return for how many seconds it has played."""
        return float(await self.page.evaluate(
            """() => new Promise((well, ill) => {
                 const mine = document.querySelector("[data-mine]");
                 mine.onerror = () => ill(new Error(mine.error.message));
                 mine.ontimeupdate = () => mine.currentTime > 0.5 && well(mine.currentTime);
                 mine.play();
               })"""
        ))  # fmt: skip

    async def sends(self) -> None:
        """Send the recording, and wait for what comes next."""
        await self._and_goes_on(self.page.locator("[data-send]"))
