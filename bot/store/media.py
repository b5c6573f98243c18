"""Where the bytes of recordings and photos lie: sealed, each kept once however often it was sent.

A key is a keyed hash of the bytes, so a note that two people forwarded is one file. Whether a
key is still needed is counted in the table `media`, never guessed from the files.
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol, runtime_checkable

from sqlalchemy import Connection, delete, func, or_, select, text

from bot.store.database import Database
from bot.store.seal import Seal
from bot.store.tables import audio_sessions, blobs, known_files, media, sounds

COLUMN = b"media"
_GIVEN = (audio_sessions.c.mp3, audio_sessions.c.ogg, audio_sessions.c.page)
COPIES = (media.c.original, media.c.playable, media.c.resendable)  # what a recording's row names


class MediaGone(Exception):
    """The bytes of a recording are not where they were put. Is MEDIA_URL still the same?"""


class MediaStore(Protocol):
    """Keeps bytes under a key made of them. All calls block: call them from a thread."""

    def key(self, data: bytes) -> str:
        """Return the key under which `put` would keep these bytes."""
        ...

    def put(self, data: bytes) -> str:
        """Keep bytes for good and return their key; the same bytes twice are kept once."""
        ...

    def get(self, key: str) -> bytes:
        """Return the bytes as they were. Raises MediaGone, CannotOpen."""
        ...

    def drop(self, connection: Connection, key: str) -> None:
        """Delete the bytes of a key, if they are there; call `release` instead."""
        ...


@runtime_checkable
class Turnable(Protocol):
    """A store outside the database, whose bytes can be sealed anew one by one."""

    def all_keys(self) -> Iterator[str]:
        """Yield every key, in order."""
        ...

    def sealed(self, key: str) -> tuple[bytes, object]:
        """Return the bytes as they lie there, and what says this version. Raises MediaGone."""
        ...

    def replace(self, key: str, sealed: bytes, version: object) -> None:
        """Put other bytes in their place, whole or not at all; not where they have gone."""
        ...


class FileMedia:
    """Sealed files in a folder, two levels deep."""

    def __init__(self, folder: Path, seal: Seal) -> None:
        self.folder = folder
        self._seal = seal

    def key(self, data: bytes) -> str:
        """See MediaStore."""
        return self._seal.fingerprint(data)

    def put(self, data: bytes) -> str:
        """See MediaStore. A file is there whole or not at all, also after a power cut."""
        key = self.key(data)
        file = self._file(key)
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            half = file.with_name(f"{key}.{secrets.token_hex(4)}.part")
            try:
                _write(half, self._seal.seal(COLUMN, data))
                half.replace(file)
            finally:
                half.unlink(missing_ok=True)  # of a full disk
            for folder in (file.parent, file.parent.parent, self.folder):
                _flush(folder)
        return key

    def get(self, key: str) -> bytes:
        """See MediaStore."""
        sealed, _version = self.sealed(key)
        return self._seal.open(COLUMN, sealed)

    def drop(self, connection: Connection, key: str) -> None:
        """See MediaStore."""
        self._file(key).unlink(missing_ok=True)

    def all_keys(self) -> Iterator[str]:
        """See Turnable."""
        files = sorted(self.folder.glob("??/??/*"))
        return (one.name for one in files if not one.name.endswith(".part"))

    def sealed(self, key: str) -> tuple[bytes, object]:
        """See Turnable."""
        try:
            return self._file(key).read_bytes(), None
        except FileNotFoundError:
            raise MediaGone(MediaGone.__doc__) from None

    def replace(self, key: str, sealed: bytes, version: object) -> None:
        """See Turnable."""
        file = self._file(key)
        half = file.with_name(f"{key}.{secrets.token_hex(4)}.part")
        try:
            _write(half, sealed)
            if file.exists():
                half.replace(file)
        finally:
            half.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:4] / key


class DatabaseMedia:
    """Sealed rows of the table `blobs`, for machines whose disks are thrown away."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def key(self, data: bytes) -> str:
        """See MediaStore."""
        return self._seal.fingerprint(data)

    def put(self, data: bytes) -> str:
        """See MediaStore."""
        row = {"sha256": self.key(data), "sealed": self._seal.seal(COLUMN, data)}
        self._database.write_now(lambda c: self._database.insert_new(c, blobs, [row]))
        return str(row["sha256"])

    def get(self, key: str) -> bytes:
        """See MediaStore."""
        query = select(blobs.c.sealed).where(blobs.c.sha256 == key)
        sealed = self._database.read_now(lambda c: c.scalar(query))
        if sealed is None:
            raise MediaGone(MediaGone.__doc__)
        return self._seal.open(COLUMN, sealed)

    def drop(self, connection: Connection, key: str) -> None:
        """See MediaStore."""
        connection.execute(delete(blobs).where(blobs.c.sha256 == key))


def open_media(url: str, *, database: Database, seal: Seal, folder: Path) -> MediaStore:
    """Open what MEDIA_URL names; empty: files in `folder` with SQLite, else the database."""
    if url.startswith("db:") or not (url or database.embedded):
        return DatabaseMedia(database, seal)
    if url.startswith("s3:"):
        from bot.store.bucket import open_bucket

        return open_bucket(url, seal)
    return FileMedia(Path(url.removeprefix("file:") or folder), seal)


def hold_key(connection: Connection, key: str) -> None:
    """Wait for whoever counts or takes this key (PostgreSQL; SQLite has one writer)."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
        connection.execute(lock, {"key": f"media {key}"})


def references(connection: Connection, key: str) -> int:
    """Count the rows that name a key: of recordings, of audio sessions, of what we said."""
    found = 0
    for columns in (COPIES, _GIVEN, (sounds.c.key,)):
        query = select(func.count()).where(or_(*(column == key for column in columns)))
        found += connection.scalar(query) or 0
    return found


def named_keys(connection: Connection) -> set[str]:
    """Return the keys of recordings and audio sessions: what cannot be made again."""
    rows = [row for columns in (COPIES, _GIVEN) for row in connection.execute(select(*columns))]
    return {key for row in rows for key in row if key}


def release(connection: Connection, store: MediaStore, keys: Iterable[str]) -> int:
    """Delete the bytes that no row names any more; return how many files that were."""
    dropped = 0
    for key in sorted(set(keys) - {""}):
        hold_key(connection, key)
        if not references(connection, key):
            store.drop(connection, key)
            connection.execute(delete(known_files).where(known_files.c.sha256 == key))
            dropped += 1
    return dropped


def _write(file: Path, data: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _flush(folder: Path) -> None:
    """Write a folder's list of names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
