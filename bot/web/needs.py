"""What the door needs of the house: small protocols, so that tests can stand in for each."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from aiohttp import web

from bot.dialogue.flow import Consultation, Document
from bot.gateway.visiting import Visits
from bot.gateway.voicing import Voice
from channels.base import Capabilities, Files, Incoming, Outgoing, WebhookCall

Moment = int  # milliseconds since 1970, UTC


class Receiver(Protocol):
    """Writes messages down."""

    async def take(self, messages: Sequence[tuple[Incoming, bytes]]) -> None:
        """Return when all messages are committed. Raises DatabaseAway, Busy."""
        ...


class Reader(Protocol):
    """The part of a channel that a webhook needs."""

    def read(self, call: WebhookCall) -> list[Incoming]:
        """Check the call's secret and parse it. Raises Forged or Malformed."""
        ...


class Said(Protocol):
    """A message as a simulated channel hands it over."""

    @property
    def provider_id(self) -> str:
        """The message's id; of a redraw or a close, the id of the message concerned."""

    @property
    def outgoing(self) -> Outgoing:
        """What is to be shown."""


class Kept(Protocol):
    """Where uploads lie until they are fetched."""

    def keep(self, content: bytes) -> str:
        """Store a file and return its ref. Blocks."""
        ...

    def path(self, ref: str) -> Path | None:
        """Find a file again; None if there is none."""
        ...


class Simulated(Reader, Protocol):
    """A channel whose phones are drawn on a page of ours; an address is a tab."""

    name: str
    can: Capabilities

    @property
    def uploads(self) -> Kept:
        """Where this channel's uploads lie."""

    def looks(self, address: str) -> AbstractContextManager[asyncio.Queue[Any]]:
        """Give the queue of all that is sent to an address, as `Said`, while one looks."""
        ...


class Media(Protocol):
    """Where the bytes of recordings lie."""

    def get(self, key: str) -> bytes:
        """Return the bytes of a key. Blocks. Raises MediaGone."""
        ...


class Way(Protocol):
    """One way to join."""

    @property
    def channel(self) -> str:
        """telegram, whatsapp, sms; "page" is ours."""

    @property
    def link(self) -> str:
        """What is opened."""

    @property
    def square(self) -> str:
        """What the square code holds."""

    @property
    def number(self) -> str:
        """Our number, "" where there is none."""

    @property
    def words(self) -> str:
        """What one writes there, "" where the link says it all."""


@dataclass(frozen=True)
class OutlineStep:
    """One step of the flow as the page lists it."""

    words: str
    state: Literal["done", "here", "ahead"]
    depth: int = 0  # how many blocks it stands in


@dataclass(frozen=True)
class Outline:
    """Where a talk stands, and how the last reply was read: sentences in the page's language."""

    title: str
    steps: tuple[OutlineStep, ...] = ()
    understood: str = ""  # "" when nothing was said yet


Explain = Callable[[str, str, str], Awaitable[Outline | None]]  # channel, address, language
Past = Callable[[str, str], Awaitable[list[tuple[str, Outgoing]]]]  # channel, address → by id
FindSession = Callable[[str], Awaitable[Document | None]]  # code
FindDocument = Callable[[str, str], Document | None]  # code, language


async def finds_no_session(code: str) -> Document | None:
    """Stand in where no audio session was given away."""
    return None


async def explains_nothing(channel: str, address: str, language: str) -> Outline | None:
    """Stand in where nobody can say where a talk is."""
    return None


async def remembers_nothing(channel: str, address: str) -> list[tuple[str, Outgoing]]:
    """Stand in where deliveries are not looked up again."""
    return []


def nobody_writes(channel: str) -> str:
    """Stand in where there is no number of ours."""
    return ""


async def counts_nothing() -> bytes:
    """Stand in where nobody counts."""
    return b""


@dataclass(frozen=True)
class Door:
    """Everything that the pages and webhooks use."""

    receiver: Receiver
    channels: Mapping[str, Reader]  # those that have a webhook
    trouble: Callable[[], Awaitable[str]]  # "" when ready, else why not; may raise DatabaseAway
    consultation: Callable[[], Consultation]
    document: FindDocument
    files: Files
    media: Media
    link_key: bytes
    clock: Callable[[], Moment]
    joins: Callable[[str], Sequence[Way]]  # a network's code → every way to join it
    public_url: str = ""
    audio_session: FindSession = finds_no_session
    metrics_token: str = ""  # "": nobody may see figures
    metrics: Callable[[], Awaitable[bytes]] = counts_nothing
    simulated: Mapping[str, Simulated] = field(default_factory=dict)  # none: no simulator
    explain: Explain = explains_nothing
    past: Past = remembers_nothing
    visits: Visits | None = None  # None: no listening page opens
    voice: Voice | None = None  # what is heard on them
    # A channel → where one writes to us ("sms:+33…").
    writes_at: Callable[[str], str] = nobody_writes


DOOR: web.AppKey[Door] = web.AppKey("door")
