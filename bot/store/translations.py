"""What people said, in the language of those who draft: every version stays, with who and when.

A translation is of a contribution's own words, or of one transcript: where that is corrected it
wants another one.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, delete, exists, func, insert, or_, select

from bot.store.tables import (
    contribution_media,
    contributions,
    participants,
    transcripts,
    translations,
)

WORDS, SAME, FAILED = "words", "same", "failed"  # SAME: they are in that language already
LOOK = 50  # rows


class Translation(NamedTuple):
    """One version. `language` is the one into which it was made; `made_at` ms."""

    text: str
    language: str
    by: str
    machine: bool = False
    kind: str = WORDS
    made_at: int = 0


class Untranslated(NamedTuple):
    """Words that wait: of a contribution, or of a transcript; `language`: what they are said in."""

    contribution: str | None
    transcript: int | None
    text: str
    language: str


def write(connection: Connection, due: Untranslated, one: Translation) -> None:
    """Append a version."""
    owner = {"contribution_id": due.contribution, "transcript_id": due.transcript}
    connection.execute(insert(translations), owner | one._asdict())


def of_contributions(
    connection: Connection, ids: Collection[str], into: str
) -> dict[str, Translation]:
    """Return the version that holds: a person's before a machine's, then the newest.

    `into`: of those in this language, "" for any.
    """
    found = _versions(connection, translations.c.contribution_id, ids, into)
    return {key: each[-1] for key, each in found.items()}


def of_transcripts(
    connection: Connection, ids: Collection[int], into: str
) -> dict[int, Translation]:
    """Return the same of transcripts."""
    found = _versions(connection, translations.c.transcript_id, ids, into)
    return {key: each[-1] for key, each in found.items()}


def versions_of(
    connection: Connection, contribution: str, written: Collection[int]
) -> tuple[list[Translation], dict[int, list[Translation]]]:
    """Return all versions of a contribution's words and of transcripts, what holds last."""
    words = _versions(connection, translations.c.contribution_id, [contribution])
    return words[contribution], _versions(connection, translations.c.transcript_id, written)


def _versions(
    connection: Connection, key: ColumnElement[Any], ids: Collection[Any], into: str = ""
) -> dict[Any, list[Translation]]:
    found: dict[Any, list[Translation]] = defaultdict(list)
    if not ids:
        return found
    columns = (key, *(translations.c[name] for name in Translation._fields))
    query = select(*columns).where(key.in_(list(ids)), translations.c.kind == WORDS)
    if into:
        query = query.where(translations.c.language == into)
    best_last = (translations.c.machine.desc(), translations.c.id)
    for owner, *rest in connection.execute(query.order_by(*best_last)):
        found[owner].append(Translation(*rest))
    return found


# ── what waits ──


def next_ones(
    connection: Connection, into: str, held: Collection[tuple[str | None, int | None]], long: int
) -> list[Untranslated]:
    """Return words that were not translated yet, oldest first; those `held` are passed over.

    What was said in that language itself is looked at where it is at least `long` letters: it may
    be in another one all the same.
    """
    found = [*_contributions(connection, into, long), *_transcripts(connection, into)]
    return [one for one in found if one[:2] not in held]


def _contributions(connection: Connection, into: str, long: int) -> Sequence[Untranslated]:
    c = contributions.c
    said = func.length(c.text) + func.length(c.comment)
    query = (
        select(c.id, c.text, c.comment, c.language)
        .join(participants, participants.c.id == c.participant_id)
        .where(_counts, c.fact == "", said > 0, or_(c.language != into, said >= long))
        .where(~_has(translations.c.contribution_id == c.id, into))
    )
    rows = connection.execute(query.order_by(c.id).limit(LOOK))
    return [
        Untranslated(id_, None, "\n".join(filter(None, (text, comment))), language)
        for id_, text, comment, language in rows
    ]


def _transcripts(connection: Connection, into: str) -> Sequence[Untranslated]:
    """Return transcripts that hold: of a recording's several the one that outranks the others."""
    t = transcripts.c
    other = transcripts.alias("other")
    better = exists().where(
        other.c.media_id == t.media_id,
        other.c.kind != FAILED,
        or_(
            (other.c.machine.is_(False)) & t.machine.is_(True),
            (other.c.machine == t.machine) & (other.c.id > t.id),
        ),
    )
    said = (
        exists()
        .where(contribution_media.c.media_id == t.media_id)
        .where(contributions.c.id == contribution_media.c.contribution_id)
        .where(participants.c.id == contributions.c.participant_id, _counts)
    )
    query = select(t.id, t.text, t.language).where(t.kind != FAILED, t.text != "", said, ~better)
    query = query.where(~_has(translations.c.transcript_id == t.id, into))
    rows = connection.execute(query.order_by(t.id).limit(LOOK))
    return [Untranslated(None, id_, text, language) for id_, text, language in rows]


_counts = (
    participants.c.consented.is_(True)
    & contributions.c.superseded_at.is_(None)
    & contributions.c.withdrawn_at.is_(None)
    & contributions.c.hidden_at.is_(None)
)


def _has(mine: ColumnElement[bool], into: str) -> ColumnElement[bool]:
    return exists().where(mine, translations.c.language == into)


def still_there(connection: Connection, due: Untranslated) -> bool:
    """Hold the row that is translated; False: it was erased meanwhile."""
    if due.contribution:
        query = select(contributions.c.id).where(contributions.c.id == due.contribution)
        return connection.scalar(query.with_for_update()) is not None
    one = select(transcripts.c.id).where(transcripts.c.id == due.transcript)
    return connection.scalar(one.with_for_update()) is not None


def drop_translations(connection: Connection, said: Select[Any]) -> None:
    """Erase the translations of contributions that are erased."""
    connection.execute(delete(translations).where(translations.c.contribution_id.in_(said)))
