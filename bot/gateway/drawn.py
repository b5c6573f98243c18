"""A message as a channel shows it, and what the outbox wants to know of it."""

import msgspec

from channels.base import Outgoing


class Drawn(msgspec.Struct, frozen=True):
    """One message, and what the outbox wants to know of it.

    `question`: the key of the question that it puts. `closes`: the key of the question whose
    keyboard it takes away; where `outgoing.of` is empty, that question's message is meant.
    `units` is what it counts against the pace of one chat: a keyboard that changes is no message.
    """

    outgoing: Outgoing
    question: str = ""
    closes: str = ""
    units: int = 1
