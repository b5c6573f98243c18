"""What was sent, looked up again: when a question was handed over, under which id, its words."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, bindparam, select, update

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


def sent_as(connection: Connection, delivery: int, provider_ids: Sequence[str]) -> set[str]:
    """Return which of a provider's ids belong to other deliveries than this one."""
    query = select(deliveries.c.provider_id).where(
        deliveries.c.provider_id.in_(provider_ids), deliveries.c.id != delivery
    )
    return set(connection.scalars(query)) if provider_ids else set()


def learn_provider_id(
    connection: Connection, delivery: int, channel: str, provider_id: str
) -> int | None:
    """Write down the provider's id of a delivery; return its address, None if it is none of ours.

    A delivery that has another id already is another message's.
    """
    query = select(deliveries.c.address_id, deliveries.c.provider_id).where(
        deliveries.c.id == delivery, deliveries.c.channel == channel
    )
    row = connection.execute(query.with_for_update()).one_or_none()
    if row is None or row.provider_id not in ("", provider_id):
        return None
    if not row.provider_id:
        connection.execute(
            update(deliveries).where(deliveries.c.id == delivery).values(provider_id=provider_id)
        )
    address: int = row.address_id
    return address


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
