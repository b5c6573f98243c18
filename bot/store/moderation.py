"""What others may hear: decided by a person, one contribution at a time, in approved words."""

import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, literal, or_, select

from bot.store.database import Database
from bot.store.tables import (
    contribution_media,
    contributions,
    facts,
    media,
    moderated_texts,
    moderations,
    participants,
)
from bot.store.transcripts import Transcript, newest

QUOTED, HEARD = "consent to be quoted", "consent to be heard"
SOUNDS = ("voice", "audio", "video")
WAITING, APPROVED, REFUSED = "waiting", "approved", "refused"
Place = tuple[str, str]  # a flow, and the step of whose answers others may hear


class Sent(NamedTuple):
    """A recording that belongs to a contribution, and where its copies lie."""

    state: str
    playable: str
    seconds: float | None
    written: Transcript | None = None  # what is said in it, as far as it was written down
    resendable: str = ""


class Case(NamedTuple):
    """A contribution that others may hear, or might; `texts` are those approved, by language."""

    id: str
    flow: str
    about: str
    step: str
    language: str
    answered_at: int
    text: str
    state: str  # waiting, approved, refused
    reason: str
    sound: bool
    heard: int
    may_sound: bool  # its speaker agrees that the voice itself is heard
    texts: dict[str, str]
    recordings: tuple[Sent, ...]

    @property
    def playable(self) -> str:
        """The key of the recording that can be listened to, "" if there is none."""
        return next((sent.playable for sent in self.recordings if sent.playable), "")

    @property
    def transcript(self) -> str:
        """What is said in its recordings, in writing; "" as long as nobody wrote it down."""
        return "\n".join(sent.written.text for sent in self.recordings if sent.written)

    @property
    def by_a_machine(self) -> bool:
        """Say whether a machine wrote some of that: it may be wrong."""
        return any(sent.written.machine for sent in self.recordings if sent.written)


def says_yes(owner: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """Say in SQL whether someone agrees to something, as of now; whoever never said so does not."""
    newest = (
        select(facts.c.value)
        .where(facts.c.participant_id == owner, facts.c.name == name)
        .order_by(facts.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return literal(json.dumps("yes")) == newest


def agreed(name: str) -> ColumnElement[bool]:
    """Say so of an author; of two who were linked, both must agree."""
    linked = participants.c.merged_into
    return and_(
        says_yes(participants.c.id, name),
        or_(linked.is_(None), says_yes(linked, name)),
    )


def counts(trials: bool) -> ColumnElement[bool]:
    """Say which contributions count, of people who take part and agree to be quoted."""
    tests: list[ColumnElement[bool]] = [
        contributions.c.superseded_at.is_(None),
        contributions.c.withdrawn_at.is_(None),
        contributions.c.hidden_at.is_(None),
        participants.c.consented.is_(True),
        participants.c.forgotten_at.is_(None),
        agreed(QUOTED),
    ]
    if not trials:
        tests.append(participants.c.trial.is_(False))
    return and_(*tests)


# ── for those who decide ──


def cases(
    connection: Connection, places: Collection[Place], *, trials: bool = True, id_: str = ""
) -> list[Case]:
    """Return what people said at these steps that others may hear or might, topic by topic.

    `id_`: that one alone.
    """
    at = [and_(contributions.c.flow == flow, contributions.c.step == step)
          for flow, step in places]  # fmt: skip
    if not at:
        return []
    query = _cases().where(or_(*at), counts(trials))
    if id_:
        query = query.where(contributions.c.id == id_)
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    texts, sent = texts_of(connection, ids), recordings_of(connection, ids)
    found = [_case(row, texts[row.id], sent[row.id]) for row in rows]
    return [one for one in found if one.text or one.playable]


def _cases() -> Select[Any]:
    c = contributions.c
    columns = (c.id, c.flow, c.about, c.step, c.language, c.answered_at, c.text,
               moderations.c.state, moderations.c.reason, moderations.c.sound,
               moderations.c.heard, agreed(HEARD).label("may_sound"))  # fmt: skip
    known = moderations.c.contribution_id == c.id
    whole = contributions.join(participants, participants.c.id == c.participant_id)
    query = select(*columns).select_from(whole.outerjoin(moderations, known))
    return query.order_by(c.flow, c.about, c.language, c.id)


def _case(row: Row[Any], texts: dict[str, str], sent: list[Sent]) -> Case:
    return Case(
        row.id, row.flow, row.about, row.step, row.language, row.answered_at, row.text,
        row.state or WAITING, row.reason or "", bool(row.sound), row.heard or 0,
        bool(row.may_sound), texts, tuple(sent),
    )  # fmt: skip


def texts_of(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Return contribution → language → the words that were approved."""
    t = moderated_texts.c
    query = select(t.contribution_id, t.language, t.text).where(t.contribution_id.in_(ids))
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for owner, language, text in connection.execute(query):
        found[owner][language] = text
    return found


def recordings_of(connection: Connection, ids: Collection[str]) -> dict[str, list[Sent]]:
    """Return the recordings of contributions that arrived, in order."""
    link = contribution_media.c
    query = (
        select(
            link.contribution_id,
            media.c.id,
            media.c.state,
            media.c.playable,
            media.c.seconds,
            media.c.resendable,
        )
        .join(media, media.c.id == link.media_id)
        .where(link.contribution_id.in_(ids), media.c.kind.in_(SOUNDS))
        .order_by(link.place)
    )
    found: dict[str, list[Sent]] = defaultdict(list)
    rows = connection.execute(query).all()
    written = newest(connection, [row.id for row in rows]) if rows else {}
    for owner, media_id, state, playable, seconds, resendable in rows:
        found[owner].append(Sent(state, playable, seconds, written.get(media_id), resendable))
    return found


# ── deciding ──


class Decision(NamedTuple):
    """What a person decided, and who."""

    state: str
    who: str
    at: int
    reason: str = ""
    sound: bool = False


def decide(connection: Connection, database: Database, case: Case, decision: Decision) -> None:
    """Write a decision; the newest of a contribution counts, and how often it was heard stays."""
    author = select(contributions.c.participant_id).where(contributions.c.id == case.id)
    row = decision._asdict() | {
        "contribution_id": case.id,
        "participant_id": connection.scalar(author),
        "flow": case.flow,
        "about": case.about,
        "step": case.step,
        "heard": case.heard,
    }
    statement = database.upsert(moderations, ("contribution_id",), Decision._fields)
    connection.execute(statement, [row])


def say(
    connection: Connection, database: Database, id_: str, language: str, text: str, by: Decision
) -> None:
    """Write the approved words of a contribution in a language."""
    row = {"contribution_id": id_, "language": language, "text": text, "who": by.who, "at": by.at}
    own = ("contribution_id", "language")
    connection.execute(database.upsert(moderated_texts, own, ("text", "who", "at")), [row])


def drop_translations(connection: Connection, id_: str, original: str) -> int:
    """Drop what people made of words that were changed since; return how many languages."""
    mine = moderated_texts.c.contribution_id == id_
    others = delete(moderated_texts).where(mine, moderated_texts.c.language != original)
    return connection.execute(others).rowcount
