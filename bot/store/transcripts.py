"""What is said in recordings, in writing: every version stays, with who wrote it and when."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, insert, select

from bot.store.tables import transcripts, translations

FAILED = "failed"  # the kind of what an engine gave up: its words say why


class Transcript(NamedTuple):
    """One version of what is said in a recording.

    `kind` is "words", or "summary" where a listener sums up what is spoken in another language;
    `confidence` is a machine's own, 0 to 1.
    """

    text: str
    language: str
    by: str
    kind: str = "words"
    machine: bool = False
    confidence: float | None = None


class Version(NamedTuple):
    """A transcript, the number of its row, and when it was made."""

    id: int
    made_at: int
    written: Transcript


def write(connection: Connection, media_id: str, one: Transcript, moment: int) -> None:
    """Append a version."""
    row = {"media_id": media_id, "made_at": moment, **one._asdict()}
    connection.execute(insert(transcripts), row)


def newest(connection: Connection, media_ids: Iterable[str]) -> dict[str, Transcript]:
    """Return the version that holds: a person's before a machine's, then the newest."""
    return {media: one.written for media, one in holding(connection, media_ids).items()}


def holding(connection: Connection, media_ids: Iterable[str]) -> dict[str, Version]:
    """Return the same with their rows."""
    return {media: found[-1] for media, found in versions(connection, media_ids).items()}


def versions(connection: Connection, media_ids: Iterable[str]) -> dict[str, list[Version]]:
    """Return all versions of each recording, the one that holds last."""
    columns = (transcripts.c.media_id, transcripts.c.id, transcripts.c.made_at,
               *(transcripts.c[name] for name in Transcript._fields))  # fmt: skip
    query = select(*columns).where(transcripts.c.media_id.in_(list(media_ids)))
    query = query.where(transcripts.c.kind != FAILED)
    best_last = (transcripts.c.machine.desc(), transcripts.c.id)
    found: dict[str, list[Version]] = defaultdict(list)
    for media_id, row_id, made_at, *rest in connection.execute(query.order_by(*best_last)):
        found[media_id].append(Version(row_id, made_at, Transcript(*rest)))
    return found


def drop_transcripts(connection: Connection, media_ids: Select[Any]) -> None:
    """Erase what was written down of recordings that are erased, and its translations."""
    gone = select(transcripts.c.id).where(transcripts.c.media_id.in_(media_ids))
    connection.execute(delete(translations).where(translations.c.transcript_id.in_(gone)))
    connection.execute(delete(transcripts).where(transcripts.c.media_id.in_(media_ids)))
