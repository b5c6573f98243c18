"""Dates and times as people write them: day first, and read back."""

import re
from datetime import UTC, date, datetime

from bot.dialogue.reply import Moment
from bot.dialogue.words import western

_TIME = re.compile(
    r"(?:\b(?:a|à|at|vers|las|la|alas)\s+)?\b(\d{1,2})\s*(?:[h:.]\s*(\d{2})?|(?=\s*[ap]\.?\s*m))"
    r"\s*(?:([ap])\.?\s*m\b\.?)?",
    re.IGNORECASE,
)
_HOUR_ALONE = re.compile(r"\D*(\d{1,2})\D*")
_NOON = {"midi": "12:00", "noon": "12:00", "mediodía": "12:00", "mediodia": "12:00",
         "minuit": "00:00", "midnight": "00:00", "medianoche": "00:00"}  # fmt: skip
_ISO = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*")
_SMALL = re.compile(r"\b(?:le|the|el|on|du|del)\b", re.IGNORECASE)
_LONGEST = 60
_DAY_FIRST = {"en": "en_GB"}  # where plain "en" says the month first


def parse_date(text: str, language: str, now: Moment, *, past: bool = False) -> str | None:
    """Return a date as ISO text, None if there is none.

    "14 March" is the next one to come; where one speaks of what was (`past`), the last one.
    """
    written = western(text.strip())
    iso = _ISO.fullmatch(written)
    if iso:
        return _date(*map(int, iso.groups()))
    if not written or len(written) > _LONGEST:
        return None
    import dateparser

    found = dateparser.parse(
        _SMALL.sub(" ", written).strip(),
        languages=[language],
        settings={
            "DATE_ORDER": "DMY",
            "PREFER_DATES_FROM": "past" if past else "future",
            "RELATIVE_BASE": datetime.fromtimestamp(now / 1000, UTC).replace(tzinfo=None),
        },
    )
    return found.date().isoformat() if found else None


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def said_date(iso: str, language: str) -> str:
    """Return an ISO date as people of the language say it, with the day of the week."""
    from babel.dates import format_date

    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return str(format_date(day, "full", locale=_DAY_FIRST.get(language, language)))


def parse_time(text: str) -> str | None:
    """Return a time of day as "14:30", None if there is none."""
    written = western(text.strip())[:_LONGEST]
    noon = _NOON.get(written.lower())
    if noon:
        return noon
    found = _TIME.search(written)
    if found:
        return _clock(int(found[1]), int(found[2] or 0), (found[3] or "").lower())
    alone = _HOUR_ALONE.fullmatch(written)
    return _clock(int(alone[1]), 0, "") if alone else None


def _clock(hour: int, minute: int, half: str) -> str | None:
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
