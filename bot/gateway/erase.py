"""Erases what the consultation promised to erase: bodies after some days, addresses on a date."""

import asyncio
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.dialogue.flow import Consultation
from bot.gateway.house import House
from bot.store.forget import put_away_log
from bot.store.retention import DAY, erase_old


async def erase_what_is_old(house: House) -> int:
    """Erase what is due, and return when to look again: a day later, or on the date itself."""
    moment, consultation = house.clock(), house.library.consultation
    addresses_at = erases_addresses_at(consultation)
    erased = await house.database.write(
        lambda c: erase_old(
            c, moment, days=consultation.erase_raw_after_days, addresses_at=addresses_at
        )
    )
    if any(erased):
        await asyncio.to_thread(put_away_log, house.database)
    tomorrow = moment + DAY
    return addresses_at if addresses_at and moment < addresses_at < tomorrow else tomorrow


def erases_addresses_at(consultation: Consultation) -> int | None:
    """Return when the day begins, where the consultation is at home, on which addresses go."""
    if not consultation.erase_addresses_on:
        return None
    day = datetime.fromisoformat(consultation.erase_addresses_on).date()
    begins = datetime.combine(day, time(), ZoneInfo(consultation.time_zone))
    return int(begins.timestamp() * 1000)
