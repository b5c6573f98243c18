"""Audio sessions that were given away: each has a page, and copies of its sound."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, select

from bot.store.media import MediaStore, release
from bot.store.participants import note
from bot.store.tables import audio_sessions


class GivenAway(msgspec.Struct, frozen=True):
    """A session: `mp3`, `ogg` and `page` (its transcript, Markdown) are keys of the media store.

    Sizes are bytes.
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


_COLUMNS = tuple(audio_sessions.c[name] for name in GivenAway.__struct_fields__)


def give_away(connection: Connection, sessions: Sequence[GivenAway], moment: int) -> None:
    """Write sessions down; the same sound twice is one session."""
    for one in sessions:
        if find(connection, one.code) is None:
            row = msgspec.structs.asdict(one) | {"made_at": moment}
            connection.execute(insert(audio_sessions), row)
            note(connection, moment, "coordinator", "audio session", one.code)


def find(connection: Connection, code: str) -> GivenAway | None:
    """Return a session; None: there is none of this code, or it was taken back."""
    query = select(*_COLUMNS).where(audio_sessions.c.code == code)
    row = connection.execute(query).one_or_none()
    return GivenAway(*row) if row else None


def listed(connection: Connection) -> list[GivenAway]:
    """Return all of them, the newest first."""
    query = select(*_COLUMNS).order_by(audio_sessions.c.made_at.desc(), audio_sessions.c.code)
    return [GivenAway(*row) for row in connection.execute(query)]


def take_back(connection: Connection, store: MediaStore, code: str, moment: int) -> bool:
    """Delete a session's page and sound; False: there is none. What was sent stays with people."""
    one = find(connection, code)
    if one is None:
        return False
    connection.execute(delete(audio_sessions).where(audio_sessions.c.code == code))
    release(connection, store, (one.mp3, one.ogg, one.page))
    note(connection, moment, "coordinator", "audio session taken back", code)
    return True
