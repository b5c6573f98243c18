"""Turn what is sealed to the newest key, chunk by chunk, while the house runs.

A sealed value says by its first byte which key closed it. Whatever says another number than the
newest is opened and closed anew, so stopping half-way does no harm; who changes a row meanwhile
closes it with the newest by themselves. The keyed hashes by which addresses and files are found
stay those of the first secret: of who was forgotten nothing else is left to make them from.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, Connection, func, select, update

from bot.store import (
    deliveries,
    handovers,
    inbox,
    links,
    media,
    pages,
    participants,
    persons,
    recordings,
)
from bot.store.database import Database
from bot.store.media import MediaGone, Turnable
from bot.store.seal import CannotOpen, Seal
from bot.store.tables import metadata

CHUNK = 500
# Table and column → the name under which its values are sealed.
SEALED: dict[tuple[str, str], bytes] = {
    ("participants", "state"): persons.STATE,
    ("addresses", "sealed"): participants.ADDRESS,
    ("inbox", "sealed"): inbox.COLUMN,
    ("deliveries", "sealed"): deliveries.COLUMN,
    ("media", "sealed_ref"): recordings.COLUMN,
    ("handover_words", "sealed"): handovers.WORDS,
    ("links", "sealed"): links.SEALED,
    ("listening_pages", "sealed"): pages.COLUMN,
    ("blobs", "sealed"): media.COLUMN,
}


@dataclass
class Turned:
    """How much was turned, and how much does not open with any key that there is."""

    turned: int = 0
    lost: int = 0


def turn_all(
    database: Database, seal: Seal, store: Turnable | None, told: Callable[[str, int], object]
) -> Turned:
    """Turn every table, then what lies outside; `told` hears what is turned, and how many so far.

    Raises DatabaseAway, BucketAway. What was turned stays so, whenever one stops.
    """
    found = Turned()
    for name, column in SEALED:
        _turn_table(database, seal, metadata.tables[name].c[column], found)
        told(name, found.turned)
    if store is not None:
        for key in store.all_keys():
            _turn_object(store, key, seal, found)
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


def _turn_object(store: Turnable, key: str, seal: Seal, found: Turned) -> None:
    with contextlib.suppress(MediaGone):  # somebody was forgotten meanwhile
        sealed, version = store.sealed(key)
        if seal.is_newest(sealed):
            return
        new = _anew(seal, media.COLUMN, sealed, found)
        if new is not None:
            store.replace(key, new, version)
