"""Face-to-face sessions as the dialogue sees them: what one is, and which are near someone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import field

from bot.dialogue.flow import Struct
from bot.dialogue.reply import Moment

SESSION = "session"  # the list that a block runs over, and what `invite to` invites to
OWN_SESSION = "own session"
NEARNESS = ("a session", "no session")  # … is near: subjects of a condition
ANSWERS = ("coming", "perhaps", "not")
NEEDED = frozenset(("coming", "not"))
# What comes of an answer: as it was given, on the waiting list, or too late.
OUTCOMES = (*ANSWERS, "waiting", "gone")


class Session(Struct, frozen=True, omit_defaults=True):
    """A session, and what one person has to do with it; texts by language."""

    code: str
    title: dict[str, str] = field(default_factory=dict)
    place: str = ""
    zone: str = "UTC"
    begins_at: Moment = 0
    region: str = ""  # "": everybody's
    languages: tuple[str, ...] = ()  # none: any
    left: int | None = None  # seats; None: as many as come
    cancelled: bool = False
    answer: str = ""  # this person's: coming, waiting, perhaps, not
    leads: bool = False  # this person facilitates it

    def may_come(self, now: Moment) -> bool:
        """Say whether one can still come to it."""
        return not self.cancelled and self.begins_at > now

    def named(self, language: str) -> str:
        """Return its title in a language, in any where it has none in that one."""
        return self.title.get(language) or next(iter(self.title.values()), self.code)


def near(
    sessions: Mapping[str, Session], facts: Mapping[str, Any], language: str, now: Moment
) -> tuple[str, ...]:
    """Return the codes of the sessions that concern someone, the soonest first."""
    region = facts.get("region")
    found = [
        one
        for one in sessions.values()
        if one.may_come(now) and (_concerns(one, region, language) or one.answer)
    ]
    return tuple(one.code for one in sorted(found, key=lambda one: (one.begins_at, one.code)))


def _concerns(session: Session, region: object, language: str) -> bool:
    here = not session.region or not region or session.region == region
    return here and (not session.languages or language in session.languages)


def led(sessions: Mapping[str, Session], now: Moment) -> str:
    """Return the session that someone led last, "" where they led none yet."""
    own = [one for one in sessions.values() if one.leads and not one.cancelled]
    begun = [one for one in own if one.begins_at <= now]
    return max(begun, key=lambda one: one.begins_at).code if begun else ""


def said_when(moment: Moment, zone: str, language: str) -> str:
    """Return day and hour as people of the language say them, where it takes place."""
    from babel.dates import format_date

    here = _at(moment, zone)
    day = str(format_date(here.date(), "full", locale=language))
    return f"{day}, {said_hour(moment, zone, language)}"


def said_hour(moment: Moment, zone: str, language: str) -> str:
    """Return the hour alone, in letters that every phone has."""
    from babel.dates import format_time

    said = str(format_time(_at(moment, zone).time(), "short", locale=language))
    return said.replace("\u202f", " ").replace("\u00a0", " ")


def same_hour(moment: Moment, zone: str, other: str) -> bool:
    """Say whether two zones' clocks show the same at a moment."""
    return _at(moment, zone).utcoffset() == _at(moment, other).utcoffset()


def _at(moment: Moment, zone: str) -> datetime:
    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        there = ZoneInfo("UTC")
    return datetime.fromtimestamp(moment / 1000, UTC).astimezone(there)
