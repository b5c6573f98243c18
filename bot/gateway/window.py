"""The window of a day: how long after a person's last word one may write to them freely.

It is one for each person and sender of ours, so whatever is sent goes out from the sender that was
written to last. Outside, what goes out is a template that the provider approved; else the message
waits for the person's next word, where it says so, or it is dropped.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from bot.store.deliveries import HELD, NEVER, Due, Settled
from channels.base import Capabilities, Moment, Outgoing, Template

DROPPED = HELD  # the reason of what was not sent because the window was closed


@dataclass(frozen=True)
class Beyond:
    """What becomes of a message where the window is closed; by default it is dropped."""

    template: Template | None = None  # goes out in its place
    waits: bool = False  # it waits for the person's next word


DROP = Beyond()


def is_open(can: Capabilities, last_in_at: Moment | None, moment: Moment) -> bool:
    """Say whether one may write freely to an address that was heard from last at `last_in_at`."""
    length = length_of(can)
    return length is None or (last_in_at is not None and moment < last_in_at + length)


def length_of(can: Capabilities) -> int | None:
    """Return for how many milliseconds a window stays open; None where there is none."""
    return None if can.window is None else int(can.window.total_seconds() * 1000)


def is_known_open(can: Capabilities, last_in_at: Moment | None, moment: Moment) -> bool:
    """Say whether there is a window, and it is open as far as we know."""
    return can.window is not None and is_open(can, last_in_at, moment)


def through(outgoing: Outgoing, due: Due, can: Capabilities, moment: Moment) -> Outgoing | Settled:
    """Return what may be sent of a delivery now, or what becomes of it instead."""
    if can.window is None:
        return outgoing
    outgoing = replace(outgoing, account=due.account or outgoing.account)
    if is_open(can, due.last_in_at, moment):
        return outgoing
    if outgoing.outside is not None:
        return replace(outgoing, do="template")
    if outgoing.waits:
        return Settled(due.id, "waiting", HELD, not_before=NEVER, tried=False)
    return Settled(due.id, "skipped", DROPPED, tried=False)
