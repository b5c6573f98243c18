"""The small signs that printers set and people do not type: apostrophes and hard spaces."""

import re

HARD = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"

_EVERYWHERE = (
    (re.compile(r"(?<=\w)'(?=\w)"), "\N{RIGHT SINGLE QUOTATION MARK}"),
    (re.compile(r" (?=\[\d+\])"), HARD),
    (re.compile(r"(?<=\d) (?=%)"), HARD),
    (re.compile(r"(?:(?<=\b\d)|(?<=\b\d\d)|(?<=\b\d\d\d)) (?=\d{3}\b)"), NARROW),
    (re.compile(r"\b(n°|n\.º|no\.|núm\.) (?=\d)"), rf"\1{HARD}"),
)
_FRENCH = (
    (re.compile(r" (?=[;!?])"), NARROW),
    (re.compile(r" (?=:)"), HARD),
    (re.compile(r"(?<=«) "), HARD),
    (re.compile(r" (?=»)"), HARD),
)


def polish(text: str, language: str) -> str:
    """`text` with the apostrophes and hard spaces that print in `language` asks for."""
    rules = _EVERYWHERE + (_FRENCH if language == "fr" else ())
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text
