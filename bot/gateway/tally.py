"""What a process did, counted; written to the database now and then, where all processes add up."""

from bot.gateway.house import House
from bot.store import tallies
from bot.store.database import DatabaseAway

EVERY_MS = 15_000


async def write_tally(house: House) -> int:
    """Add what was counted here since the last time; return when to do so again."""
    counted = house.tally.take()
    try:
        if counted:
            await house.database.write(tallies.add, counted)
    except DatabaseAway:
        house.tally.put_back(counted)
        raise
    return house.clock() + EVERY_MS
