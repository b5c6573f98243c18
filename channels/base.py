"""What a channel is: the values that pass through it, and the three things it does."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol, runtime_checkable

import msgspec

Moment = int  # milliseconds since 1970, UTC

IncomingKind = Literal[
    "message",  # text, files, a place
    "pressed",  # a button
    "start",  # /start, with its payload
    "edited",
    "blocked",
    "unblocked",
    "moved",  # the address has another number now: `moved_to`
    "group",  # the bot was added to a group: explain oneself, keep nothing
    "status",  # what became of a delivery
    "ignored",  # understood, but of no interest
    "unreadable",
]
SoundOrFile = Literal[
    "voice", "audio", "video", "photo", "document", "location", "contact", "other"
]


class MediaRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a channel's media can be had; `ref` is the provider's own name of it.

    Without a `ref` there is nothing to fetch (a contact, a poll): one knows that it came.
    """

    ref: str
    kind: SoundOrFile = "voice"
    mime: str = ""
    size: int | None = None  # bytes, as the provider says
    seconds: float | None = None
    name: str = ""


class Incoming(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message as it came. `event_id` is unique within the channel: the same twice is one."""

    channel: str
    event_id: str
    kind: IncomingKind = "message"
    address: str = ""  # a chat id, a number in E.164: what one sends to
    account: str = ""  # our own sender that was written to
    message_id: str = ""  # the provider's id of the message, which an edit names again
    sent_at: Moment | None = None
    text: str = ""
    pressed: str = ""
    acknowledge: str = ""  # what must be acknowledged at the provider (a pressed button)
    keyboard_of: str = ""  # the provider's id of the message whose button was pressed
    start: str | None = None
    media: tuple[MediaRef, ...] = ()
    place: tuple[float, float] | None = None
    forwarded: bool = False
    by_page: bool = False  # it was said on a page of ours, which shows the answer
    locale_hint: str = ""
    display_name: str = ""
    moved_to: str = ""
    delivery: str = ""  # of a status: our delivery, or the provider's id of it
    status: str = ""
    reason: str = ""
    means: str = ""  # of a failed status: errors.Means


class Button(msgspec.Struct, frozen=True, omit_defaults=True):
    """A choice that can be pressed; `data` comes back in Incoming.pressed."""

    label: str
    data: str
    chosen: bool = False
    ends: bool = False  # it ends the picking, and is no choice itself


class OutFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file to send: `key` names it where the channel's `files` can open it."""

    key: str
    kind: Literal["voice", "audio", "photo", "document"]
    name: str
    mime: str
    title: str = ""


class Template(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence that a provider approved beforehand: its name of it, and the words to fill in."""

    sid: str
    words: tuple[str, ...] = ()  # of its variables 1, 2 …
    text: str = ""  # as the person reads it


class Said(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """A sentence that is to be heard, or the file in which a person says it."""

    words: str = ""
    language: str = ""
    file: str = ""  # names it where `files` can open it


class Aloud(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be heard of a message: its sound is made before it is sent, or it goes as text."""

    said: tuple[Said, ...]
    written: bool = True  # False: the text goes only where there is no sound


class Outgoing(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message to one address, already cut to what the channel can carry.

    Where the channel's window is closed, `outside` goes out in its place ("template"), or with
    `waits` the message waits until the person writes; else it is dropped.
    """

    address: str
    account: str = ""
    do: Literal["send", "acknowledge", "redraw", "close", "template"] = "send"
    text: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()  # rows
    file: OutFile | None = None
    ask_place: str = ""  # the label of a button that shares one's place
    ends_place: bool = False  # take that button away again
    of: str = ""  # acknowledge: what; redraw and close: the provider's id of the message
    delivery: str = ""  # our own id of it, where the provider tells later what became of it
    link_preview: bool = False
    outside: Template | None = None
    waits: bool = False
    aloud: Aloud | None = None


@dataclass(frozen=True)
class Receipt:
    """The provider took it: its id of the message and what it counted."""

    provider_id: str = ""
    status: Literal["sent", "queued"] = "sent"
    units: int = 1
    file_ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pace:
    """How many units (messages, segments) a second, and how many may come at once."""

    per_second: float
    burst: float = 1


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show and carry, as data that one can print."""

    text_limit: int
    text_unit: Literal["utf16", "char", "segments"]
    caption_limit: int = 0
    buttons: int = 0  # at most in one message; 0: choices are numbered
    buttons_in_row: int = 1
    button_label: int = 0  # characters
    button_data_bytes: int = 0
    toggles: bool = False  # a message's buttons can be redrawn
    list_items: int = 0  # choices that a list can show, where buttons are too few
    list_label: int = 0  # characters
    plays_sound: bool = False
    carries: frozenset[str] = frozenset()  # kinds of OutFile
    file_limit: int = 0  # bytes out
    file_limit_in: int = 0  # bytes in
    hears: bool = False  # voice notes come in
    place: bool = False
    window: timedelta | None = None
    can_begin: bool = False  # may write first
    edits: bool = False
    acknowledges: bool = False
    reports: bool = False  # its provider tells later what became of a message
    overall: Pace = Pace(30, 30)
    per_address: Pace = Pace(1, 3)
    per_group: Pace | None = None  # of an address that is a group's
    group_sign: str = ""  # with which such an address begins
    unit: Literal["message", "segment"] = "message"

    def pace_of(self, address: str) -> Pace:
        """Return how fast one may write to an address."""
        if self.per_group is not None and self.group_sign and address.startswith(self.group_sign):
            return self.per_group
        return self.per_address


@dataclass(frozen=True)
class WebhookCall:
    """A call as it came in over HTTP; `url` is the configured public address and the raw path."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Files(Protocol):
    """Where a channel opens the files it must send."""

    async def open(self, key: str) -> bytes:
        """Return the bytes of a file; KeyError if there is none, OSError if it is away now."""
        ...


class KnownFiles(Protocol):
    """What providers call the files that we have sent them already: no second upload.

    `account` is our sender at the provider: another one cannot use its names.
    """

    async def get(self, account: str, key: str, kind: str) -> str:
        """Return the provider's name of a file; "" if it has none."""
        ...

    async def put(self, account: str, key: str, kind: str, ref: str) -> None:
        """Remember it; "" forgets it."""
        ...


def channel_kind(channel: str) -> str:
    """Return a channel's kind: a terminal has a name of its own each time it is opened."""
    return channel.partition(":")[0]


class Channel(Protocol):
    """A way messages travel: read what came, send what must go, fetch what was attached."""

    name: str
    can: Capabilities

    def read(self, call: WebhookCall) -> list[Incoming]:
        """Check the call's secret and parse it. Pure. Raises Forged or Malformed."""
        ...

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Make one attempt, one call to the provider. Raises only DeliveryError."""
        ...

    def fetch(self, media: MediaRef) -> AsyncIterator[bytes]:
        """Stream an attachment. Raises only FetchError."""
        ...


@runtime_checkable
class LooksUp(Protocol):
    """A channel whose provider can be asked afterwards what it took, and what came for us."""

    async def find_sent(self, outgoing: Outgoing, after: Moment) -> list[Incoming]:
        """Return a status of each message of these words to this address, oldest first.

        Raises DeliveryError.
        """
        ...

    async def list_since(self, after: Moment) -> list[Incoming]:
        """Return what people wrote to us after a moment, oldest first. Raises DeliveryError."""
        ...


@dataclass(frozen=True)
class HeldTemplate:
    """A template that a provider holds, and how it stands with whoever approves it."""

    name: str
    language: str
    sid: str
    state: str  # approved, pending, rejected, paused, unsubmitted
    reason: str = ""  # why it was rejected


@runtime_checkable
class HoldsTemplates(Protocol):
    """A channel on which one writes first by template alone."""

    template_account: str  # whose templates they are

    async def held_templates(self, begins: str) -> list[HeldTemplate]:
        """Return the templates whose name begins so. Raises DeliveryError."""
        ...

    async def submit_template(
        self, name: str, language: str, text: str, samples: list[str], kind: str
    ) -> HeldTemplate:
        """Have a text with its open words {{1}} … looked at. Raises DeliveryError."""
        ...
