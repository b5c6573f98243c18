"""What a channel tells of an address while nobody speaks: blocked, open again, moved."""

from bot.gateway.sitting import Seat, Sitting
from bot.store import participants, waiting
from bot.store.participants import Address
from channels.base import Incoming


def _blocked(sitting: Sitting, seat: Seat, address: Address, incoming: Incoming) -> None:
    sitting.take_back(seat)
    participants.set_address_state(sitting.connection, address.id, "blocked", "blocked by them")
    waiting.cancel(sitting.connection, seat.id, "blocked")


def _unblocked(sitting: Sitting, seat: Seat, address: Address, incoming: Incoming) -> None:
    participants.set_address_state(sitting.connection, address.id, "good", "")


def _moved(sitting: Sitting, seat: Seat, address: Address, incoming: Incoming) -> None:
    participants.move_address(sitting.connection, sitting.house.seal, address, incoming.moved_to)


UNSPOKEN = {"blocked": _blocked, "unblocked": _unblocked, "moved": _moved}
