"""A participant at the keyboard: lines come in, messages go out as text."""

import asyncio
import itertools
import mimetypes
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TextIO

from channels.base import (
    Button,
    Capabilities,
    Incoming,
    MediaRef,
    Outgoing,
    Receipt,
    SoundOrFile,
    WebhookCall,
)
from channels.errors import TOO_LARGE_TO_FETCH, FetchError
from channels.segments import segments
from channels.words import spoken

CHUNK = 65_536  # bytes
_FILE = re.compile(r"\[(voice|photo|document) (.+)\]")
_KINDS: dict[str, SoundOrFile] = {"voice": "voice", "photo": "photo", "document": "document"}


class Terminal:
    """A channel that writes to a stream; `name` is its own each time a terminal is opened."""

    def __init__(self, name: str, stream: TextIO, can: Capabilities) -> None:
        self.name, self.can, self._stream = name, can, stream
        self.address = name.rpartition(":")[2]
        self._ids = itertools.count(1)

    def read(self, call: WebhookCall) -> list[Incoming]:
        """Read one line, without its end."""
        return [self.hears(call.body.decode("utf-8", "replace"))]

    def hears(self, line: str) -> Incoming:
        """Read one line: words, `/start PAYLOAD`, or `[voice FILE]`."""
        number = str(next(self._ids))
        media = file_in(line)
        start, text = (None, "") if media else spoken(line)
        return Incoming(
            self.name,
            number,
            "message" if start is None else "start",
            address=self.address,
            message_id=number,
            text=text,
            start=start,
            media=(media,) if media else (),
        )

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Write a message and an empty line after it."""
        text = drawn(outgoing)
        if text:
            self._stream.write(text + "\n\n")
            self._stream.flush()
        units = segments(outgoing.text) if self.can.unit == "segment" else 1
        return Receipt(outgoing.of or f"t{next(self._ids)}", units=units)

    async def fetch(self, media: MediaRef) -> AsyncIterator[bytes]:
        """Stream a file that was named. Raises only FetchError."""
        try:
            content = await asyncio.to_thread(Path(media.ref).read_bytes)
        except OSError as error:
            raise FetchError(type(error).__name__, again=False) from None
        if len(content) > self.can.file_limit_in:
            raise FetchError(TOO_LARGE_TO_FETCH, again=False)
        for start in range(0, len(content), CHUNK):
            yield content[start : start + CHUNK]


def file_in(line: str) -> MediaRef | None:
    """Find the file that a line sends; whether it exists is for the caller to look at."""
    found = _FILE.fullmatch(line.strip())
    if found is None:
        return None
    kind, path = found[1], Path(found[2].strip())
    size = path.stat().st_size if path.is_file() else None
    mime = mimetypes.guess_type(path.name)[0] or ""
    return MediaRef(str(path.absolute()), _KINDS[kind], mime, size, name=path.name)


def drawn(outgoing: Outgoing) -> str:
    """Write a message as text: its file, its words, its buttons with the numbers to type."""
    if outgoing.do in ("acknowledge", "close"):
        return ""
    file = outgoing.file
    lines = [f"[{file.kind} {file.name}]" if file else "", outgoing.text]
    lines += _buttons([button for row in outgoing.buttons for button in row])
    lines.append(f"[{outgoing.ask_place}]" if outgoing.ask_place else "")
    return "\n".join(line for line in lines if line)


def _buttons(buttons: list[Button]) -> list[str]:
    numbers = itertools.count(1)
    return [f"[{b.label}]" if b.ends else f"[{next(numbers)}] {b.label}" for b in buttons]
