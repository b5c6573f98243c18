"""Audio sessions that were given away: each has a page, and copies of its sound."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select

from bot.store import quotable
from bot.store.media import MediaStore, release
from bot.store.participants import note
from bot.store.tables import audio_sessions


class GivenAway(msgspec.Struct, frozen=True):
    """A session: `mp3`, `ogg` and `page` (its transcript, Markdown) are keys of the media store.

    Sizes are bytes. `sources`: the contributions that are heard in it.
    """

    code: str
    language: str
    title: str
    seconds: float
    mp3: str
    mp3_size: int
    ogg: str
    ogg_size: int
    page: str
    sources: tuple[str, ...] = ()


_COLUMNS = tuple(audio_sessions.c[name] for name in GivenAway.__struct_fields__)


def give_away(connection: Connection, sessions: Sequence[GivenAway], moment: int) -> None:
    """Write sessions down; the same sound twice is one session."""
    for one in sessions:
        if find(connection, one.code) is None:
            row = msgspec.structs.asdict(one) | {"made_at": moment}
            row["sources"] = msgspec.json.encode(one.sources).decode()
            connection.execute(insert(audio_sessions), row)
            note(connection, moment, "coordinator", "audio session", one.code)


def find(connection: Connection, code: str) -> GivenAway | None:
    """Return a session; None: there is none of this code, or it was taken back."""
    query = select(*_COLUMNS).where(audio_sessions.c.code == code)
    row = connection.execute(query).one_or_none()
    return _read(row) if row else None


def listed(connection: Connection) -> list[GivenAway]:
    """Return all of them, the newest first."""
    query = select(*_COLUMNS).order_by(audio_sessions.c.made_at.desc(), audio_sessions.c.code)
    return [_read(row) for row in connection.execute(query)]


def _read(row: Row[Any]) -> GivenAway:
    values: dict[str, Any] = dict(zip(GivenAway.__struct_fields__, row, strict=True))
    values["sources"] = msgspec.json.decode(values["sources"], type=tuple[str, ...])
    return GivenAway(**values)


def taken_back(connection: Connection, one: GivenAway) -> int:
    """Count what is heard in a session and may not be heard any more: it is stale, if any is."""
    return sum(quotable.of(connection, source) is None for source in one.sources)


def take_back(connection: Connection, store: MediaStore, code: str, moment: int) -> bool:
    """Delete a session's page and sound; False: there is none. What was sent stays with people."""
    one = find(connection, code)
    if one is None:
        return False
    connection.execute(delete(audio_sessions).where(audio_sessions.c.code == code))
    release(connection, store, (one.mp3, one.ogg, one.page))
    note(connection, moment, "coordinator", "audio session taken back", code)
    return True
