"""Opens what a channel must send: a document of the consultation, or a recording in the store."""

import asyncio
import hashlib
from pathlib import Path

from bot.gateway.export.bare import bare
from bot.store.media import MediaGone, MediaStore
from bot.store.seal import CannotOpen
from channels.base import Capabilities

MEDIA = "media:"  # before the key of something in the media store; an ending may stand behind it


def media_key(key: str) -> str:
    """Return under which key the media store holds what "media:KEY.mp3" names."""
    return key.removeprefix(MEDIA).partition(".")[0]


def sound_file(playable: str, resendable: str, can: Capabilities) -> str:
    """Name the copy of a recording that a channel shows best, "" if there is none.

    One that knows voice messages is given OGG/Opus; a browser plays MP3 wherever it runs.
    """
    if resendable and "voice" in can.carries:
        return f"{MEDIA}{resendable}.ogg"
    return f"{MEDIA}{playable}.mp3" if playable else ""


class HouseFiles:
    """Documents lie in a folder; whatever was recorded lies in the media store."""

    def __init__(self, documents: Path, media: MediaStore) -> None:
        self._documents = documents.resolve()
        self._media = media
        self._digests: dict[str, tuple[int, str]] = {}

    async def open(self, key: str) -> bytes:
        """See Files."""
        return await asyncio.to_thread(self.read, key)

    def read(self, key: str) -> bytes:
        """Return the bytes of a file; KeyError if none can be opened, OSError if it is away now."""
        if key.startswith(MEDIA):
            try:
                return bare(self._media.get(media_key(key)))
            except (MediaGone, CannotOpen):
                raise KeyError(key) from None
        return self._document(key).read_bytes()

    def digest(self, key: str) -> str:
        """Return what tells the content of a key apart, "" if there is none."""
        if key.startswith(MEDIA):
            return media_key(key)
        try:
            file = self._document(key)
        except KeyError:
            return ""
        changed = file.stat().st_mtime_ns
        known = self._digests.get(key)
        if known is None or known[0] != changed:
            known = (changed, hashlib.sha256(file.read_bytes()).hexdigest())
            self._digests[key] = known
        return known[1]

    def _document(self, key: str) -> Path:
        file = (self._documents / key).resolve()
        if not file.is_relative_to(self._documents) or not file.is_file():
            raise KeyError(key)
        return file
