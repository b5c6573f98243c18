"""What translates: a service in LibreTranslate's shape, ours or somebody's. It gets words alone."""

import ipaddress
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp

from channels.text import clean

SECONDS = 60.0  # of the clock, for one text
LONGEST_NAME = 80  # letters: what is kept beside each translation
_NO = (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError)


class NotTranslated(Exception):
    """The service translated nothing; it is tried again later."""


class Translator(Protocol):
    """Puts words of one language (a code) into another. Raises NotTranslated."""

    name: str

    async def translate(self, text: str, source: str, into: str) -> str: ...


class HostedTranslator:
    """A service that speaks LibreTranslate's `POST /translate`."""

    name = "http"

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str = "") -> None:
        """`url` is its root; `key` is empty where it wants none."""
        self._session = session
        self._url = f"{url.rstrip('/')}/translate"
        self._key = key
        self.name = f"http: {urlsplit(url).hostname or url}"[:LONGEST_NAME]

    async def translate(self, text: str, source: str, into: str) -> str:
        """See Translator."""
        asked = {"q": text, "source": source, "target": into, "format": "text"}
        if self._key:
            asked["api_key"] = self._key
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with self._session.post(self._url, json=asked, timeout=timeout) as answer:
                answer.raise_for_status()
                told = await answer.json(content_type=None)
            found = clean(str(told["translatedText"])).strip()
        except _NO as error:
            raise NotTranslated(f"{NotTranslated.__doc__} ({type(error).__name__})") from None
        if not found:
            raise NotTranslated(f"{NotTranslated.__doc__} (empty)")
        return found


def is_this_machine(url: str) -> bool:
    """Say whether an address is this machine's own: what is sent there does not leave it."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
