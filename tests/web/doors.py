"""A door with stand-ins behind it: each keeps a list of what it got."""

import asyncio
import contextlib
import hmac
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp.test_utils import TestClient

from bot.dialogue.flow import Consultation, Document, Network
from bot.gateway.joining import Way, ways_to_join
from bot.store.database import DatabaseAway
from bot.web.needs import Door
from channels.base import Incoming, WebhookCall
from channels.errors import Forged, Malformed

Knock = Callable[..., Awaitable[TestClient[Any, Any]]]  # opens a door, and stands before it

NOW = 1_790_000_000_000
SECRET = "the-right-secret"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

CONSULTATION = Consultation(
    name="ess",
    title={"fr": "L'économie vue du terrain", "en": "The economy seen from below",
           "es": "La economía vista desde abajo"},
    languages=("fr", "en", "es"),
    source="fr",
    responsible={"fr": "le secrétariat", "en": "the secretariat", "es": "la secretaría"},
    reach_a_person={"fr": "écrivez"},
    networks=(Network("greniers", "Les Greniers"),),
)  # fmt: skip


@dataclass
class ListReceiver:
    """Writes down in a list; `fails` is raised instead."""

    taken: list[tuple[Incoming, bytes]] = field(default_factory=list)
    fails: Exception | None = None
    committed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.committed.set()

    async def take(self, messages: Sequence[tuple[Incoming, bytes]]) -> None:
        if self.fails:
            raise self.fails
        await self.committed.wait()
        self.taken += messages


class SecretReader:
    """Reads what has the right secret."""

    def read(self, call: WebhookCall) -> list[Incoming]:
        if not hmac.compare_digest(call.headers.get(HEADER, ""), SECRET):
            raise Forged("forged")
        if not call.body.startswith(b"{"):
            raise Malformed("no JSON")
        return [Incoming("telegram", "1", "message" if b"text" in call.body else "unreadable")]


class DictFiles:
    """Files by key."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    async def open(self, key: str) -> bytes:
        return self.files[key]


class DictMedia:
    """Recordings by key."""

    def __init__(self, kept: dict[str, bytes]) -> None:
        self.kept = kept

    def get(self, key: str) -> bytes:
        from bot.store.media import MediaGone

        if key not in self.kept:
            raise MediaGone
        return self.kept[key]


@dataclass
class Database:
    """Says whether all is well."""

    trouble: str = ""
    away: bool = False
    slow: bool = False

    async def __call__(self) -> str:
        if self.slow:
            await asyncio.sleep(60)
        if self.away:
            raise DatabaseAway
        return self.trouble


PAPER = """# Titre <script>alert(1)</script>

Un [lien](https://example.org) et [un piège](javascript:alert(1)).

![image](https://elsewhere.example/x.png)

<img src="https://elsewhere.example/y.png" onerror="alert(1)">
"""
FILES = {
    "paper.fr.md": PAPER.encode(),
    "paper.es.md": b"# El documento",
    "paper.fr.pdf": b"%PDF-1.7 francais",
    "audio/fr/paper.mp3": bytes(range(100)),
}
DOCUMENTS = {
    ("paper", "fr"): Document("paper", "Le papier", {"page": "paper.fr.md", "pdf": "paper.fr.pdf",
                                                     "audio": "audio/fr/paper.mp3"}),
    ("paper", "es"): Document("paper", "El papel", {"page": "paper.es.md"}),
    ("paper", "en"): Document("paper", "The paper", {}),
}  # fmt: skip


WHERE = {"telegram": "https://t.me/palabre_bot", "whatsapp": "https://wa.me/33700000001",
         "sms": "sms:+33700000002"}  # fmt: skip


def links(network: str) -> list[Way]:
    """Return every way to join."""
    return ways_to_join(network, WHERE, "https://x.example")


def a_door(**parts: Any) -> Door:
    """Return a door; `parts` replace the stand-ins."""
    standard: dict[str, Any] = {
        "receiver": ListReceiver(),
        "channels": {"telegram": SecretReader()},
        "trouble": Database(),
        "consultation": lambda: CONSULTATION,
        "document": lambda code, language: DOCUMENTS.get((code, language)),
        "files": DictFiles(FILES),
        "media": DictMedia({"key-1": bytes(range(256)) * 4}),
        "link_key": b"k" * 32,
        "clock": lambda: NOW,
        "joins": links,
    }
    return Door(**standard | parts)


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    from bot.language import current

    token = current.set(language)
    yield
    current.reset(token)
