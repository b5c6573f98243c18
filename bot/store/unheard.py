"""What waits for somebody to listen: answers that nobody understood, notes that no machine can."""

from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update

from bot.store.recordings import SOUNDS
from bot.store.refusal import TAKE_PART
from bot.store.tables import (
    contribution_media,
    contributions,
    facts,
    media,
    participants,
    transcripts,
)
from bot.store.transcripts import FAILED

MOST = 500  # rows of one look


class Unheard(NamedTuple):
    """A contribution that waits, oldest first; `unresolved`: it must be coded."""

    id: str
    participant: int
    pseudonym: str
    place: str
    flow: str
    revision: str
    step: str
    question: str
    text: str
    comment: str
    fact: str
    language: str
    network: str
    unresolved: bool
    asked_at: int
    answered_at: int
    seconds: float | None  # of all its recordings
    spoken_language: str  # as its speaker calls it, "" if never told


_stands = and_(
    contributions.c.superseded_at.is_(None),
    contributions.c.withdrawn_at.is_(None),
    contributions.c.hidden_at.is_(None),
    # whether someone takes part may itself be what waits to be heard
    or_(participants.c.consented.is_(True), contributions.c.fact == TAKE_PART),
)
_recorded = and_(
    contribution_media.c.contribution_id == contributions.c.id,
    media.c.id == contribution_media.c.media_id,
    media.c.kind.in_(SOUNDS),
    media.c.state == "kept",
)
_of_it = (transcripts.c.media_id == media.c.id) & (transcripts.c.kind != FAILED)
_unwritten = exists().where(_recorded, ~exists().where(_of_it).correlate(media))
_unresolved = contributions.c.state == "unresolved"


def spoken_fact() -> Any:
    """Return the newest fact on the language that somebody speaks."""
    mine = (facts.c.participant_id == contributions.c.participant_id) & (
        facts.c.name == "spoken language"
    )
    return select(facts.c.value).where(mine).order_by(facts.c.id.desc()).limit(1).scalar_subquery()


def waiting(
    connection: Connection,
    *,
    network: str = "",
    written: Collection[str] = (),
    every: bool = False,
    trials: bool = False,
    only: str = "",
) -> list[Unheard]:
    """Return what waits: unresolved answers, and notes in languages that are not `written` here.

    `written` are names of languages, lower case, as people call them; `every`: whatever was
    recorded and nobody wrote down, too; `only`: this contribution alone, if it waits.
    """
    spoken = spoken_fact()
    length = select(func.sum(media.c.seconds)).where(_recorded).scalar_subquery()
    c = contributions.c
    columns = (c.id, c.participant_id, participants.c.pseudonym, c.place, c.flow, c.revision,
               c.step, c.question, c.text, c.comment, c.fact, c.language, participants.c.network,
               _unresolved, c.asked_at, c.answered_at, length, spoken)  # fmt: skip
    query = select(*columns).join(participants, participants.c.id == c.participant_id)
    query = query.where(_stands, or_(_unresolved, _unwritten))
    if not trials:
        query = query.where(participants.c.trial.is_(False))
    query = query.where(_if_any(participants.c.network, network), _if_any(c.id, only))
    found = []
    for *row, told in connection.execute(query.order_by(c.id).limit(MOST)):
        one = Unheard._make((*row, name_of(told)))
        if one.unresolved or every or not is_known(one.spoken_language, written):
            found.append(one)
    return found


def _if_any(column: ColumnElement[str], wanted: str) -> ColumnElement[bool]:
    return column == wanted if wanted else column.is_not(None)


def name_of(value: str | None) -> str:
    found = msgspec.json.decode(value) if value else ""
    return found if isinstance(found, str) else ""


def is_known(spoken: str, written: Collection[str]) -> bool:
    """Say whether a language is one that the team reads; who never told speaks the talk's own."""
    return not spoken or any(name in spoken.casefold() for name in written)


def resolve(connection: Connection, contribution: str, codes: Collection[str], by: str) -> bool:
    """Write what a listener heard into an answer that waited; False: it waits no more."""
    values: dict[str, Any] = {"state": "kept", "coded_by": by}
    if len(codes) == 1:
        values["code"] = next(iter(codes))
    else:
        values["codes"] = msgspec.json.encode(list(codes)).decode()
    waits = (contributions.c.id == contribution) & _unresolved
    return connection.execute(update(contributions).where(waits).values(values)).rowcount == 1


def say_who_coded(connection: Connection, participant: int, place: str, by: str) -> None:
    """Name the listener in the answer that a waiting talk made of what was heard."""
    mine = (contributions.c.participant_id == participant) & (contributions.c.place == place)
    now = mine & contributions.c.superseded_at.is_(None)
    connection.execute(update(contributions).where(now).values(coded_by=by))
