"""When the first and the last get a broadcast: the channels' pace, and each zone's night."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.gateway.broadcasts.plan import HOUR, Plan
from bot.gateway.house import House
from bot.gateway.quiet import Zones, not_before

FARTHEST = 24 * 60  # hours looked ahead


@dataclass
class Crowd:
    """So many people on one channel in the same zones, each costing so many units of the pace."""

    channel: str
    zones: Zones  # in one of which they live
    count: int
    units: int


def times_of(
    house: House, plan: Plan, crowds: Sequence[Crowd], begins_at: int
) -> tuple[int | None, int | None]:
    """Return when the first and the last would get it; None, None for nobody."""
    by_channel: dict[str, list[Crowd]] = {}
    for one in crowds:
        by_channel.setdefault(one.channel, []).append(one)
    spans = [_span(house, plan, own, begins_at) for own in by_channel.values()]
    if not spans:
        return None, None
    return min(first for first, _ in spans), max(last for _, last in spans)


def _span(house: House, plan: Plan, crowds: Sequence[Crowd], begins_at: int) -> tuple[int, int]:
    """Carry a channel's people out hour by hour, those first whose morning comes first."""
    pace = house.can(crowds[0].channel).overall.per_second
    left = {id(one): float(one.count * one.units) for one in crowds}
    total = sum(left.values())
    if plan.spread_ms:
        pace = min(pace, total / (plan.spread_ms / 1000))
    opens = {id(one): _opens(house, plan, one, begins_at) for one in crowds}
    at = first = min(opens.values())
    for _hour in range(FARTHEST):
        room = pace * HOUR / 1000
        for one in crowds:
            if room > 0 and left[id(one)] > 0 and _opens(house, plan, one, at) <= at:
                taken = min(room, left[id(one)])
                left[id(one)] -= taken
                room -= taken
        if sum(left.values()) <= 0:
            used = 1 - room / (pace * HOUR / 1000)
            return first, at + int(used * HOUR)
        at = max(at + HOUR, min(_opens(house, plan, one, at + HOUR)
                                for one in crowds if left[id(one)] > 0))  # fmt: skip
    return first, at


def _opens(house: House, plan: Plan, crowd: Crowd, moment: int) -> int:
    if plan.any_hour:
        return moment
    return not_before(moment, crowd.zones, house.library.consultation)
