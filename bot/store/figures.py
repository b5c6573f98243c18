"""How many took part so far: counted over everything that still counts, for all to read."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from bot.store.recordings import SOUNDS
from bot.store.tables import contribution_media, contributions, facts, media, participants

Counts = dict[str, int]  # code → how many people
WELCOME = "welcome"  # what is asked of everybody there is no contribution to the subject


def counted(connection: Connection, *, trials: bool) -> tuple[Counts, dict[str, Counts]]:
    """Return how many of each thing there are, and people by what is known of them.

    People are those who take part and answered something beyond the welcome.
    """
    own = _counting(trials=trials)
    people = _said(participants.c.id).where(own).distinct()
    voices, minutes = _voices(connection, own)
    whole: Counts = {
        "people": connection.scalar(select(func.count()).select_from(people.subquery())) or 0,
        "answers": connection.scalar(_said(func.count()).where(own)) or 0,
        "voices": voices,
        "minutes": minutes,
    }
    return whole, {"language": _languages(connection, people), **_by_fact(connection, people)}


def _counting(*, trials: bool) -> ColumnElement[bool]:
    tests = [
        participants.c.consented.is_(True),
        participants.c.forgotten_at.is_(None),
        contributions.c.phase != WELCOME,
        contributions.c.superseded_at.is_(None),
        contributions.c.withdrawn_at.is_(None),
        contributions.c.hidden_at.is_(None),
    ]
    if not trials:
        tests.append(participants.c.trial.is_(False))
    return and_(*tests)


def _said(*columns: ColumnElement[Any]) -> Select[Any]:
    """Select of answers, with who said them today: linked people are one."""
    author = participants.alias("author")
    today = func.coalesce(author.c.merged_into, author.c.id)
    said = select(*columns).select_from(contributions)
    return said.join(author, author.c.id == contributions.c.participant_id).join(
        participants, participants.c.id == today
    )


def _voices(connection: Connection, own: ColumnElement[bool]) -> tuple[int, int]:
    """Return how many recordings there are that one can hear, and their minutes."""
    heard = (
        _said(media.c.id, media.c.seconds)
        .join(contribution_media, contribution_media.c.contribution_id == contributions.c.id)
        .join(media, media.c.id == contribution_media.c.media_id)
        .where(own, media.c.state == "kept", media.c.kind.in_(SOUNDS))
        .distinct()
        .subquery()
    )
    query = select(func.count(), func.coalesce(func.sum(heard.c.seconds), 0)).select_from(heard)
    count, seconds = connection.execute(query).one()
    return count, round(seconds / 60)


def _languages(connection: Connection, people: Select[Any]) -> Counts:
    query = select(participants.c.language, func.count()).where(participants.c.id.in_(people))
    rows = connection.execute(query.group_by(participants.c.language))
    return {language: count for language, count in rows if language}


FACTS = {"role": "role", "region": "region", "network": "network", "themes": "theme"}


def _by_fact(connection: Connection, people: Select[Any]) -> dict[str, Counts]:
    """Count people by what they said of themselves; the newest of a name is what counts."""
    newest = (
        select(func.max(facts.c.id))
        .where(facts.c.name.in_(FACTS), facts.c.participant_id.in_(people))
        .group_by(facts.c.participant_id, facts.c.name)
    )
    query = select(facts.c.name, facts.c.value, func.count()).where(facts.c.id.in_(newest))
    found = {kind: Counter[str]() for kind in FACTS.values()}
    for name, value, count in connection.execute(query.group_by(facts.c.name, facts.c.value)):
        for code in _codes(value):
            found[FACTS[name]][code] += count
    return {kind: dict(counts) for kind, counts in found.items()}


def _codes(value: str | None) -> Iterator[str]:
    held = json.loads(value) if value else ()
    codes: Iterable[str] = (held,) if isinstance(held, str) else held
    yield from dict.fromkeys(code for code in codes if code)
