"""A hand-over: a person of the team speaks instead of the bot, then gives the talk back to it."""

from msgspec.structs import replace
from sqlalchemy import Connection

from bot.dialogue import talk
from bot.dialogue.reply import Prompt
from bot.gateway.house import House
from bot.gateway.outcome import say
from bot.gateway.sit_with import Table, sit_with
from bot.store import handovers

HUMAN = "human"  # the kind of a delivery that a person wrote


class HasLeft(Exception):
    """This person has said STOP, so nobody may write to them; only their START opens again."""


class NothingToSay(Exception):
    """The reply has no words: write some."""


async def reply_as_human(house: House, participant: int, text: str) -> None:
    """Send a person's own words; until they close the hand-over, what is answered goes to them.

    Where no hand-over was open, this opens one. Raises NobodyThere, HasLeft, NothingToSay.
    """
    if not text.strip():
        raise NothingToSay(NothingToSay.__doc__)

    def work(connection: Connection) -> None:
        table = sit_with(connection, house, participant)
        if table.seat.stopped_at is not None or table.seat.person.stopped:
            raise HasLeft(HasLeft.__doc__)
        _say(connection, house, table, text)

    await house.database.write(work, wakes=("outbox",))


def _say(connection: Connection, house: House, table: Table, text: str) -> None:
    sitting, seat = table.sitting, table.seat
    handovers.say(connection, house.seal, seat.id, text, sitting.moment, ours=True)
    seat.person = replace(seat.person, human=True)
    seat.changed = True
    say(sitting, seat, (Prompt(text),), table.address, kind=HUMAN, rank=0)
    sitting.write()


async def close_hand_over(house: House, participant: int, note: str) -> bool:
    """Close the open hand-over and let the bot go on; False if none was open.

    The note is for the team alone. Raises NobodyThere.
    """

    def work(connection: Connection) -> bool:
        table = sit_with(connection, house, participant)
        if not handovers.close(connection, participant, note, table.sitting.moment):
            return False
        table.take(talk.hand_back)
        table.sitting.write()
        return True

    return await house.database.write(work, wakes=("outbox",))
