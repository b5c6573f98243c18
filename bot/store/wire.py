"""What is handed to the store from above, as plain values: the store knows no channels."""

from typing import NamedTuple


class Arrival(NamedTuple):
    """A message as it is written down; `incoming` is JSON, `raw` the body as it came."""

    channel: str
    event_id: str
    address: str
    kind: str
    incoming: bytes
    raw: bytes
    at: int
    waits: bool = True  # False: only filed


class NewDelivery(NamedTuple):
    """A message that is promised; `outgoing` is JSON."""

    participant: int
    address: int
    channel: str
    kind: str
    outgoing: bytes
    question: str = ""
    closes: str = ""
    rank: int = 0
    units: int = 1
    not_before: int = 0
    broadcast: int | None = None
    trace: str | None = None
    speaks: str = ""  # the sound that it wants
    reason: str = ""  # why it waits, where that must be known
