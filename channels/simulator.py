"""A phone on a web page: a channel like the others, drawn as one of them."""

import asyncio
import contextlib
import re
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from channels.base import (
    Capabilities,
    Incoming,
    IncomingKind,
    MediaRef,
    Outgoing,
    Receipt,
    SoundOrFile,
    WebhookCall,
)
from channels.errors import TOO_LARGE_TO_FETCH, FetchError, Malformed
from channels.segments import segments
from channels.text import clean

CHUNK = 65_536  # bytes
KEPT_SECONDS = 3600
_REF = re.compile(r"[0-9a-f]{32}")
_TAB = re.compile(r"[A-Za-z0-9_-]{1,64}")


class PageFile(msgspec.Struct, forbid_unknown_fields=True):
    """Something that was uploaded before: `ref` is what `Uploads.keep` returned."""

    ref: str
    kind: SoundOrFile = "voice"
    mime: str = ""
    size: int | None = None
    seconds: float | None = None
    name: str = ""


class PageSays(msgspec.Struct, forbid_unknown_fields=True):
    """What the page sends: `tab` and `id`, and one of the things that a phone can do."""

    tab: str
    id: str  # of this message, unique in the tab; an edit names the message that it changes
    text: str = ""
    pressed: str = ""
    on: str = ""  # the message whose button was pressed
    start: str | None = None
    file: PageFile | None = None
    place: tuple[float, float] | None = None
    edits: str = ""
    language: str = ""


@dataclass(frozen=True)
class Said:
    """What a page is to show: the message, under the id that a later redraw or close names."""

    provider_id: str
    outgoing: Outgoing


class Uploads:
    """Where the page's recordings and files lie until they were fetched, for an hour at most.

    They lie there as they came: what is kept for good is sealed by the store.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._clock = folder, clock

    def keep(self, content: bytes) -> str:
        """Store a file; its ref."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.clear()
        ref = secrets.token_hex(16)
        (self._folder / ref).write_bytes(content)
        return ref

    def clear(self) -> None:
        """Delete what has lain here for longer than an hour."""
        before = self._clock() - KEPT_SECONDS
        for path in self._folder.glob("*"):
            with contextlib.suppress(OSError):  # another request may have deleted it
                if path.stat().st_mtime < before:
                    path.unlink()

    def path(self, ref: str) -> Path | None:
        """Find a file again; None if there is none (a ref is what a page claims)."""
        path = self._folder / ref
        return path if _REF.fullmatch(ref) and path.is_file() else None


class Simulator:
    """A channel that shows what is sent to whoever looks at the address's page."""

    def __init__(self, name: str, can: Capabilities, uploads: Uploads) -> None:
        self.name, self.can, self.uploads = name, can, uploads
        self._looking: dict[str, set[asyncio.Queue[Said]]] = defaultdict(set)

    def read(self, call: WebhookCall) -> list[Incoming]:
        """Read what the page says. Raises Malformed."""
        try:
            said = _says.decode(call.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise Malformed("The page sent what is none of its messages.") from None
        if not _TAB.fullmatch(said.tab):
            raise Malformed("A tab's name is up to 64 letters, digits, - and _.")
        return [self._incoming(said)]

    def _incoming(self, said: PageSays) -> Incoming:
        return Incoming(
            self.name,
            f"{said.tab}:{said.id}",
            _kind(said),
            address=said.tab,
            message_id=clean(said.edits or said.id),
            text=clean(said.text),
            pressed=clean(said.pressed),
            keyboard_of=clean(said.on),
            start=None if said.start is None else clean(said.start),
            media=(_media(said.file),) if said.file else (),
            place=said.place,
            locale_hint=clean(said.language),
        )

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Show it on the pages that look; always taken, as a phone would."""
        provider_id = outgoing.of or secrets.token_hex(8)
        for queue in self._looking.get(outgoing.address, ()):
            queue.put_nowait(Said(provider_id, outgoing))
        units = segments(outgoing.text) if self.can.unit == "segment" else 1
        return Receipt(provider_id, units=units)

    async def fetch(self, media: MediaRef) -> AsyncIterator[bytes]:
        """Stream what was uploaded. Raises only FetchError."""
        path = self.uploads.path(media.ref)
        if path is None:
            raise FetchError("unknown to the channel", again=False)
        if path.stat().st_size > self.can.file_limit_in:
            raise FetchError(TOO_LARGE_TO_FETCH, again=False)
        content = await asyncio.to_thread(path.read_bytes)
        for start in range(0, len(content), CHUNK):
            yield content[start : start + CHUNK]

    @contextlib.contextmanager
    def looks(self, address: str) -> Iterator[asyncio.Queue[Said]]:
        """Give a page the queue of all that is sent to its address while it looks."""
        queue: asyncio.Queue[Said] = asyncio.Queue()
        self._looking[address].add(queue)
        try:
            yield queue
        finally:
            self._looking[address].discard(queue)
            if not self._looking[address]:
                del self._looking[address]


_says = msgspec.json.Decoder(PageSays)


def _kind(said: PageSays) -> IncomingKind:
    if said.start is not None:
        return "start"
    if said.pressed:
        return "pressed"
    return "edited" if said.edits else "message"


def _media(file: PageFile) -> MediaRef:
    name, mime = clean(file.name), clean(file.mime)
    return MediaRef(clean(file.ref), file.kind, mime, file.size, file.seconds, name)
