"""When one may write to someone unasked: not at night, in their own time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.dialogue.flow import Consultation

HOUR = 3_600_000


def zone_of(name: object, consultation: Consultation) -> ZoneInfo:
    """Return a person's zone, the consultation's where theirs is not known."""
    try:
        return ZoneInfo(str(name) if name else consultation.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def not_before(moment: int, zone: ZoneInfo, consultation: Consultation) -> int:
    """Return the first moment from `moment` on that is not within the quiet hours."""
    here = datetime.fromtimestamp(moment / 1000, UTC).astimezone(zone)
    begins, ends = consultation.quiet_from, consultation.quiet_to
    if not _quiet(here.hour, begins, ends):
        return moment
    morning = here.replace(hour=ends, minute=0, second=0, microsecond=0)
    if morning <= here:
        morning += timedelta(days=1)
    return int(morning.timestamp() * 1000)


def _quiet(hour: int, begins: int, ends: int) -> bool:
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends
