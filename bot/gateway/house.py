"""The parts of a running Palabre, put together by `bot.wiring` and by the tests."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.gateway.counting import Tally
from bot.gateway.library import Library
from bot.gateway.programme import Programmes
from bot.gateway.translator import Translator
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.seal import Seal
from bot.voice.transcribe import Transcriber
from channels.base import Capabilities, Channel
from channels.capabilities import BY_NAME, TELEGRAM

if TYPE_CHECKING:
    from bot.gateway.reading.reader import Reader


def wall_clock() -> int:
    """Return the time, milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


def ticks() -> int:
    """Return milliseconds that only ever grow, also when somebody sets the clock."""
    return time.monotonic_ns() // 1_000_000


def no_link(code: str, language: str) -> str:
    """Stand in for a document's address where there is no public one."""
    return ""


@dataclass
class House:
    """Everything that a verb of the gateway may use."""

    database: Database
    seal: Seal
    media: MediaStore
    channels: Mapping[str, Channel]
    library: Library
    programmes: Programmes
    burst_ms: int = 2000
    clock: Callable[[], int] = wall_clock
    ticks: Callable[[], int] = ticks  # for what is measured, not dated: paces and waits
    link: Callable[[str, str], str] = no_link  # a document's public address, "" for none
    pages_at: str = ""  # where people reach our pages, "" where there are none
    public_url: str = ""  # our https address, "" where we have none
    private_links: dict[str, str] = field(default_factory=dict)  # channel → where one talks to us
    voice_wait_ms: int = 8000
    reader: "Reader | None" = None  # reads aloud; None: everything goes as text
    reading_wait_ms: int = 6000  # for so long a message waits for its sound
    transcriber: Transcriber | None = None  # writes down what is said; None: people do
    translator: Translator | None = None  # translates for those who draft; None: people do
    translates_into: str = ""  # the language in which they draft
    keep_days: float = 365  # how long rows of inbox and outbox stay
    leaves_trials_out: bool = False  # announcements too, once a real channel is set up
    in_hand: set[asyncio.Task[None]] = field(default_factory=set)  # goes out beside the outbox
    tally: Tally = field(default_factory=Tally)
    trial_channels: frozenset[str] = frozenset({"simulator", "terminal"})

    def can(self, channel: str) -> Capabilities:
        """Return what a channel can show and carry, also one that another process has."""
        known = self.channels.get(channel)
        return known.can if known else BY_NAME.get(channel.rpartition(":")[2], TELEGRAM)
