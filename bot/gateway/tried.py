"""What an attempt to send led to, and when the next one is due."""

import random
from dataclasses import dataclass

from bot.store.deliveries import REPEATED, Due, Settled
from channels.base import Incoming, Receipt

KNOWN_MS = 1000  # longer than a look at the gate holds
BACK_OFF = (1, 2, 5, 15, 60, 300, 900, 3600, 3600, 3600, 3600)  # seconds, before jitter


@dataclass(frozen=True)
class Tried:
    """What an attempt led to: the row's new state, and what it says of the address."""

    settled: Settled
    due: Due
    address_state: str = ""
    reason: str = ""
    moved_to: str = ""
    told: Incoming | None = None  # what its provider, asked about it, says became of it
    closed_at: int = 0  # by then, at the latest, the address's window was closed


def not_now(due: Due, not_before: int) -> Tried:
    """Put a delivery back that was not tried."""
    return Tried(Settled(due.id, "waiting", due.reason, not_before=not_before, tried=False), due)


def later(due: Due, reason: str, not_before: int) -> Tried:
    """Try again later; that it was repeated once already must not be forgotten."""
    kept = REPEATED if due.reason == REPEATED else reason
    return Tried(Settled(due.id, "waiting", kept, not_before=not_before), due)


def window_closed(due: Due, moment: int) -> Tried:
    """Try again when everybody knows of it: a template, or nothing, goes out then."""
    settled = Settled(due.id, "waiting", not_before=moment + KNOWN_MS, tried=False)
    return Tried(settled, due, closed_at=moment)


def went_out(due: Due, receipt: Receipt) -> Settled:
    """It was taken."""
    return Settled(due.id, "sent", provider_id=receipt.provider_id, units=receipt.units)


def uncertain(due: Due, reason: str, moment: int, look_up_ms: int = 0) -> Settled:
    """Nobody knows: whatever belongs to a talk goes again once, an announcement does not.

    Where the provider can be asked (`look_up_ms`: when), either waits until it was.
    """
    if look_up_ms and due.reason != REPEATED:
        return Settled(due.id, "waiting", REPEATED, not_before=moment + look_up_ms)
    if due.kind == "broadcast" or due.reason == REPEATED:
        return Settled(due.id, "perhaps", reason)
    return Settled(due.id, "waiting", REPEATED, not_before=moment + back_off(due.attempts))


def back_off(attempts: int) -> int:
    """Return for how many milliseconds to wait after so many attempts."""
    seconds = BACK_OFF[min(attempts, len(BACK_OFF) - 1)]
    return int(1000 * seconds * random.uniform(0.8, 1.3))
