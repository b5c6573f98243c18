"""What providers tell later: what became of the messages that they took from us."""

import logging
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from bot.gateway.house import House
from bot.store import inbox, participants
from bot.store.deliveries import advance
from bot.store.inbox import Waiting
from bot.store.sent import learn_provider_id
from channels.base import Incoming

log = logging.getLogger(__name__)

_incoming = msgspec.json.Decoder(Incoming)
_ADDRESS = {"gone": "gone", "opted_out": "blocked"}  # what a failure means → the address's state


def file_statuses(
    connection: Connection, house: House, rows: Sequence[Waiting], moment: int
) -> list[Waiting]:
    """Note what became of deliveries; return the rows that are no status.

    A status that comes twice, late, or for what we never sent changes nothing.
    """
    told = [row for row in rows if row.kind == "status"]
    for row in told:
        _note(connection, _incoming.decode(row.open(house.seal)))
    inbox.mark(connection, [(row.id, "filed", "") for row in told], moment)
    return [row for row in rows if row.kind != "status"]


def _note(connection: Connection, status: Incoming) -> None:
    delivery = _number(status.delivery)
    address = learn_provider_id(connection, delivery, status.channel, status.message_id)
    if address is None:
        log.info("%s: a status came for a message that is not ours", status.channel)
        return
    moved = advance(connection, delivery, status.status, status.reason)
    state = _ADDRESS.get(status.means, "")
    if moved and state:
        participants.set_address_state(connection, address, state, status.reason)


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else 0
