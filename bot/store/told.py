"""What a provider tells of a delivery, and what that changes."""

from typing import NamedTuple

from sqlalchemy import Connection, select, update

from bot.store.deliveries import COLUMN, FORWARD, REPEATED
from bot.store.seal import Seal
from bot.store.tables import addresses, deliveries


class Told(NamedTuple):
    """A delivery of which a provider tells; `last_in_at` is when its address was heard from.

    `speaks` names its sound, `sealed` holds the message.
    """

    id: int
    address: int
    state: str
    attempts: int
    last_at: int
    last_in_at: int
    speaks: str
    sealed: bytes | None

    def open(self, seal: Seal) -> bytes:
        """Return the Outgoing, as JSON; b"" where it was erased."""
        return seal.open(COLUMN, self.sealed) if self.sealed else b""


def told_of(connection: Connection, delivery: int, channel: str, provider_id: str) -> Told | None:
    """Find a delivery, and write down the provider's id of it; None if it is none of ours.

    A delivery that has another id already is another message's; of one that waits to be sent
    anew, the message before is over and done with.
    """
    query = (
        select(
            deliveries.c.id, deliveries.c.address_id, deliveries.c.state, deliveries.c.attempts,
            deliveries.c.last_at, addresses.c.last_in_at, deliveries.c.provider_id,
            deliveries.c.reason, deliveries.c.speaks, deliveries.c.sealed,
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
                row.last_in_at or 0, row.speaks, row.sealed)  # fmt: skip


def advance(connection: Connection, delivery: int, state: str, reason: str) -> bool:
    """Move a delivery's status forward, never back; say whether it moved."""
    current = connection.scalar(
        select(deliveries.c.state).where(deliveries.c.id == delivery).with_for_update()
    )
    ends = state == "failed" and FORWARD.get(current or "", 9) < FORWARD["delivered"]
    if current is None or not (ends or FORWARD.get(state, -1) > FORWARD.get(current, 9)):
        return False
    connection.execute(
        update(deliveries).where(deliveries.c.id == delivery).values(state=state, reason=reason)
    )
    return True


def try_again(
    connection: Connection, delivery: int, reason: str, not_before: int, *, attempts: int,
    silent: bool = False,
) -> None:  # fmt: skip
    """Send again what the provider took and then could not bring, as if it was never handed over.

    `attempts`: how many count. `silent`: its words, without their sound.
    """
    values = {"state": "waiting", "reason": reason, "not_before": not_before, "provider_id": "",
              "first_at": None, "attempts": attempts}  # fmt: skip
    if silent:
        values["speaks"] = ""
    connection.execute(update(deliveries).where(deliveries.c.id == delivery).values(values))
