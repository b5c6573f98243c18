"""What waits in the outbox, and what may come between: a stop, a person's word, a new number."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, case, func, or_, select, update

from bot.store.deliveries import COLUMN, ON_PAGE, REPEATED, Due
from bot.store.seal import Seal
from bot.store.tables import addresses, deliveries, listening_pages


def called_off(reason: str) -> dict[str, Any]:
    """Return what becomes of what waits and is not wanted any more, and why.

    What may have gone out already is not said to be cancelled: nobody knows.
    """
    may_have = deliveries.c.reason == REPEATED
    return {
        "state": case((may_have, "perhaps"), else_="cancelled"),
        "reason": case((may_have, REPEATED), else_=reason),
    }


def cancel(connection: Connection, participant: int, reason: str) -> int:
    """Cancel what still waits for a participant, and for whoever shares their phone; how many."""
    phones = select(addresses.c.id).where(addresses.c.participant_id == participant)
    theirs = or_(deliveries.c.participant_id == participant, deliveries.c.address_id.in_(phones))
    query = (
        update(deliveries).where(theirs, deliveries.c.state == "waiting").values(called_off(reason))
    )
    return connection.execute(query).rowcount


def cancel_on(connection: Connection, address: int, reason: str) -> int:
    """Cancel what still waits for an address, whoever it was for; return how many."""
    waiting = and_(deliveries.c.address_id == address, deliveries.c.state == "waiting")
    query = update(deliveries).where(waiting).values(called_off(reason))
    return connection.execute(query).rowcount


def let_go(connection: Connection, people: Collection[int], channels: Collection[str]) -> int:
    """Send at once what waited for people's next word, or for their phones; return how many."""
    query = (
        update(deliveries)
        .where(
            deliveries.c.participant_id.in_(list(people)),
            deliveries.c.channel.in_(list(channels)),
            deliveries.c.state == "waiting",
            deliveries.c.reason.not_in(("", REPEATED)),
        )
        .values(not_before=0)
    )
    return connection.execute(query).rowcount


def heard_on_page(connection: Connection, addresses: Collection[int], moment: int) -> int:
    """Note that what waited for the page was shown there: it need not be sent; return how many."""
    if not addresses:
        return 0
    pages = listening_pages.c.address_id.in_(list(addresses))
    shown = and_(
        deliveries.c.participant_id.in_(select(listening_pages.c.participant_id).where(pages)),
        deliveries.c.address_id.in_(list(addresses)),
        deliveries.c.state == "waiting",
        deliveries.c.reason == ON_PAGE,
    )
    first = func.coalesce(deliveries.c.first_at, moment)
    values = {"state": "read", "first_at": first, "last_at": moment, "units": 0}
    return connection.execute(update(deliveries).where(shown).values(values)).rowcount


def has_waiting(connection: Connection, participant: int, kind: str) -> bool:
    """Say whether something of a kind is still to be sent to someone."""
    query = select(deliveries.c.id).where(
        deliveries.c.participant_id == participant,
        deliveries.c.state.in_(("waiting", "sending")),
        deliveries.c.kind == kind,
    )
    return connection.scalar(query.limit(1)) is not None


def move(connection: Connection, seal: Seal, due: Due, to: str) -> None:
    """Send a delivery, and whatever follows, to the address's new number."""
    address = connection.execute(select(addresses).where(addresses.c.id == due.address)).one()
    index = seal.index(address.channel, to)
    taken = connection.scalar(select(addresses.c.id).where(addresses.c.address_index == index))
    if taken is None:
        changed = {"address_index": index, "sealed": seal.seal(b"addresses", to.encode())}
        connection.execute(update(addresses).where(addresses.c.id == due.address).values(changed))
    outgoing = msgspec.json.decode(due.open(seal)) | {"address": to}
    body = seal.seal(COLUMN, msgspec.json.encode(outgoing))
    connection.execute(update(deliveries).where(deliveries.c.id == due.id).values(sealed=body))
