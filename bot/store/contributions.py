"""Reading contributions for those who draft: a page at a time, so that memory stays flat."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, text

from bot.store.tables import contribution_media, contributions, facts, media, participants
from bot.store.transcripts import Transcript, holding
from bot.store.translations import Translation, of_contributions, of_transcripts

PAGE = 500
NAMES = ("first name",)  # facts that name a person: never read for a drafter


class Wanted(NamedTuple):
    """Which contributions are read; of people who consented to take part, as it is now."""

    phase: str = ""
    since: int | None = None  # answered at or after
    everything: bool = False  # the hidden, withdrawn and superseded ones too
    trials: bool = False
    only: str = ""  # this one alone
    into: str = ""  # translated into this language; "": whichever was made last


class Recording(NamedTuple):
    """A recording, photo or document that belongs to a contribution."""

    place: int
    kind: str
    state: str  # pending, kept, refused, lost
    mime: str
    original: str
    playable: str
    seconds: float | None
    peaks: str
    written: Transcript | None = None  # what is said in it, as far as somebody wrote it down
    translated: Translation | None = None  # the same for those who draft
    media: str = ""


class Line(NamedTuple):
    """A contribution, with what is known of its author now: `facts` by name."""

    id: str
    participant: int
    pseudonym: str
    phase: str
    flow: str
    revision: str
    step: str
    item: str
    about: str
    question: str
    code: str
    codes: tuple[str, ...]
    value: Any
    text: str
    comment: str
    fact: str
    language: str
    channel: str
    state: str
    asked_at: int
    answered_at: int
    coded_by: str
    spoken_language: str
    assisted_by: str
    facts: dict[str, Any]
    recordings: tuple[Recording, ...]
    translated: Translation | None = None  # its words, for those who draft


def one_moment(connection: Connection) -> None:
    """See the database as it is now until the transaction ends. Call it first of all."""
    if connection.dialect.name == "postgresql":  # SQLite's readers always do
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def lines(connection: Connection, wanted: Wanted) -> Iterator[Line]:
    """Yield contributions, oldest first."""
    after = ""
    while page := _page(connection, wanted, after):
        known = _facts(connection, {row.person for row in page})
        ids = [row.id for row in page]
        sent = _recordings(connection, ids, wanted.into)
        translated = of_contributions(connection, ids, wanted.into)
        twice = set() if wanted.everything else _said_again(connection, page)
        for row in page:
            if row.id not in twice:
                yield _line(row, known[row.person], tuple(sent[row.id]), translated.get(row.id))
        after = page[-1].id


_own = participants.alias("own")  # who said it; `participants` is who they are today
_PERSON = func.coalesce(_own.c.merged_into, _own.c.id)


def _said_again(connection: Connection, page: Sequence[Row[Any]]) -> set[str]:
    """Return answers that their person gave again on a channel that is linked today.

    The newest of a place wins, as it does where one person has one channel.
    """
    kept = {row.person for row in page}
    linked = set(connection.scalars(
        select(participants.c.merged_into).where(participants.c.merged_into.in_(kept))
    ))  # fmt: skip
    places = [row.place for row in page if row.person in linked]
    if not places:
        return set()
    newest = (
        select(_PERSON, contributions.c.place, func.max(contributions.c.id))
        .join(_own, _own.c.id == contributions.c.participant_id)
        .where(
            or_(_own.c.id.in_(linked), _own.c.merged_into.in_(linked)),
            contributions.c.place.in_(places),
            contributions.c.superseded_at.is_(None),
            contributions.c.withdrawn_at.is_(None),
        )
        .group_by(_PERSON, contributions.c.place)
    )
    last = {(row[0], row[1]): row[2] for row in connection.execute(newest)}
    return {row.id for row in page
            if last.get((row.person, row.place), row.id) != row.id}  # fmt: skip


def _page(connection: Connection, wanted: Wanted, after: str) -> Sequence[Row[Any]]:
    query = (
        select(contributions, participants.c.pseudonym, participants.c.id.label("person"))
        .join(_own, _own.c.id == contributions.c.participant_id)
        .join(participants, participants.c.id == _PERSON)
    )
    query = query.where(_chosen(wanted), contributions.c.id > after)
    return connection.execute(query.order_by(contributions.c.id).limit(PAGE)).all()


def _chosen(wanted: Wanted) -> ColumnElement[bool]:
    tests: list[ColumnElement[bool]] = [
        participants.c.consented.is_(True),
        contributions.c.fact.not_in(NAMES),
    ]
    if not wanted.trials:
        tests.append(participants.c.trial.is_(False))
    if wanted.only:
        tests.append(contributions.c.id == wanted.only)
    if wanted.phase:
        tests.append(contributions.c.phase == wanted.phase)
    if wanted.since is not None:
        tests.append(contributions.c.answered_at >= wanted.since)
    if not wanted.everything:
        ends = (contributions.c.superseded_at, contributions.c.withdrawn_at,
                contributions.c.hidden_at)  # fmt: skip
        tests.extend(column.is_(None) for column in ends)
    return and_(*tests)


def _facts(connection: Connection, people: set[int]) -> dict[int, dict[str, Any]]:
    """Return what is known of people; the newest of a name wins."""
    columns = (facts.c.participant_id, facts.c.name, facts.c.value)
    query = select(*columns).where(facts.c.participant_id.in_(people), facts.c.name.not_in(NAMES))
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for owner, name, value in connection.execute(query.order_by(facts.c.id)):
        found[owner][name] = None if value is None else json.loads(value)
    return found


def _recordings(
    connection: Connection, ids: Sequence[str], into: str
) -> dict[str, list[Recording]]:
    link = contribution_media.c
    columns = (link.contribution_id, link.place, media.c.kind, media.c.state, media.c.mime,
               media.c.original, media.c.playable, media.c.seconds, media.c.peaks,
               media.c.id)  # fmt: skip
    query = select(*columns).join(media, media.c.id == link.media_id)
    query = query.where(link.contribution_id.in_(ids)).order_by(link.place)
    rows = connection.execute(query).all()
    written = holding(connection, {row.id for row in rows}) if rows else {}
    translated = of_transcripts(connection, [one.id for one in written.values()], into)
    found: dict[str, list[Recording]] = defaultdict(list)
    for contribution, *rest, media_id in rows:
        one = written.get(media_id)
        said = (one.written, translated.get(one.id)) if one else (None, None)
        found[contribution].append(Recording._make((*rest, *said, media_id)))
    return found


def _line(
    row: Row[Any],
    known: dict[str, Any],
    sent: tuple[Recording, ...],
    translated: Translation | None,
) -> Line:
    return Line(
        row.id, row.person, row.pseudonym, row.phase, row.flow, row.revision, row.step,
        row.item, row.about, row.question, row.code, tuple(json.loads(row.codes)),
        None if row.value is None else json.loads(row.value), row.text, row.comment, row.fact,
        row.language, row.channel, _state(row), row.asked_at, row.answered_at, row.coded_by,
        row.spoken_language,
        row.assisted_by or "", known, sent, translated,
    )  # fmt: skip


def _state(row: Row[Any]) -> str:
    """Return the strongest of what befell a contribution."""
    ends = {"hidden": row.hidden_at, "withdrawn": row.withdrawn_at, "superseded": row.superseded_at}
    return next((name for name, at in ends.items() if at is not None), str(row.state))
