"""What messages have cost so far, out of what went out."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from bot.gateway.broadcasts.prices import Prices
from bot.store.tables import addresses, deliveries


class Spent(NamedTuple):
    """What went out on a channel to a country."""

    channel: str
    country: str
    messages: int
    units: int  # segments where the channel counts them
    cost: float


def spent(connection: Connection, prices: Prices, since: int = 0) -> list[Spent]:
    """Return what went out, by channel and country."""
    by = (deliveries.c.channel, addresses.c.country)
    query = (
        select(*by, func.count(), func.coalesce(func.sum(deliveries.c.units), 0))
        .select_from(deliveries.join(addresses, addresses.c.id == deliveries.c.address_id))
        .where(
            deliveries.c.state.in_(("sent", "delivered", "read", "perhaps")),
            deliveries.c.kind != "close",
            func.coalesce(deliveries.c.first_at, 0) >= since,
        )
        .group_by(*by)
        .order_by(*by)
    )
    return [
        Spent(channel, country, messages, units, round(units * prices.of(channel, country), 4))
        for channel, country, messages, units in connection.execute(query)
    ]
