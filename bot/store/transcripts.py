"""What is said in recordings, in writing: every version stays, with who wrote it and when."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, insert, select

from bot.store.tables import transcripts

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


def write(connection: Connection, media_id: str, one: Transcript, moment: int) -> None:
    """Append a version."""
    row = {"media_id": media_id, "made_at": moment, **one._asdict()}
    connection.execute(insert(transcripts), row)


def newest(connection: Connection, media_ids: Iterable[str]) -> dict[str, Transcript]:
    """Return the version that holds: a person's before a machine's, then the newest."""
    columns = (transcripts.c.media_id, *(transcripts.c[name] for name in Transcript._fields))
    query = select(*columns).where(transcripts.c.media_id.in_(list(media_ids)))
    query = query.where(transcripts.c.kind != FAILED)
    best_last = (transcripts.c.machine.desc(), transcripts.c.id)
    rows = connection.execute(query.order_by(*best_last))
    return {media_id: Transcript(*rest) for media_id, *rest in rows}


def drop_transcripts(connection: Connection, media_ids: Select[Any]) -> None:
    """Erase what was written down of recordings that are erased."""
    connection.execute(delete(transcripts).where(transcripts.c.media_id.in_(media_ids)))
