"""What the dialogue knows of participants: sealed, opened, read and saved by the batch."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from bot.dialogue.conversation import Person
from bot.store.fast import found, many
from bot.store.seal import Seal
from bot.store.tables import participants

STATE = b"participants"
_person = msgspec.json.Decoder(Person)


def seal_state(seal: Seal, person: Person) -> bytes:
    """Write a person's state without what has rows of its own."""
    bare = msgspec.structs.replace(person, conversations=(), invitations=())
    return seal.seal(STATE, msgspec.json.encode(bare))


def open_state(seal: Seal, sealed: bytes) -> Person:
    """Read a person's state; someone who was forgotten has none."""
    if not sealed:
        return Person()
    return _person.decode(seal.open(STATE, sealed))


_states = select(
    participants.c.id, participants.c.pseudonym, participants.c.state, participants.c.trial,
    participants.c.stopped_at,
).where(participants.c.id.in_(bindparam("ids", expanding=True)))  # fmt: skip


def states(connection: Connection, ids: Iterable[int]) -> dict[int, Any]:
    """Return (id, pseudonym, state, trial, stopped_at) of participants."""
    return {row[0]: row for row in found(connection, _states, {"ids": list(ids)})}


_saved = (
    update(participants)
    .where(participants.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        language=bindparam("b_language"),
        network=bindparam("b_network"),
        consented=bindparam("b_consented"),
        stopped_at=bindparam("b_stopped_at"),
        seen_at=bindparam("b_seen_at"),
    )
)


def save(
    connection: Connection,
    seal: Seal,
    people: Mapping[int, Person],
    stopped: Mapping[int, int | None],
    moment: int,
) -> None:
    """Write the states of people after their turn."""
    rows = [
        {
            "b_id": owner,
            "b_state": seal_state(seal, person),
            "b_language": person.language,
            "b_network": str(person.facts.get("network") or ""),
            "b_consented": person.facts.get("consent to take part") == "yes",
            "b_stopped_at": (stopped.get(owner) or moment) if person.stopped else None,
            "b_seen_at": moment,
        }
        for owner, person in people.items()
    ]
    many(connection, _saved, rows)
