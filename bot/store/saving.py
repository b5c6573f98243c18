"""A copy of an embedded house's data, whole at one moment, made while everything runs.

The key is never part of it: whoever finds a copy reads no number and hears no voice.
"""

import os
import shutil
from pathlib import Path

from sqlalchemy import Connection, delete, select

from bot.store.database import Database
from bot.store.media import named_keys
from bot.store.tables import blobs, sounds

DATABASE, RECORDINGS = "palabre.sqlite", "media"


def save(database: Database, recordings: Path, folder: Path) -> tuple[int, int]:
    """Copy the database, then the recordings that it names; (bytes, new recordings).

    Recordings are copied once; those of people who were forgotten leave the copy, too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    half, whole = folder / f"{DATABASE}.part", folder / DATABASE
    half.unlink(missing_ok=True)
    _copy_database(database, half)
    half.chmod(0o600)
    _flush(half)
    half.replace(whole)
    copied = Database(f"sqlite:///{whole}")
    try:
        copied.write_now(_without_sounds)
        wanted = copied.read_now(named_keys)
    finally:
        copied.close()
    return whole.stat().st_size, _copy_recordings(recordings, folder / RECORDINGS, wanted)


def _copy_database(database: Database, file: Path) -> None:
    """Write one consistent copy; whoever writes meanwhile is not held up."""
    with database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if raw is not None:
            raw.cursor().execute("VACUUM INTO ?", (str(file),))


def _without_sounds(connection: Connection) -> None:
    """Leave out what the bot said: it can be made again, and some of it holds names."""
    keys = set(connection.scalars(select(sounds.c.key))) - named_keys(connection)
    connection.execute(delete(sounds))
    for key in keys:
        connection.execute(delete(blobs).where(blobs.c.sha256 == key))


def _copy_recordings(source: Path, target: Path, wanted: set[str]) -> int:
    target.mkdir(parents=True, exist_ok=True)
    for file in target.glob("*/*/*"):
        if file.name not in wanted:
            file.unlink()
    new = 0
    for key in sorted(wanted):
        place = Path(key[:2]) / key[2:4] / key
        if (target / place).exists() or not (source / place).exists():
            continue
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        half = (target / place).with_suffix(".part")
        shutil.copyfile(source / place, half)
        half.replace(target / place)
        new += 1
    return new


def _flush(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
