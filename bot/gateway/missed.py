"""Ask providers once an hour for what people wrote to us and no call ever brought."""

import logging

from bot.gateway.house import House
from bot.gateway.receive import Busy, Receiver
from bot.store.database import DatabaseAway, DatabaseRefuses
from channels.base import Incoming, LooksUp
from channels.errors import DeliveryError

log = logging.getLogger(__name__)

HOUR_MS = 3_600_000
BACK_MS = 24 * HOUR_MS  # so far one looks back: what came already is one with it


async def look_for_missed(house: House, receiver: Receiver) -> int:
    """Write down what was missed; return when to look again."""
    moment = house.clock()
    for channel in house.channels.values():
        if isinstance(channel, LooksUp):
            await _look(channel, channel.name, receiver, moment - BACK_MS)
    return moment + HOUR_MS


async def _look(channel: LooksUp, name: str, receiver: Receiver, after: int) -> None:
    try:
        found: list[Incoming] = await channel.list_since(after)
        await receiver.take([(one, b"") for one in found])
    except (DeliveryError, DatabaseAway, DatabaseRefuses, Busy) as error:
        log.warning("%s: what was missed is looked for later: %s", name, error)
