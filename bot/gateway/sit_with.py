"""A turn that nobody wrote for: a reminder, a late verdict, an offer, an answer that was coded."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.dialogue.conversation import Person, Scene, Turn
from bot.gateway.house import House
from bot.gateway.others import with_others
from bot.gateway.outcome import put_down
from bot.gateway.programme import Offered
from bot.gateway.sitting import Seat, Sitting
from bot.gateway.window import DROP, Beyond
from bot.store import participants
from bot.store.participants import Address

Think = Callable[[Offered, Person, Scene], Turn]


class NobodyThere(Exception):
    """This participant has no address that can be reached here."""


class NotHere(NobodyThere):
    """This participant can be reached, but not on a channel of this process."""


@dataclass(frozen=True)
class Table:
    """One person at the table, and the address on which one speaks with them.

    `others`: further addresses of theirs that can be reached, the one last heard from first.
    """

    sitting: Sitting
    seat: Seat
    address: Address
    others: tuple[Address, ...] = ()

    def take(
        self, think: Think, *, kind: str = "reply", rank: int = 0, beyond: Beyond = DROP
    ) -> Turn:
        """Take a turn and write it down."""
        scene = self.sitting.scene(self.seat, self.address.channel)
        programme, person = self.sitting.programme, self.seat.person
        turn = with_others(
            self.sitting, self.seat, scene, lambda seen: think(programme, person, seen)
        )
        put_down(self.sitting, self.seat, turn, self.address, kind=kind, rank=rank,
                 beyond=beyond)  # fmt: skip
        return turn


def sit_with(
    connection: Connection, house: House, participant: int, *, anywhere: bool = False
) -> Table:
    """Hold a participant's row and load them. Raises NobodyThere, NotHere.

    `anywhere`: on a channel that another process sends on, too.
    """
    participant = participants.hold(connection, house.database, participant)
    sitting = Sitting(connection, house, house.clock())
    sitting.load([participant])
    addresses = participants.addresses_of(connection, [participant])
    good = [one for one in addresses if one.state == "good"]
    here = [one for one in good if anywhere or one.channel in house.channels]
    if good and not here:
        raise NotHere(NotHere.__doc__)
    if participant not in sitting.seats or not here:
        raise NobodyThere(NobodyThere.__doc__)
    return Table(sitting, sitting.seats[participant], here[0], tuple(here[1:]))


async def take_unasked(house: House, participant: int, think: Think) -> Turn | None:
    """Take one turn with someone, in a transaction of its own; None if nobody is there."""

    def work(connection: Connection) -> Turn | None:
        try:
            table = sit_with(connection, house, participant)
        except NobodyThere:
            return None
        turn = table.take(think)
        table.sitting.write()
        return turn

    return await house.database.write(work, wakes=("outbox",))
