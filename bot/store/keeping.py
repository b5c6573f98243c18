"""Writing contributions: append-only; the newest of a place wins, the older is superseded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from bot.dialogue.reply import File, Kept, Withdrawn
from bot.store.ids import new_id
from bot.store.tables import contribution_media, contributions, media


@dataclass(frozen=True)
class Said:
    """An answer to keep, and who gave it where."""

    participant: int
    channel: str
    phase: str
    kept: Kept


_open_place = (
    (contributions.c.participant_id == bindparam("b_owner"))
    & (contributions.c.place == bindparam("b_place"))
    & contributions.c.superseded_at.is_(None)
    & contributions.c.withdrawn_at.is_(None)
)
_superseded = update(contributions).where(_open_place).values(superseded_at=bindparam("b_at"))
_withdrawn = update(contributions).where(_open_place).values(withdrawn_at=bindparam("b_at"))


def keep(connection: Connection, said: Sequence[Said], moment: int) -> None:
    """Append answers; what stood in their places is superseded."""
    if not said:
        return
    places = [{"b_owner": one.participant, "b_place": one.kept.key, "b_at": moment} for one in said]
    connection.execute(_superseded, places)
    rows = [_row(one) for one in said]
    connection.execute(insert(contributions), rows)
    links = [
        {"contribution_id": row["id"], "media_id": file.media, "place": place}
        for row, one in zip(rows, said, strict=True)
        for place, file in enumerate(_distinct(one.kept.files))
    ]
    if links:
        connection.execute(insert(contribution_media), links)


def _distinct(files: Sequence[File]) -> list[File]:
    return list({file.media: file for file in files if file.media}.values())


_NOTHING = "[]"


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _row(one: Said) -> dict[str, Any]:
    kept = one.kept
    return {
        "id": new_id(),
        "participant_id": one.participant,
        "place": kept.key,
        "phase": one.phase,
        "flow": kept.flow,
        "revision": kept.revision,
        "step": kept.step,
        "item": kept.item,
        "about": kept.about,
        "question": kept.question,
        "kind": kept.kind,
        "code": kept.code,
        "codes": _json(kept.codes) if kept.codes else _NOTHING,
        "value": None if kept.value is None else _json(kept.value),
        "text": kept.text,
        "comment": kept.comment,
        "fact": kept.fact,
        "language": kept.language,
        "channel": one.channel,
        "state": kept.state,
        "replies": _json(kept.replies) if kept.replies else _NOTHING,
        "asked_at": kept.asked_at,
        "answered_at": kept.answered_at,
    }


def withdraw(connection: Connection, gone: Sequence[tuple[int, Withdrawn]], moment: int) -> None:
    """Mark answers that no longer count."""
    rows = [{"b_owner": owner, "b_place": one.key, "b_at": moment} for owner, one in gone]
    if rows:
        connection.execute(_withdrawn, rows)


def files_of(connection: Connection, inbox_ids: Sequence[int]) -> Mapping[int, tuple[File, ...]]:
    """Return, per message, what came with it."""
    columns = (media.c.inbox_id, media.c.id, media.c.kind, media.c.seconds, media.c.state,
               media.c.verdict, media.c.forwarded)  # fmt: skip
    query = select(*columns).where(media.c.inbox_id.in_(list(inbox_ids))).order_by(media.c.id)
    found: dict[int, tuple[File, ...]] = {}
    for inbox_id, *rest in connection.execute(query):
        found[inbox_id] = (*found.get(inbox_id, ()), File(*rest))
    return found


def file(connection: Connection, media_id: str) -> tuple[int, File] | None:
    """Return a recording's owner and how it stands."""
    columns = (media.c.participant_id, media.c.id, media.c.kind, media.c.seconds, media.c.state,
               media.c.verdict, media.c.forwarded)  # fmt: skip
    row = connection.execute(select(*columns).where(media.c.id == media_id)).one_or_none()
    return (row[0], File(*row[1:])) if row else None


def verdict_told(connection: Connection, media_id: str) -> None:
    """Write that the person was told that a recording is not usable."""
    connection.execute(update(media).where(media.c.id == media_id).values(told=True))
