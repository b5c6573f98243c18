"""What was sent, looked up again: when a question was handed over, under which id, its words."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, bindparam, select

from bot.store.deliveries import COLUMN
from bot.store.seal import Seal
from bot.store.tables import deliveries

Body = TypeVar("Body")


_handed_over = select(
    deliveries.c.participant_id, deliveries.c.question, deliveries.c.first_at
).where(
    deliveries.c.participant_id.in_(bindparam("ids", expanding=True)),
    deliveries.c.question.in_(bindparam("questions", expanding=True)),
    deliveries.c.first_at.is_not(None),
)


def handed_over(connection: Connection, open_questions: Mapping[int, str]) -> dict[int, int]:
    """Return, per participant, when their open question was first handed to the provider."""
    if not open_questions:
        return {}
    asked = {"ids": list(open_questions), "questions": list(set(open_questions.values()))}
    found: dict[int, int] = {}
    for owner, question, at in connection.execute(_handed_over, asked).all():
        if open_questions.get(owner) == question:
            found[owner] = min(at, found.get(owner, at))
    return found


def provider_id_of(connection: Connection, participant: int, question: str) -> str:
    """Return the provider's id of the message that asked a question, "" if it was never sent."""
    query = select(deliveries.c.provider_id).where(
        deliveries.c.participant_id == participant,
        deliveries.c.question == question,
        deliveries.c.provider_id != "",
    )
    return connection.scalar(query.order_by(deliveries.c.id.desc()).limit(1)) or ""


def past(
    connection: Connection, seal: Seal, address: int, kind: type[Body]
) -> list[tuple[str, Body]]:
    """Return (provider's id, message) of what was sent to an address, oldest first."""
    query = select(deliveries.c.provider_id, deliveries.c.sealed).where(
        deliveries.c.address_id == address,
        deliveries.c.state.in_(("sent", "delivered", "read")),
        deliveries.c.sealed.is_not(None),
    )
    rows = connection.execute(query.order_by(deliveries.c.id))
    return [
        (provider_id, msgspec.json.decode(seal.open(COLUMN, sealed), type=kind))
        for provider_id, sealed in rows
    ]
