"""Give an audio session away: its page, and the copy that each channel can carry."""

import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.dialogue.flow import Document
from bot.dialogue.reply import Attachment, Prompt
from bot.gateway.files import MEDIA
from bot.gateway.house import House
from bot.store.audio_sessions import GivenAway, find, give_away, taken_back
from bot.store.media import MediaStore
from bot.voice.encode import VOICE_BYTES
from bot.voice.sniff import MP3, OGG_OPUS, sniff
from channels.base import Capabilities

SOUNDS = ("session.mp3", "session.ogg")
TRANSCRIPT = "transcript.md"
SOURCES = "sources.csv"
_CODE = re.compile("s-[0-9a-f]{12}")  # whatever else is asked for is not looked up


class NoSession(Exception):
    """This is no audio session: name the folder that `palabre audio-session make` wrote:"""


@dataclass(frozen=True)
class Ready:
    """A session as it lies in its folder, read whole."""

    given: GivenAway
    mp3: bytes = field(repr=False)
    ogg: bytes = field(repr=False)
    page: bytes = field(repr=False)

    def keep(self, store: MediaStore) -> None:
        """Put its bytes where every process finds them."""
        for data in (self.mp3, self.ogg, self.page):
            store.put(data)


def read_session(folder: Path, store: MediaStore) -> Ready:
    """Read what `audio-session make` wrote; nothing is kept yet. Raises NoSession."""
    from mutagen import MutagenError
    from mutagen.oggopus import OggOpus

    try:
        mp3, ogg, page = ((folder / name).read_bytes() for name in (*SOUNDS, TRANSCRIPT))
        tags: Any = OggOpus(io.BytesIO(ogg))
    except (OSError, MutagenError):
        raise NoSession(f"{NoSession.__doc__} {folder}") from None
    title, language = (str((tags.get(name) or [""])[0]) for name in ("title", "language"))
    if sniff(mp3) != MP3 or sniff(ogg) != OGG_OPUS or not (title and language):
        raise NoSession(f"{NoSession.__doc__} {folder}")
    key = store.key(mp3)
    given = GivenAway(f"s-{key[:12]}", language, title, round(tags.info.length, 1), key, len(mp3),
                      store.key(ogg), len(ogg), store.key(page), _sources(folder))  # fmt: skip
    return Ready(given, mp3, ogg, page)


def _sources(folder: Path) -> tuple[str, ...]:
    """Return the contributions that are heard in it, as the list beside its sound says."""
    try:
        rows = (folder / SOURCES).read_text("utf-8").splitlines()[1:]
    except OSError:
        return ()
    return tuple(dict.fromkeys(row.partition(",")[0] for row in rows))


def keep_sessions(connection: Connection, house: House, sessions: tuple[Ready, ...]) -> None:
    """Write sessions down; their bytes must have been kept."""
    give_away(connection, [one.given for one in sessions], house.clock())


@dataclass(frozen=True)
class Rendition:
    """How a channel carries a session: as a voice message, as audio, or as a link to its page."""

    kind: str  # voice, audio, link
    key: str = ""
    size: int = 0


def rendition(one: GivenAway, can: Capabilities) -> Rendition:
    """Choose what fits: a voice message where it shows as one, else the MP3 with its chapters."""
    if "voice" in can.carries and one.ogg_size <= VOICE_BYTES:
        return Rendition("voice", f"{MEDIA}{one.ogg}.ogg", one.ogg_size)
    if can.plays_sound and "audio" in can.carries and one.mp3_size <= can.file_limit:
        return Rendition("audio", f"{MEDIA}{one.mp3}.mp3", one.mp3_size)
    return Rendition("link")


def prompt_of(one: GivenAway, can: Capabilities) -> Prompt:
    """Return the prompt that pushes a session on a channel."""
    found = rendition(one, can)
    files = {"audio": found.key} if found.key else {}
    return Prompt("", "attached", attach=Attachment(one.code, one.title, files))


def page_of(connection: Connection, code: str) -> Document | None:
    """Return a session as a document that has a page of its own, unless it is stale."""
    one = find(connection, code) if _CODE.fullmatch(code) else None
    if one is None or taken_back(connection, one):
        return None
    files = {"audio": f"{MEDIA}{one.mp3}.mp3", "page": f"{MEDIA}{one.page}.md"}
    return Document(one.code, one.title, files)
