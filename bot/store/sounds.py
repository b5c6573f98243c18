"""What the bot says aloud: made once, kept in the media store under a keyed hash of its words.

A sound in which somebody's name or words are heard belongs to them, and is dropped soon after.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)

from bot.store.database import Database
from bot.store.deliveries import COLUMN, NEVER
from bot.store.fast import found
from bot.store.media import MediaStore, release
from bot.store.seal import Seal
from bot.store.tables import deliveries, sounds

DAY_MS = 86_400_000
AT_A_TIME = 100  # sounds dropped in one transaction


class Sound(NamedTuple):
    """A sound that was made; `participant` is whose words are in it, None for everybody's."""

    digest: str
    participant: int | None
    key: str
    seconds: float
    size: int


class Wanted(NamedTuple):
    """A delivery that waits for its sound; `sealed` holds what is to be said."""

    speaks: str
    participant: int
    sealed: bytes

    def open(self, seal: Seal) -> bytes:
        """Return the Outgoing, as JSON."""
        return seal.open(COLUMN, self.sealed)


WAITS = text("deliveries.state = 'waiting' AND deliveries.speaks <> ''")  # as their index says it
# What was put by, or failed and waits for its next attempt, waits for no sound.
_HELD = and_(
    WAITS, deliveries.c.attempts == 0, deliveries.c.reason == "", deliveries.c.not_before < NEVER
)
_COLUMNS = (sounds.c.digest, sounds.c.participant_id, sounds.c.key, sounds.c.seconds, sounds.c.size)


def find(connection: Connection, digests: Iterable[str]) -> dict[str, Sound]:
    """Return those of these sounds that there are, by digest."""
    query = select(*_COLUMNS).where(sounds.c.digest.in_(list(digests)))
    return {row[0]: Sound(*row) for row in connection.execute(query)}


def keep(connection: Connection, database: Database, made: Sound, moment: int) -> bool:
    """Write a sound down; one made twice at the same time is one.

    Somebody's own is kept only while a message waits for it: they may have been forgotten.
    """
    waits = select(deliveries.c.id).where(deliveries.c.speaks == made.digest, WAITS).limit(1)
    if made.participant is not None and connection.scalar(waits) is None:
        return False
    row = dict(zip((one.name for one in _COLUMNS), made, strict=True))
    new = row | {"made_at": moment, "used_at": moment}
    connection.execute(database.upsert(sounds, ("digest",), (*list(row)[1:], "used_at")), [new])
    return True


def used(connection: Connection, digests: Iterable[str], moment: int) -> None:
    """Note that sounds are still wanted: a day's precision will do."""
    old = (sounds.c.digest.in_(list(digests))) & (sounds.c.used_at < moment - DAY_MS)
    connection.execute(update(sounds).where(old).values(used_at=moment))


def wanted(
    connection: Connection, channels: Collection[str], moment: int, limit: int
) -> list[Wanted]:
    """Return what waits for its sound, one delivery a sound, replies first."""
    asked = {"channels": list(channels), "moment": moment, "most": limit}
    first: dict[str, Wanted] = {}
    for row in found(connection, _wanted, asked):
        first.setdefault(row[0], Wanted(*row))
    return list(first.values())


_wanted = (
    select(deliveries.c.speaks, deliveries.c.participant_id, deliveries.c.sealed)
    .where(
        _HELD,
        deliveries.c.speaks > "",
        deliveries.c.not_before > bindparam("moment"),
        ~exists().where(sounds.c.digest == deliveries.c.speaks),
        # Joined with nothing: not by the index of all that waits.
        (deliveries.c.channel + "").in_(bindparam("channels", expanding=True)),
    )
    .order_by(deliveries.c.rank + 0, deliveries.c.id)
    .limit(bindparam("most"))
)


def let_go(connection: Connection, speaks: str) -> None:
    """Send at once what waited for a sound: it was made."""
    mine = and_(deliveries.c.speaks == speaks, _HELD)
    connection.execute(update(deliveries).where(mine).values(not_before=0))


def give_up(connection: Connection, speaks: str) -> None:
    """Send at once, as text, what waited for a sound that cannot be made."""
    mine = and_(deliveries.c.speaks == speaks, _HELD)
    connection.execute(update(deliveries).where(mine).values(not_before=0, speaks=""))


def drop_old(
    connection: Connection, store: MediaStore, *, personal_before: int, unused_since: int
) -> int:
    """Drop what holds somebody's words, and what nobody has heard for long; return how many.

    A few at a time: each is waited for, held and deleted where it lies.
    """
    personal = sounds.c.participant_id.is_not(None) & (sounds.c.made_at < personal_before)
    old = or_(personal, sounds.c.used_at < unused_since)
    some = list(connection.scalars(select(sounds.c.digest).where(old).limit(AT_A_TIME)))
    return _drop(connection, store, sounds.c.digest.in_(some))


def oldest_personal(connection: Connection) -> int | None:
    """Return when the oldest sound with somebody's words in it was made."""
    oldest: int | None = found(connection, _oldest_personal, {})[0][0]
    return oldest


_oldest_personal = select(func.min(sounds.c.made_at)).where(sounds.c.participant_id.is_not(None))


def drop_of(connection: Connection, store: MediaStore, people: Sequence[int]) -> int:
    """Drop every sound in which the words of these people are heard; return how many."""
    return _drop(connection, store, sounds.c.participant_id.in_(people))


def _drop(connection: Connection, store: MediaStore, which: ColumnElement[bool]) -> int:
    keys = list(connection.scalars(select(sounds.c.key).where(which)))
    connection.execute(delete(sounds).where(which))
    release(connection, store, keys)
    return len(keys)
