"""Reads the consultation's files again when they changed on disk, while people go on talking."""

import asyncio
import logging

from bot.dialogue.fault import Faults
from bot.gateway.house import House
from bot.gateway.phases import set_up

log = logging.getLogger(__name__)

LOOK_MS = 5000  # between two looks: who saves a file sees its effect soon


async def reread(house: House) -> int:
    """Take up what changed; return when to look again.

    Faulty files are named in the log, once for each change, and what was read before stays.
    """
    try:
        if await asyncio.to_thread(house.library.reload_if_changed):
            await _write_down(house)
            log.info("the consultation's files were read again")
    except Faults as wrong:
        log.error("the files that changed are not used:\n%s", wrong)  # noqa: TRY400 - a sentence
    return house.clock() + LOOK_MS


async def _write_down(house: House) -> None:
    """Keep the new revisions and phases, so that talks begun with them go on after a restart."""
    database, moment = house.database, house.clock()
    await database.write(house.programmes.keep, database, moment)
    await database.write(set_up, database, house.library.consultation, moment)
