"""What providers tell later: what became of the messages that they took from us."""

import logging
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from bot.gateway.house import House
from bot.gateway.window import length_of
from bot.store import inbox, participants
from bot.store.inbox import Waiting
from bot.store.told import Told, advance, told_of, try_again
from channels.base import Incoming, Outgoing

log = logging.getLogger(__name__)

_incoming = msgspec.json.Decoder(Incoming)
_outgoing = msgspec.json.Decoder(Outgoing)
HOUR_MS = 3_600_000
LATER_MS = (HOUR_MS, 4 * HOUR_MS)  # a phone that is off now may be on then
_LATER = ("transient", "throttled")
_UNSURE = ("sending", "sent")  # of what arrived nothing is sent again, whatever is said later
_ADDRESS = {"gone": "gone", "opted_out": "blocked"}  # what a failure means → the address's state


def file_statuses(
    connection: Connection, house: House, rows: Sequence[Waiting], moment: int
) -> list[Waiting]:
    """Note what became of deliveries; return the rows that are no status.

    A status that comes twice, late, or for what we never sent changes nothing.
    """
    told = [row for row in rows if row.kind == "status"]
    for row in told:
        note(connection, house, _incoming.decode(row.open(house.seal)))
    inbox.mark(connection, [(row.id, "filed", "") for row in told], moment)
    return [row for row in rows if row.kind != "status"]


def note(connection: Connection, house: House, status: Incoming) -> None:
    """Note what a provider tells of one message."""
    told = told_of(connection, _number(status.delivery), status.channel, status.message_id)
    if told is None:
        log.info("%s: a status came for a message that is not ours", status.channel)
        return
    if status.status == "failed" and told.state in _UNSURE:
        if status.means == "window" and _drawn_again(connection, house, status, told):
            return
        if status.means == "file" and _said_in_words(connection, house, status, told):
            return
        if status.means in _LATER and told.attempts <= len(LATER_MS):
            later = house.clock() + LATER_MS[max(told.attempts, 1) - 1]
            try_again(connection, told.id, status.reason, later, attempts=told.attempts)
            return
    moved = advance(connection, told.id, status.status, status.reason)
    state = _ADDRESS.get(status.means, "")
    if moved and state:
        participants.set_address_state(connection, told.address, state, status.reason)


def _drawn_again(connection: Connection, house: House, status: Incoming, told: Told) -> bool:
    """Let a message meet its window again, now that it is known to be closed.

    False where that was known before: then it was the template itself that was refused.
    """
    length = length_of(house.can(status.channel))
    if length is None or told.last_in_at + length <= told.last_at:
        return False
    if told.last_in_at <= told.last_at:  # nobody wrote since it was sent
        participants.close_window(connection, told.address, told.last_at - length)
    try_again(connection, told.id, status.reason, 0, attempts=0)
    return True


def _said_in_words(connection: Connection, house: House, status: Incoming, told: Told) -> bool:
    """Let the words go out whose sound could not be played; False where it carried none."""
    body = told.open(house.seal) if told.speaks else b""
    if not body or not _outgoing.decode(body).text:
        return False
    try_again(connection, told.id, status.reason, 0, attempts=0, silent=True)
    return True


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else 0
