"""What was sent, looked up again: when a question was handed over, under which id, its words."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, and_, bindparam, or_, select, update

from bot.store.deliveries import COLUMN, HELD, REPEATED
from bot.store.fast import found
from bot.store.seal import Seal
from bot.store.tables import addresses, deliveries

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


class Told(NamedTuple):
    """A delivery of which a provider tells; `last_in_at` is when its address was heard from."""

    id: int
    address: int
    state: str
    attempts: int
    last_at: int
    last_in_at: int


def told_of(connection: Connection, delivery: int, channel: str, provider_id: str) -> Told | None:
    """Find a delivery, and write down the provider's id of it; None if it is none of ours.

    A delivery that has another id already is another message's; of one that waits to be sent
    anew, the message before is over and done with.
    """
    query = (
        select(
            deliveries.c.id, deliveries.c.address_id, deliveries.c.state, deliveries.c.attempts,
            deliveries.c.last_at, addresses.c.last_in_at, deliveries.c.provider_id,
            deliveries.c.reason,
        )
        .join(addresses, addresses.c.id == deliveries.c.address_id)
        .where(deliveries.c.id == delivery, deliveries.c.channel == channel)
        .with_for_update(of=deliveries)
    )  # fmt: skip
    row = connection.execute(query).one_or_none()
    if row is None or row.provider_id not in ("", provider_id):
        return None
    if row.state == "waiting" and row.reason not in ("", REPEATED):
        return None
    if not row.provider_id:
        connection.execute(
            update(deliveries).where(deliveries.c.id == delivery).values(provider_id=provider_id)
        )
    return Told(row.id, row.address_id, row.state, row.attempts, row.last_at or 0,
                row.last_in_at or 0)  # fmt: skip


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
