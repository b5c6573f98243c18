"""What was sent, looked up again: when a question was handed over, under which id, its words."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, and_, bindparam, or_, select

from bot.store.deliveries import COLUMN, HELD
from bot.store.fast import found
from bot.store.seal import Seal
from bot.store.tables import deliveries

Body = TypeVar("Body")


_reached = select(deliveries.c.participant_id, deliveries.c.question, deliveries.c.first_at).where(
    deliveries.c.participant_id.in_(bindparam("ids", expanding=True)),
    deliveries.c.question.in_(bindparam("questions", expanding=True)),
    or_(
        deliveries.c.first_at.is_not(None),
        and_(deliveries.c.state == "skipped", deliveries.c.reason == HELD),
    ),
)


def reached(connection: Connection, open_questions: Mapping[int, str]) -> dict[int, int | None]:
    """Return when participants' open questions were first handed to the provider.

    None: never, because a window was closed. Who is left out: not yet.
    """
    asked = {"ids": list(open_questions), "questions": list(set(open_questions.values()))}
    handed: dict[int, int | None] = {}
    for owner, question, at in found(connection, _reached, asked):
        if open_questions.get(owner) == question:
            before = handed.get(owner)
            handed[owner] = before if at is None else min(at, before or at)
    return handed


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


def past(
    connection: Connection, seal: Seal, address: int, kind: type[Body]
) -> list[tuple[str, str, Body]]:
    """Return (provider's id, its sound, message) of what was sent to an address, oldest first."""
    query = select(deliveries.c.provider_id, deliveries.c.speaks, deliveries.c.sealed).where(
        deliveries.c.address_id == address,
        deliveries.c.state.in_(("sent", "delivered", "read")),
        deliveries.c.sealed.is_not(None),
    )
    rows = connection.execute(query.order_by(deliveries.c.id))
    return [
        (provider_id, speaks, msgspec.json.decode(seal.open(COLUMN, sealed), type=kind))
        for provider_id, speaks, sealed in rows
    ]
