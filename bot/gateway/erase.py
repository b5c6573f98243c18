"""Erases what the consultation promised to erase, and takes out rows that nobody needs.

Bodies go after some days, addresses on a date, rows after `keep_days`; what was erased is written
into the log and the audit.
"""

import asyncio
import logging
from datetime import datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from bot.dialogue.flow import Consultation
from bot.gateway.house import House
from bot.gateway.reading.making import drop_old_sounds
from bot.store import participants
from bot.store.compacting import compact
from bot.store.forget import put_away_log
from bot.store.retention import DAY, Expired, erase_old

log = logging.getLogger(__name__)

BREATH = 0.05  # seconds between two portions


async def erase_what_is_old(house: House) -> int:
    """Erase what is due, and return when to look again: a day later, or on the date itself."""
    moment, consultation = house.clock(), house.library.consultation
    addresses_at = erases_addresses_at(consultation)
    erased = await house.database.write(
        lambda c: erase_old(
            c, moment, days=consultation.erase_raw_after_days, addresses_at=addresses_at
        )
    )
    await drop_old_sounds(house, moment)
    taken_out = await take_out_old_rows(house, moment - int(house.keep_days * DAY))
    if any(erased) or taken_out:
        await _report(house, moment, erased, taken_out)
        await asyncio.to_thread(put_away_log, house.database)
    tomorrow = moment + DAY
    return addresses_at if addresses_at and moment < addresses_at < tomorrow else tomorrow


async def take_out_old_rows(house: House, before: int) -> int:
    """Take out rows of inbox and outbox, a few at a time so that nobody waits; return how many."""
    total = 0
    for sent in (False, True):
        last = 0
        while True:
            gone, last = await house.database.write(partial(compact, sent=sent), before, last)
            total += gone
            if not last:
                break
            await asyncio.sleep(BREATH)
    return total


async def _report(house: House, moment: int, erased: Expired, taken_out: int) -> None:
    counts = erased._asdict() | {"rows": taken_out}
    told = ", ".join(f"{name}: {count}" for name, count in counts.items() if count)
    log.info("erased, as the consultation promises: %s", told)
    await house.database.write(participants.note, moment, "palabre", "erased what is old", told)


def erases_addresses_at(consultation: Consultation) -> int | None:
    """Return when the day begins, where the consultation is at home, on which addresses go."""
    if not consultation.erase_addresses_on:
        return None
    day = datetime.fromisoformat(consultation.erase_addresses_on).date()
    begins = datetime.combine(day, time(), ZoneInfo(consultation.time_zone))
    return int(begins.timestamp() * 1000)
