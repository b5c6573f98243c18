"""Where someone is and why, in sentences."""

from sqlalchemy import Connection

from bot.dialogue.explain import explain
from bot.gateway.house import House
from bot.gateway.sitting import Sitting
from bot.store import participants


def explain_participant(
    connection: Connection, house: House, pseudonym: str, language: str
) -> list[str] | None:
    """Return sentences about a participant; None if there is no such one."""
    found = participants.by_pseudonym(connection, pseudonym)
    if found is None or participants.is_forgotten(connection, found):
        return None
    found = participants.kept_of(connection, found)
    sitting = Sitting(connection, house, house.clock())
    sitting.load([found])
    seat = sitting.seats[found]
    addresses = participants.addresses_of(connection, [found])
    channel = next((one.channel for one in addresses if one.channel in house.channels), "")
    scene = sitting.scene(seat, channel)
    return explain(sitting.programme, seat.person, scene, language)
