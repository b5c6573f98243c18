"""Which recording is to be written down by an engine next."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, exists, select

from bot.store.recordings import SOUNDS
from bot.store.tables import (
    contribution_media,
    contributions,
    media,
    participants,
    transcripts,
)
from bot.store.unheard import is_known, name_of, spoken_fact

WORDLESS = ("no_speech", "silent")
LOOK = 50  # rows; those in other languages are passed over


class Unwritten(NamedTuple):
    """A recording in which somebody speaks: its bytes, and the languages of talk and speaker."""

    media: str
    original: str
    language: str
    spoken: str


def next_one(
    connection: Connection, held: Collection[str], written: Collection[str]
) -> Unwritten | None:
    """Return the oldest that nobody and nothing wrote down, but for those `held` back.

    `written` are the names of the languages that may be written down by an engine.
    """
    after = ""
    while rows := connection.execute(_page(held, after)).all():
        for media_id, original, language, told in rows:
            spoken = name_of(told)
            if is_known(spoken, written):
                return Unwritten(media_id, original, language, spoken)
        after = rows[-1][0]
    return None


def _page(held: Collection[str], after: str) -> Select[Any]:
    query = (
        select(media.c.id, media.c.original, contributions.c.language, spoken_fact())
        .join(contribution_media, contribution_media.c.media_id == media.c.id)
        .join(contributions, contributions.c.id == contribution_media.c.contribution_id)
        .join(participants, participants.c.id == contributions.c.participant_id)
        .where(media.c.kind.in_(SOUNDS), media.c.state == "kept")
        .where(media.c.verdict.not_in(WORDLESS), media.c.original != "")
        .where(participants.c.consented.is_(True), contributions.c.withdrawn_at.is_(None))
        .where(~exists().where(transcripts.c.media_id == media.c.id))
        .where(media.c.id > after)
    )
    if held:
        query = query.where(media.c.id.not_in(list(held)))
    return query.order_by(media.c.id).limit(LOOK)


def still_there(connection: Connection, media_id: str) -> bool:
    """Hold a recording's row; False: it was erased."""
    query = select(media.c.id).where(media.c.id == media_id).with_for_update()
    return connection.scalar(query) is not None
