"""The load side: connections that stay open, each with one update at a time.

It speaks just enough HTTP to wait for an answer, so that it takes little from what it measures.
"""

import asyncio
from typing import Self

from bot.bench.script import HEADERS

HOST = "127.0.0.1"


class Refused(Exception):
    """The contestant did not answer 200. Its log says why."""


class Line:
    """One connection to a port of this machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Self:
        """Open one."""
        return cls(*await asyncio.open_connection(HOST, port))

    async def post(self, body: bytes) -> None:
        """Post an update, and return when it is answered. Raises Refused."""
        await self._ask(_POST + b"%d\r\n\r\n" % len(body) + body)

    async def settle(self) -> None:
        """Return when everything that was taken is done. Raises Refused."""
        await self._ask(_SETTLED)

    async def _ask(self, request: bytes) -> None:
        self._writer.write(request)
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            await self._reader.readexactly(_length(head))
        except asyncio.IncompleteReadError:
            raise Refused(Refused.__doc__) from None
        if head[9:12] != b"200":
            raise Refused(f"{Refused.__doc__} (status {head[9:12].decode()})")

    def close(self) -> None:
        """Close it."""
        self._writer.close()


def _length(head: bytes) -> int:
    _before, found, after = head.lower().partition(b"\r\ncontent-length:")
    return int(after.partition(b"\r\n")[0]) if found else 0


def _head(first: str, headers: str) -> bytes:
    return f"{first} HTTP/1.1\r\nHost: {HOST}\r\n{headers}".encode()


_SETTLED = _head("GET /settled", "\r\n")
_POST = _head(
    "POST /hooks/telegram",
    "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items()) + "Content-Length: ",
)
