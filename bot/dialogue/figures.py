"""Figures as people say them: counts and lists of counts, in their language."""

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.dialogue.conversation import Programme
from bot.dialogue.placeholders import fill

NAMED_BY = {"by_theme": "themes", "by_region": "regions"}  # the list that holds the labels
_Y_BEFORE_I = re.compile(r"h?[ií](?!e)", re.IGNORECASE)
MOST = 5  # entries of a list that is said: more would be a table


def said_figure(programme: Programme, language: str, name: str) -> str:
    """Return a figure in words: "1,290", "Food (120) and Housing (84)", "fewer than five"."""
    found = programme.figures.get(name)
    phrases = programme.phrases.get(language, {})
    if found is None:
        key = "too_few" if name.startswith("by_") else "few"
        return phrases.get(key) or programme.phrases["en"][key]
    if isinstance(found, int):
        return said_count(found, language)
    said = _sayer(programme, language, name)
    counted = phrases.get("counted") or programme.phrases["en"]["counted"]
    entries = [
        fill(counted, {"what": said(code), "count": said_count(count, language)})
        for code, count in found[:MOST]
    ]
    return _listed(entries, language)


def said_count(count: int, language: str) -> str:
    """Return a count as the language writes it, with blanks that no SMS pays double for."""
    from babel.numbers import format_decimal

    written = str(format_decimal(count, locale=language))
    return written.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def said_month(at: int, zone: str, language: str) -> str:
    """Return the month of a moment: "May"."""
    from babel.dates import format_date

    day = datetime.fromtimestamp(at / 1000, ZoneInfo(zone))
    return str(format_date(day, "LLLL", locale=language))


def _listed(entries: list[str], language: str) -> str:
    from babel.lists import format_list

    said = str(format_list(entries, locale=language))
    if language == "es" and _Y_BEFORE_I.match(entries[-1]):  # "francés e inglés"
        before, _, after = said.rpartition(f" y {entries[-1]}")
        return f"{before} e {entries[-1]}{after}" if before else said
    return said


def _sayer(programme: Programme, language: str, name: str) -> Callable[[str], str]:
    """Return what says the codes of a list of counts in a language."""
    if name == "by_language":
        return lambda code: _language(code, language)
    consultation = programme.consultation
    by_language = consultation.lists.get(NAMED_BY.get(name, ""), {})
    choices = by_language.get(language) or by_language.get(consultation.source, ())
    labels = {choice.code: choice.label for choice in choices}
    return lambda code: labels.get(code, code)


def _language(code: str, language: str) -> str:
    """Name a language as its readers do: "espagnol"; what people called their own stays so."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code).get_display_name(language) or code
    except (UnknownLocaleError, ValueError):
        return code
