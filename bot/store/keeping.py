"""Writing contributions: append-only; the newest of a place wins, the older is superseded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from bot.dialogue.reply import File, Kept
from bot.store.fast import many
from bot.store.ids import new_id
from bot.store.tables import contribution_media, contributions, media


class Said(msgspec.Struct, frozen=True):
    """An answer to keep, and who gave it where."""

    participant: int
    channel: str
    phase: str
    kept: Kept
    assisted_by: str = ""

    @property
    def key(self) -> str:
        """The place that it belongs to."""
        return self.kept.key


@dataclass(frozen=True)
class Gone:
    """An answer that no longer counts."""

    participant: int
    key: str


_open_place = (
    (contributions.c.participant_id == bindparam("b_owner"))
    & (contributions.c.place == bindparam("b_place"))
    & contributions.c.superseded_at.is_(None)
    & contributions.c.withdrawn_at.is_(None)
)
_new = insert(contributions)
_new_links = insert(contribution_media)
_superseded = update(contributions).where(_open_place).values(superseded_at=bindparam("b_at"))
_withdrawn = update(contributions).where(_open_place).values(withdrawn_at=bindparam("b_at"))
_ENDS = {Said: "superseded_at", Gone: "withdrawn_at"}


def keep(connection: Connection, answers: Sequence[Said | Gone], moment: int) -> None:
    """Append answers and take others back, as they came one after the other.

    What stood in an answer's place before is superseded; nothing is ever deleted or changed.
    """
    if not answers:
        return
    older: dict[type, list[dict[str, Any]]] = {Said: [], Gone: []}
    rows: list[tuple[Said, dict[str, Any]]] = []
    newest: dict[tuple[int, str], dict[str, Any] | None] = {}
    for one in answers:
        place = (one.participant, one.key)
        if place not in newest:
            older[type(one)].append({"b_owner": place[0], "b_place": place[1], "b_at": moment})
        elif (row := newest[place]) is not None:  # it came within these answers
            row[_ENDS[type(one)]] = moment
        newest[place] = None
        if isinstance(one, Said):
            newest[place] = row = _row(one)
            rows.append((one, row))
    many(connection, _superseded, older[Said])
    many(connection, _withdrawn, older[Gone])
    many(connection, _new, [row for _, row in rows])
    many(connection, _new_links, _links(rows))


def _links(rows: Sequence[tuple[Said, dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {"contribution_id": row["id"], "media_id": file.media, "place": place}
        for one, row in rows
        for place, file in enumerate(_distinct(one.kept.files))
    ]


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
        "superseded_at": None,
        "withdrawn_at": None,
        "assisted_by": one.assisted_by or None,
    }


def files_of(connection: Connection, inbox_ids: Sequence[int]) -> Mapping[int, tuple[File, ...]]:
    """Return, per message, what came with it."""
    if not inbox_ids:
        return {}
    columns = (media.c.inbox_id, media.c.id, media.c.kind, media.c.seconds, media.c.state,
               media.c.verdict, media.c.forwarded, media.c.speech_seconds)  # fmt: skip
    query = select(*columns).where(media.c.inbox_id.in_(list(inbox_ids))).order_by(media.c.id)
    came: dict[int, tuple[File, ...]] = {}
    for inbox_id, *rest in connection.execute(query):
        came[inbox_id] = (*came.get(inbox_id, ()), File(*rest))
    return came


def file(connection: Connection, media_id: str) -> tuple[int, File] | None:
    """Return a recording's owner and how it stands."""
    columns = (media.c.participant_id, media.c.id, media.c.kind, media.c.seconds, media.c.state,
               media.c.verdict, media.c.forwarded, media.c.speech_seconds)  # fmt: skip
    row = connection.execute(select(*columns).where(media.c.id == media_id)).one_or_none()
    return (row[0], File(*row[1:])) if row else None


def verdict_told(connection: Connection, media_id: str) -> None:
    """Write that the person was told that a recording is not usable."""
    connection.execute(update(media).where(media.c.id == media_id).values(told=True))
