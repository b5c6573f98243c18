"""Numbers as people write them, in figures or words."""

import re
from collections.abc import Sequence

from bot.dialogue.flow import Choice
from bot.dialogue.words import COUNTING, plain, western

Number = int | float

_RUN = re.compile(r"[-−]?\d+(?:[\s'’\u00a0\u202f]\d{3}(?!\d))*(?:[.,]\d+)*")
_LONGEST = 300


def parse_number(text: str, language: str) -> Number | None:
    """Return the one number of a text, None if there is none or more than one."""
    figures = western(text.strip()[:_LONGEST])
    if figures.isdecimal() and len(figures) < 16:
        return int(figures)
    found = _RUN.findall(figures)
    if len(found) > 1:
        return None
    if found:
        return _figures(found[0], language)
    return _words(figures, language)


def _figures(written: str, language: str) -> Number | None:
    from babel import UnknownLocaleError
    from babel.numbers import NumberFormatError, parse_decimal

    bare = re.sub(r"[\s'’\u00a0\u202f]", "", written).replace("−", "-")
    try:
        value = parse_decimal(bare, locale=language)
    except (NumberFormatError, UnknownLocaleError, ValueError):
        return None
    if not value.is_finite() or abs(value) >= 10**15:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _words(text: str, language: str) -> Number | None:
    words = plain(text)
    if words in COUNTING:
        return COUNTING[words]
    if not words or len(words) > 80:
        return None
    if words in ("zero", "cero", "none", "aucun", "aucune", "ninguno", "ninguna"):
        return 0
    return _spelled(text.strip().lower(), language)


def _spelled(text: str, language: str) -> Number | None:
    from text_to_num import alpha2digit, text2num

    try:
        return int(text2num(text, language))
    except (ValueError, KeyError):
        pass
    try:
        found = re.findall(r"\d+", alpha2digit(text, language))
    except (ValueError, KeyError):
        return None
    return int(found[0]) if len(found) == 1 else None


def parse_numbers(text: str, parts: Sequence[Choice], language: str) -> dict[str, Number] | None:
    """Return one number for each part: "12, 8, 1" in order, or "women 12, men 8" by name."""
    named = _named(text, parts)
    if named is not None:
        return named
    found = [_figures(one, language) for one in re.findall(r"\d+", western(text[:_LONGEST]))]
    if len(found) != len(parts):
        return None
    return {part.code: n for part, n in zip(parts, found, strict=True) if n is not None}


def _named(text: str, parts: Sequence[Choice]) -> dict[str, Number] | None:
    words = plain(western(text[:_LONGEST]))
    found: dict[str, Number] = {}
    for part in parts:
        name = re.escape(plain(part.label))
        hit = re.search(rf"\b{name}\s+(\d{{1,9}})\b|\b(\d{{1,9}})\s+{name}\b", words)
        if hit and name:
            found[part.code] = int(hit[1] or hit[2])
    if len(found) < 1:
        return None
    return {part.code: found.get(part.code, 0) for part in parts}


def said_number(number: Number, language: str) -> str:
    """Return a number as people of the language write it."""
    if isinstance(number, int) and abs(number) < 10_000:
        return str(number)
    from babel.numbers import format_decimal

    return str(format_decimal(number, locale=language)).replace("\u202f", " ")
