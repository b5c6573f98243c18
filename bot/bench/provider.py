"""A provider played as cheaply as can be: it takes every message at once, and notes when.

What is measured is the sender; whatever this side costs is taken from it on a small machine.
"""

import asyncio
import bisect
import re
import time
from collections.abc import Callable, Sequence
from typing import cast

from bot.bench.load import HOST

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHAT = re.compile(rb'chat_id(?:=|": ?"?)(\d+)')
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_FILE = re.compile(rb'file_id(?:=|": ?")note-(\d+)')
_FETCHED = re.compile(rb"GET /file/bot[^/]+/voice/(\d+)\.oga ")
_NAMED = b'{"ok":true,"result":{"file_id":"f","file_unique_id":"f","file_path":"voice/%d.oga"}}'
_TAKEN = b'{"ok":true,"result":{"message_id":%d,"date":1790000000,"chat":{"id":%d}}}'

Came = Callable[[int], object]  # a chat's number


class Provider:
    """Listens on a port of this machine; `times` holds when each message came, in seconds.

    `files` are the recordings that it holds, as `note-0`, `note-1` …
    """

    def __init__(self, came: Came = lambda _chat: None, files: Sequence[bytes] = ()) -> None:
        self.times: list[float] = []
        self.port = 0
        self._came = came
        self._files = files
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Begin to listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Call(self), HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    def takes(self, head: bytes, body: bytes) -> bytes:
        """Take a call and return what is answered."""
        if b"/getFile" in head and (named := _FILE.search(body)):
            return _answered(_NAMED % int(named[1]))
        if asked := _FETCHED.match(head):
            return _answered(self._files[int(asked[1])])
        found = _CHAT.search(body)
        chat = int(found[1]) if found else 0
        if b"/sendMessage" in head:
            self.times.append(time.perf_counter())
            self._came(chat)
        answer = _TAKEN % (len(self.times), chat)
        return _answered(answer)

    def most_in_a_second(self) -> int:
        """Return how many came in the fullest second, wherever it begins."""
        ends = (bisect.bisect_left(self.times, at + 1) for at in self.times)
        return max((end - place for place, end in enumerate(ends)), default=0)


def _answered(body: bytes) -> bytes:
    return _HEAD % len(body) + body


class _Call(asyncio.Protocol):
    """One connection: calls come one after the other."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._came = b""
        self._way: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._way = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._came += data
        while (end := self._came.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._came[:end])
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._came) < whole:
                return
            head, body = self._came[:end], self._came[end + 4 : whole]
            self._came = self._came[whole:]
            if self._way is not None:
                self._way.write(self._provider.takes(head, body))
