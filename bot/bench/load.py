"""The load side: connections that are kept open, each posting one update at a time.

It speaks just enough HTTP to wait for an answer, so that it takes little from what it measures.
"""

import asyncio
from typing import Any

from bot.bench.plan import Post
from bot.bench.script import HEADERS

HOST = "127.0.0.1"


class Refused(Exception):
    """The contestant did not answer 200. Its log says why."""


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._heard = bytearray()
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Gather an answer; it is complete with its head and as many bytes as that announces."""
        self._heard += data
        head, mark, body = self._heard.partition(b"\r\n\r\n")
        if mark and len(body) >= _length(head) and self._answered is not None:
            self._heard.clear()
            answered, self._answered = self._answered, None
            answered.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits for an answer gets none."""
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(Refused(Refused.__doc__))

    async def ask(self, request: bytes) -> None:
        """Send a request and wait for its answer. Raises Refused."""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        status = await self._answered
        if status != 200:
            raise Refused(f"{Refused.__doc__} (status {status})")

    def close(self) -> None:
        """Close it."""
        self._transport.close()


def _length(head: bytes | bytearray) -> int:
    for line in bytes(head).lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


async def open_lines(port: int, number: int) -> list[Line]:
    """Open connections to this machine's port."""
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Line, HOST, port))[1] for _ in range(number)]


def poster(line: Line, port: int) -> Post:
    """Return what posts an update over a connection."""
    given = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    head = f"POST /hooks/telegram HTTP/1.1\r\nHost: {HOST}:{port}\r\n{given}Content-Length: "

    async def post(body: bytes) -> None:
        await line.ask(f"{head}{len(body)}\r\n\r\n".encode() + body)

    return post


def settler(port: int) -> bytes:
    """Return the request that is answered when everything taken is done."""
    return f"GET /settled HTTP/1.1\r\nHost: {HOST}:{port}\r\n\r\n".encode()
