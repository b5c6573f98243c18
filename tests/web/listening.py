"""Somebody who listens on a page: the link that their phone got, and what they do behind it."""

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp
from behind import Behind
from fakes.twilio_phone import Phone
from fakes.twilio_server import PUBLIC

NAMES = count(1)


def link_in(text: str) -> str:
    """Return the path of the link in a message, "" where there is none."""
    found = re.search(rf"{re.escape(PUBLIC)}(/r/[\w-]+)", text)
    return found[1] if found else ""


@dataclass
class Shown:
    """What a browser got."""

    status: int
    html: str
    headers: Any = field(repr=False)

    @property
    def key(self) -> str:
        """The key of the question that the page asks."""
        found = re.search(r'name="key" value="([^"]*)"', self.html)
        return found[1] if found else ""

    @property
    def choices(self) -> list[str]:
        """The codes of what one may choose."""
        return re.findall(r'name="choice" value="([^"]*)"', self.html)


@dataclass
class Listener:
    """A person with a phone that gets SMS, and a browser on it."""

    behind: Behind
    phone: Phone
    path: str = ""

    @classmethod
    async def begins(cls, behind: Behind, number: str, wish: str = "LISTEN") -> "Listener":
        """Write, choose English, say that one prefers listening, and get the link."""
        phone = behind.twilio.phone(number)
        for words in ("Hello", "English"):
            await phone.says(words)
            await phone.hears()
        await phone.says(wish)
        return cls(behind, phone, link_in((await phone.hears()).text))

    async def opens(self, **query: str) -> Shown:
        """Open the page."""
        return await self._shown(await self.behind.client.get(self.path, params=query))

    async def sends(self, shown: Shown, once: str = "", **fields: Any) -> Shown:
        """Send a form of the page, and follow where it leads."""
        form = aiohttp.FormData({"key": shown.key, "once": once or f"once-{next(NAMES)}"})
        for name, value in fields.items():
            if isinstance(value, bytes):
                form.add_field(name, value, filename="voice.ogg", content_type="audio/ogg")
            else:
                form.add_field(name, value)
        return await self._shown(await self.behind.client.post(self.path, data=form))

    async def _shown(self, answer: aiohttp.ClientResponse) -> Shown:
        return Shown(answer.status, await answer.text(), answer.headers)
