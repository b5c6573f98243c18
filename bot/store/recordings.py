"""Recordings, photos and documents that came: what is to be fetched, and what became of each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, select, update

from bot.store.database import Database
from bot.store.media import hold_key
from bot.store.seal import Seal
from bot.store.tables import inbox, media

COLUMN = b"media.sealed_ref"
SOUNDS = ("voice", "audio", "video")


class Came(NamedTuple):
    """Something that was sent besides words; `ref` is JSON: how the provider names it."""

    id: str
    participant: int
    channel: str
    kind: str
    ref: bytes
    at: int
    inbox: int | None = None
    forwarded: bool = False
    fetchable: bool = True  # False: one knows that it came (a contact), there are no bytes


class Pending(NamedTuple):
    """A recording that is to be fetched now."""

    id: str
    participant: int
    channel: str
    kind: str
    ref: bytes
    attempts: int  # before this one
    at: int
    inbox: int | None
    original: str  # where its bytes lie, if they have come and only hearing failed


class Lost(NamedTuple):
    """A recording that could not be had, and why."""

    id: str
    participant: int
    channel: str
    kind: str
    at: int
    reason: str


@dataclass(frozen=True)
class Found:
    """What became of a recording: state "kept" or "refused"; `seconds` where it is sound."""

    state: str
    original: str = ""
    playable: str = ""
    verdict: str = ""
    mime: str = ""
    size: int | None = None
    seconds: float | None = None
    peaks: tuple[float, ...] = ()
    speech_seconds: float | None = None
    resendable: str = ""


def write_down(connection: Connection, seal: Seal, came: Sequence[Came]) -> None:
    """Note what came, to be fetched at once."""
    rows = [_row(seal, one) for one in came]
    if rows:
        connection.execute(insert(media), rows)


def _row(seal: Seal, one: Came) -> dict[str, Any]:
    return {
        "id": one.id,
        "participant_id": one.participant,
        "channel": one.channel,
        "kind": one.kind,
        "sealed_ref": seal.seal(COLUMN, one.ref),
        "state": "pending" if one.fetchable else "kept",
        "forwarded": one.forwarded,
        "inbox_id": one.inbox,
        "made_at": one.at,
        "next_at": one.at if one.fetchable else None,
    }


def bring(connection: Connection, database: Database, seal: Seal, came: Came, key: str) -> None:
    """Note, once, a recording whose bytes are ours to keep under a key.

    It waits for its message; until then nobody fetches or hears it.
    """
    hold_key(connection, key)
    database.insert_new(connection, media, [_row(seal, came) | {"original": key, "next_at": None}])


def adopt(connection: Connection, media_id: str, participant: int, inbox_id: int, at: int) -> None:
    """Give what was brought to the message that came with it: it is to be heard now."""
    waits = and_(media.c.id == media_id, media.c.state == "pending", media.c.inbox_id.is_(None))
    values = {"participant_id": participant, "inbox_id": inbox_id, "next_at": at}
    connection.execute(update(media).where(waits).values(values))


def take(
    connection: Connection,
    seal: Seal,
    channels: Sequence[str],
    moment: int,
    *,
    until: int,
    limit: int,
) -> list[Pending]:
    """Take what is due on these channels and count the attempt; nobody else does `until` then.

    After a crash it is due again then.
    """
    columns = (media.c.id, media.c.participant_id, media.c.channel, media.c.kind,
               media.c.sealed_ref, media.c.attempts, media.c.made_at, media.c.inbox_id,
               media.c.original)  # fmt: skip
    query = select(*columns).where(_waits(channels), media.c.next_at <= moment)
    query = query.order_by(media.c.next_at).limit(limit).with_for_update(skip_locked=True)
    rows = [Pending(*row) for row in connection.execute(query)]
    if rows:
        taken = update(media).where(media.c.id.in_([row.id for row in rows]))
        connection.execute(taken.values(next_at=until, attempts=media.c.attempts + 1))
    return [row._replace(ref=seal.open(COLUMN, row.ref)) for row in rows]


def next_due_at(connection: Connection, channels: Sequence[str]) -> int | None:
    """Return when something is to be fetched next on these channels."""
    query = select(media.c.next_at).where(_waits(channels), media.c.next_at.is_not(None))
    return connection.scalar(query.order_by(media.c.next_at).limit(1))


def all_due(connection: Connection, channels: Sequence[str], moment: int) -> None:
    """Let everything be fetched now: after a start one does not wait for what a crash held."""
    waiting = and_(_waits(channels), media.c.next_at > moment)
    connection.execute(update(media).where(waiting).values(next_at=moment))


def lose_old(connection: Connection, before: int, reason: str) -> int:
    """Give up what came before a time and was never fetched, also of channels that are gone."""
    old = and_(media.c.state == "pending", media.c.made_at < before)
    values = {"state": "lost", "next_at": None, "reason": reason}
    return connection.execute(update(media).where(old).values(values)).rowcount


def _waits(channels: Sequence[str]) -> ColumnElement[bool]:
    return and_(media.c.state == "pending", media.c.channel.in_(channels))


def claim(connection: Connection, media_id: str, **keys: str) -> bool:
    """Name keys (`original`, `playable`, `resendable`) as needed before their bytes are written.

    Whoever counts references sees them then, and deletes nothing that is about to be used.
    False: the recording is no longer wanted (its sender was forgotten).
    """
    for key in sorted(keys.values()):
        hold_key(connection, key)
    return _change(connection, media_id, keys)


def finish(connection: Connection, media_id: str, found: Found, moment: int) -> bool:
    """Write down what became of it; False: it is no longer wanted."""
    values = {
        "state": found.state,
        "verdict": found.verdict,
        "original": found.original,
        "playable": found.playable,
        "resendable": found.resendable,
        "mime": found.mime,
        "size": found.size,
        "seconds": found.seconds,
        "speech_seconds": found.speech_seconds,
        "peaks": json.dumps(found.peaks) if found.peaks else "",
        "next_at": None,
        "reason": "",
        "kept_at": moment,
    }
    return _change(connection, media_id, values)


def lose(connection: Connection, media_id: str, reason: str) -> bool:
    """Give a recording up, the reason is for the coordinator; False: no longer wanted."""
    return _change(connection, media_id, {"state": "lost", "next_at": None, "reason": reason})


def _change(connection: Connection, media_id: str, values: Mapping[str, Any]) -> bool:
    row = and_(media.c.id == media_id, media.c.state == "pending")
    return connection.execute(update(media).where(row).values(**values)).rowcount == 1


def try_later(connection: Connection, media_id: str, *, next_at: int, reason: str) -> bool:
    """Name the time of the next attempt, and why this one failed; False: no longer wanted."""
    return _change(connection, media_id, {"next_at": next_at, "reason": reason})


def let_answer(connection: Connection, inbox_id: int | None, moment: int) -> bool:
    """Let the message be answered whose recordings have all come.

    True: it was answered already, so what is to be said of the recording comes late.
    """
    if inbox_id is None:
        return True
    still = exists().where(media.c.inbox_id == inbox_id, media.c.state == "pending")
    query = select(inbox.c.answered_at).where(inbox.c.id == inbox_id)
    answered = connection.scalar(query) is not None
    due = and_(inbox.c.id == inbox_id, inbox.c.answered_at.is_(None), inbox.c.ready_at > moment)
    connection.execute(update(inbox).where(due, ~still).values(ready_at=moment))
    return answered


def untold(connection: Connection, channels: Sequence[str]) -> list[tuple[int, str]]:
    """Return (participant, recording) of bad verdicts that came late and were not told yet."""
    query = (
        select(media.c.participant_id, media.c.id)
        .outerjoin(inbox, inbox.c.id == media.c.inbox_id)
        .where(media.c.state.in_(("refused", "lost")) | (media.c.verdict == "no_speech"))
        .where(media.c.told.is_(False))
        .where(media.c.kind.in_(SOUNDS), media.c.channel.in_(channels))
        .where(inbox.c.id.is_(None) | inbox.c.answered_at.is_not(None))
        .order_by(media.c.id)
    )
    return [(participant, media_id) for participant, media_id in connection.execute(query)]


def lost_recordings(connection: Connection) -> list[Lost]:
    """Return what could not be had, newest first: somebody should ask these people again."""
    columns = (media.c.id, media.c.participant_id, media.c.channel, media.c.kind,
               media.c.made_at, media.c.reason)  # fmt: skip
    query = select(*columns).where(media.c.state == "lost").order_by(media.c.made_at.desc())
    return [Lost(*row) for row in connection.execute(query)]
