"""Cutting a long text where a reader would pause: paragraphs, sentences, words, at last signs."""

from bisect import bisect_right
from collections.abc import Callable

import regex

Measure = Callable[[str], int]

_GRAPHEME = regex.compile(r"\X")
_PAUSES = tuple(
    regex.compile(pattern)
    for pattern in (r"\n\s*\n\s*", r"\n", r"[.!?…؟。]+(?:\s?»|[”\")\]])*\s+", r"[;:,]\s+", r"\s+")
)
_FULL_ENOUGH = 3  # a cut must leave a part at least a third full; between words it need not


def split(text: str, limit: int, measure: Measure) -> list[str]:
    """Cut a text into parts of at most `limit` as `measure` counts; only blanks are lost.

    `measure` must never count less for a longer beginning of the same text.
    """
    parts = []
    rest = text.strip()
    while measure(rest) > limit:
        cut = _cut(rest, _most(rest, limit, measure))
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def shorten(text: str, limit: int) -> str:
    """Cut a label to `limit` characters, between graphemes, and show that it was cut."""
    if len(text) <= limit:
        return text
    return text[: _ends(text, limit - 1)[-1]].rstrip() + "…"


def _most(text: str, limit: int, measure: Measure) -> int:
    """Find how many characters fit: at least one, or nothing would ever get on."""
    lengths = range(1, len(text) + 1)
    return max(1, bisect_right(lengths, limit, key=lambda length: measure(text[:length])))


def _cut(text: str, most: int) -> int:
    ends = _ends(text, most)
    allowed = set(ends)
    for pause in _PAUSES:
        least = 0 if pause is _PAUSES[-1] else most // _FULL_ENOUGH
        cuts = [end for end in _after(pause, text, most) if end > least and end in allowed]
        if cuts:
            return cuts[-1]
    return ends[-1]


def _after(pause: "regex.Pattern[str]", text: str, most: int) -> list[int]:
    """Find where pauses end; a blank that no longer fits is no loss, it is stripped."""
    ends = [found.end() for found in pause.finditer(text, 0, most)]
    blank_follows = text[most : most + 1].isspace()
    return [*ends, most] if pause is _PAUSES[-1] and blank_follows else ends


def _ends(text: str, most: int) -> list[int]:
    """Find where graphemes end, up to `most`; one that is larger than that is cut all the same."""
    ends = [found.end() for found in _GRAPHEME.finditer(text[: most + 64]) if found.end() <= most]
    return ends or [most]
