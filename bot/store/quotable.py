"""Recordings that may be heard by others: their speakers said so, and have not taken it back."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, and_, exists, func, select

from bot.store.recordings import SOUNDS
from bot.store.tables import contribution_media, contributions, facts, media, participants
from bot.store.transcripts import newest

HEARD = "consent to be heard"


class Quotable(NamedTuple):
    """A recording that may be heard: whose it is, what it answers, and where its bytes lie."""

    contribution: str
    participant: int
    media: str
    original: str
    question: str
    item: str
    language: str
    region: str
    theme: str  # the first that the person put forward
    seconds: float
    speech_seconds: float
    transcript: str


_newer = facts.alias("newer")
_heard = (
    exists()
    .where(facts.c.participant_id == contributions.c.participant_id)
    .where(facts.c.name == HEARD, facts.c.value == '"yes"')
    .where(
        ~exists()
        .where(_newer.c.participant_id == facts.c.participant_id, _newer.c.name == HEARD)
        .where(_newer.c.id > facts.c.id)
        .correlate(facts)
    )
)
_stands = and_(
    contributions.c.superseded_at.is_(None),
    contributions.c.withdrawn_at.is_(None),
    contributions.c.hidden_at.is_(None),
    participants.c.consented.is_(True),
    media.c.state == "kept",
    media.c.kind.in_(SOUNDS),
    media.c.original != "",
    func.coalesce(media.c.speech_seconds, 1) > 0,
)


def of(connection: Connection, contribution: str) -> Quotable | None:
    """Return a contribution's first recording, None if it must not be heard, or there is none."""
    return next(_found(connection, contributions.c.id == contribution), None)


def in_phase(connection: Connection, phase: str, language: str) -> Iterator[Quotable]:
    """Yield what may be heard of a phase, in a language, oldest first."""
    wanted = and_(contributions.c.phase == phase, contributions.c.language == language)
    return _found(connection, wanted)


def _found(connection: Connection, wanted: Any) -> Iterator[Quotable]:
    c = contributions.c
    columns = (c.id, c.participant_id, media.c.id, media.c.original, c.question, c.item,
               c.language, _fact("region"), _fact("themes"), media.c.seconds,
               media.c.speech_seconds)  # fmt: skip
    query = (
        select(*columns)
        .join(participants, participants.c.id == c.participant_id)
        .join(contribution_media, contribution_media.c.contribution_id == c.id)
        .join(media, media.c.id == contribution_media.c.media_id)
        .where(_stands, _heard, wanted)
        .order_by(c.id, contribution_media.c.place)
    )
    for *row, region, themes, seconds, speech in connection.execute(query).all():
        written = newest(connection, [row[2]]).get(row[2])
        text = written.text if written else ""
        told = (_first(region), _first(themes), seconds or 0.0, speech or 0.0, text)
        yield Quotable._make((*row, *told))


def _first(value: str | None) -> str:
    """Return a fact's word, or the first of several."""
    found = msgspec.json.decode(value) if value else ""
    return str(found if isinstance(found, str) else next(iter(found or ()), ""))


def _fact(name: str) -> Any:
    mine = (facts.c.participant_id == contributions.c.participant_id) & (facts.c.name == name)
    return select(facts.c.value).where(mine).order_by(facts.c.id.desc()).limit(1).scalar_subquery()
