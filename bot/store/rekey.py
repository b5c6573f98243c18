"""Turn what is sealed to the newest key, chunk by chunk, while the house runs.

A sealed value says by its first byte which key closed it. Whatever says another number than the
newest is opened and closed anew, so stopping half-way does no harm; who changes a row meanwhile
closes it with the newest by themselves. The keyed hashes by which addresses and files are found
stay those of the first secret: of who was forgotten nothing else is left to make them from.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Connection, func, select, update

from bot.store import deliveries, handovers, inbox, links, media, participants, recordings
from bot.store.database import Database
from bot.store.seal import CannotOpen, Seal
from bot.store.tables import metadata

CHUNK = 500
# Table and column → the name under which its values are sealed.
SEALED: dict[tuple[str, str], bytes] = {
    ("participants", "state"): participants.STATE,
    ("addresses", "sealed"): participants.ADDRESS,
    ("inbox", "sealed"): inbox.COLUMN,
    ("deliveries", "sealed"): deliveries.COLUMN,
    ("media", "sealed_ref"): recordings.COLUMN,
    ("handover_words", "sealed"): handovers.WORDS,
    ("links", "sealed"): links.SEALED,
    ("blobs", "sealed"): media.COLUMN,
}


@dataclass
class Turned:
    """How much was turned, and how much does not open with any key that there is."""

    turned: int = 0
    lost: int = 0


def turn_all(
    database: Database, seal: Seal, folder: Path | None, told: Callable[[str, int], object]
) -> Turned:
    """Turn every table, then the files; `told` hears what is turned, and how many so far.

    Raises DatabaseAway. What was turned stays so, whenever one stops.
    """
    found = Turned()
    for name, column in SEALED:
        _turn_table(database, seal, metadata.tables[name].c[column], found)
        told(name, found.turned)
    if folder is not None and folder.is_dir():
        for file in _files(folder):
            _turn_file(file, seal, found)
        told("files", found.turned)
    return found


def _turn_table(database: Database, seal: Seal, column: Column[bytes], found: Turned) -> None:
    after: object = None
    while True:
        rows = database.write_now(_turn_chunk, seal, column, after, found)
        if not rows:
            return
        after = rows


def _turn_chunk(
    connection: Connection, seal: Seal, column: Column[bytes], after: object, found: Turned
) -> object:
    """Turn the next rows in order; return the last one's key, None at the end."""
    (key,) = column.table.primary_key.columns
    query = select(key, column).where(func.length(column) > 0).order_by(key).limit(CHUNK)
    rows = connection.execute(query.where(key > after) if after is not None else query).all()
    name = SEALED[str(column.table.name), column.name]
    for row_key, sealed in rows:
        if seal.is_newest(sealed):
            continue
        new = _anew(seal, name, sealed, found)
        if new is not None:  # unless somebody has changed it since it was read
            same = update(column.table).where(key == row_key, column == sealed)
            connection.execute(same.values({column.name: new}))
    return rows[-1][0] if rows else None


def _anew(seal: Seal, name: bytes, sealed: bytes, found: Turned) -> bytes | None:
    try:
        plain = seal.open(name, sealed)
    except CannotOpen:
        found.lost += 1
        return None
    found.turned += 1
    return seal.seal(name, plain)


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.glob("??/??/*")) if not file.name.endswith(".part"))


def _turn_file(file: Path, seal: Seal, found: Turned) -> None:
    """Put a file in the place of another, whole or not at all."""
    try:
        sealed = file.read_bytes()
    except FileNotFoundError:
        return  # somebody was forgotten meanwhile
    if seal.is_newest(sealed):
        return
    new = _anew(seal, media.COLUMN, sealed, found)
    if new is None:
        return
    half = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(new)
        out.flush()
        os.fsync(out.fileno())
    if file.exists():
        half.replace(file)
    else:
        half.unlink()
