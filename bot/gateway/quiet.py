"""When one may write to someone unasked: not at night, in their own time zone.

Which zone that is: the one that they told; else that of their country; else that of their number;
else those that the consultation gives for their region; else the consultation's. A large country or
a region has several: then it must be day in all of them, so that nobody is woken.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from babel.core import get_global
from phonenumbers import timezone as number_zones

from bot.dialogue.flow import Consultation

HOUR = 3_600_000
QUARTER = timedelta(minutes=15)
TWO_DAYS = 192  # quarters of an hour: within them it is day everywhere once, or never
NOWHERE = "ZZ"  # as a country it has the zones of the seas
Zones = tuple[ZoneInfo, ...]


def zones_of(
    facts: Mapping[str, object],
    numbers: Iterable[str],
    consultation: Consultation,
    *,
    country: str = "",
) -> Zones:
    """Return the zones in one of which a person lives, never none; numbers as +221…

    `country`: that of a number, as "SN", where the number itself is not at hand.
    """
    told = _known([str(facts.get("time zone") or "")])
    region = str(facts.get("region") or "")
    return (
        told
        or _known(_of_country(region.upper()))
        or _known([zone for number in numbers for zone in _of_number(number)])
        or _known(_of_country(country))
        or _known(consultation.zones.get(region, ()))
        or _known([consultation.time_zone])
        or (ZoneInfo("UTC"),)
    )


def _known(names: Iterable[str]) -> Zones:
    found = (_zone(name) for name in dict.fromkeys(names) if name)
    return tuple(zone for zone in found if zone is not None)


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def _of_country(code: str) -> tuple[str, ...]:
    """Return the zones of a country by its two letters, as "SN"."""
    if len(code) != 2 or code == NOWHERE:
        return ()
    return tuple(
        sorted(zone for zone, land in get_global("zone_territories").items() if land == code)
    )


def _of_number(number: str) -> tuple[str, ...]:
    """Return the zones where numbers that begin like this one are given out; () if it is none."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    zones = number_zones.time_zones_for_number(parsed)
    return tuple(zone for zone in zones if zone != number_zones.UNKNOWN_TIMEZONE)


def not_before(moment: int, zones: ZoneInfo | Zones, consultation: Consultation) -> int:
    """Return the first moment from `moment` on at which nobody of these zones is woken."""
    zones = (zones,) if isinstance(zones, ZoneInfo) else zones
    return _first(_later(moment), moment, zones, consultation)


def not_after(moment: int, zones: Zones, consultation: Consultation) -> int:
    """Return the last moment up to `moment` at which nobody of these zones is woken."""
    return _first(_earlier(moment), moment, zones, consultation)


def for_event(moment: int, event_at: int, zones: Zones, consultation: Consultation) -> int:
    """Return when to announce an event: by day, rather later; earlier if it would be over then."""
    later = not_before(moment, zones, consultation)
    return later if later < event_at else _first(_earlier(moment), moment, zones, consultation)


def _first(
    moments: Iterable[datetime], otherwise: int, zones: Zones, consultation: Consultation
) -> int:
    """Return the first moment that is day in all zones, or in the first if there is no such one."""
    if not _is_quiet(_at(otherwise), zones, consultation):
        return otherwise
    tried = list(moments)
    found = _day_in(zones, tried, consultation) or _day_in(zones[:1], tried, consultation)
    return int(found.timestamp() * 1000) if found else otherwise


def _day_in(
    zones: Zones, moments: Iterable[datetime], consultation: Consultation
) -> datetime | None:
    return next((one for one in moments if not _is_quiet(one, zones, consultation)), None)


def _at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)


def _later(moment: int) -> Iterator[datetime]:
    """Yield the quarters of an hour that come: the hours of all zones begin at one of them."""
    begins = _quarter(moment)
    return (begins + n * QUARTER for n in range(1, TWO_DAYS))


def _earlier(moment: int) -> Iterator[datetime]:
    """Yield the last minutes of the quarters of an hour before."""
    begins = _quarter(moment) - timedelta(minutes=1)
    return (begins - n * QUARTER for n in range(TWO_DAYS))


def _quarter(moment: int) -> datetime:
    at = _at(moment).replace(second=0, microsecond=0)
    return at - timedelta(minutes=at.minute % 15)


def _is_quiet(moment: datetime, zones: Iterable[ZoneInfo], consultation: Consultation) -> bool:
    begins, ends = consultation.quiet_from, consultation.quiet_to
    return any(_quiet(moment.astimezone(zone).hour, begins, ends) for zone in zones)


def _quiet(hour: int, begins: int, ends: int) -> bool:
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends
