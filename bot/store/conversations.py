"""Conversations, invitations and revisions, read and written by the batch."""

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from bot.dialogue.conversation import Conversation, Invitation
from bot.dialogue.flow import Bundle
from bot.store.database import Database
from bot.store.fast import found, many
from bot.store.tables import conversations, invitations, revisions

RECENT = 3_600_000  # milliseconds for which an ended conversation is still looked at

_conversation = msgspec.json.Decoder(Conversation)


class Stored(msgspec.Struct, frozen=True):
    """A conversation and the row it lies in."""

    id: int
    participant: int
    conversation: Conversation


_lively = (
    select(conversations.c.id, conversations.c.participant_id, conversations.c.state)
    .where(
        conversations.c.participant_id.in_(bindparam("ids", expanding=True)),
        conversations.c.status.in_(("open", "waiting"))
        | ((conversations.c.status == "ended") & (conversations.c.ended_at > bindparam("since"))),
    )
    .order_by(conversations.c.id)
)


def load(connection: Connection, ids: Iterable[int], moment: int) -> list[Stored]:
    """Return what participants are in the middle of, and what they ended a moment ago."""
    rows = found(connection, _lively, {"ids": list(ids), "since": moment - RECENT})
    return [Stored(row[0], row[1], _conversation.decode(row[2])) for row in rows]


_OWN = ("participant_id", "flow", "about")  # what tells a conversation from all others
_CHANGES = ("revision", "state", "status", "began_at", "touched_at", "ended_at")
_updated = (
    update(conversations)
    .where(conversations.c.id == bindparam("b_id"))
    .values({name: bindparam(f"b_{name}") for name in _CHANGES})
)


def _values(conversation: Conversation) -> dict[str, Any]:
    return {
        "revision": conversation.revision,
        "state": msgspec.json.encode(conversation),
        "status": conversation.state,
        "began_at": conversation.began_at,
        "touched_at": conversation.touched_at,
        "ended_at": conversation.ended_at or None,
    }


def change(connection: Connection, changed: Sequence[Stored]) -> None:
    """Write conversations that have rows."""
    rows = [
        {f"b_{name}": value for name, value in _values(one.conversation).items()} | {"b_id": one.id}
        for one in changed
    ]
    if rows:
        many(connection, _updated, rows)


def begin(
    connection: Connection, database: Database, begun: Sequence[tuple[int, Conversation]]
) -> None:
    """Write conversations that are new; one that was held before begins anew."""
    rows = [
        {"participant_id": owner, "flow": one.flow, "about": one.about, **_values(one)}
        for owner, one in begun
    ]
    if rows:
        many(connection, database.upsert(conversations, _OWN, tuple(_values(begun[0][1]))), rows)


_waiting_invitations = (
    select(invitations.c.id, invitations.c.participant_id, invitations.c.flow,
           invitations.c.about, invitations.c.made_at, invitations.c.broadcast_id)
    .where(
        invitations.c.participant_id.in_(bindparam("ids", expanding=True)),
        invitations.c.state == "waiting",
    )
    .order_by(invitations.c.id)
)  # fmt: skip


def waiting_invitations(
    connection: Connection, ids: Iterable[int]
) -> list[tuple[int, int, Invitation]]:
    """Return (row id, participant, invitation) of those not yet taken up."""
    return [
        (row[0], row[1], Invitation(row[2], row[3], row[4], str(row[5] or "")))
        for row in found(connection, _waiting_invitations, {"ids": list(ids)})
    ]


def take_up(connection: Connection, row_ids: Iterable[int], moment: int) -> None:
    """Write that invitations were taken up."""
    connection.execute(
        update(invitations)
        .where(invitations.c.id.in_(list(row_ids)))
        .values(state="taken", taken_at=moment)
    )


def set_status(connection: Connection, row_ids: Iterable[int], status: str) -> None:
    """Write how conversations stand: "aside" hides one behind its twin of a linked channel."""
    rows = conversations.c.id.in_(list(row_ids))
    connection.execute(update(conversations).where(rows).values(status=status))


def save_revision(
    connection: Connection,
    database: Database,
    key: str,
    structure: str,
    bundle: Bundle,
    moment: int,
) -> None:
    """Keep a revision, once."""
    database.insert_new(connection, revisions, [{
        "hash": key,
        "flow": bundle.name,
        "structure": structure,
        "bundle": zlib.compress(msgspec.json.encode(bundle)),
        "made_at": moment,
    }])  # fmt: skip


def load_revision(connection: Connection, key: str) -> tuple[str, Bundle] | None:
    """Return a revision's structure and bundle."""
    query = select(revisions.c.structure, revisions.c.bundle).where(revisions.c.hash == key)
    row = connection.execute(query).one_or_none()
    return (row[0], msgspec.json.decode(zlib.decompress(row[1]), type=Bundle)) if row else None


def all_of(connection: Connection, participant: int) -> list[Stored]:
    """Return every conversation of a participant."""
    columns = (conversations.c.id, conversations.c.participant_id, conversations.c.state)
    query = select(*columns).where(conversations.c.participant_id == participant)
    rows = connection.execute(query.order_by(conversations.c.id))
    return [Stored(row[0], row[1], _conversation.decode(row[2])) for row in rows]


def invite(connection: Connection, database: Database, rows: Sequence[dict[str, Any]]) -> int:
    """Make invitations; who has one for the same thing keeps it."""
    return database.insert_new(connection, invitations, rows)
