"""The closed list of `{placeholders}`, and our own way of filling them in.

Never str.format: what people call themselves or each other must not be read as code.
"""

import re
from collections.abc import Iterator, Mapping

from bot.dialogue.fault import nearest_or_all

PLACEHOLDERS = (
    "first_name",
    "questions",
    "minutes",
    "progress",
    "network",
    "network.keyword",
    "network.link",
    "item.number",
    "item.title",
    "item.summary",
    "item.text",
    "item.date",
    "item.place",
    "item.seats",
    "about.title",
    "about.summary",
    "about.text",
    "about.date",
    "about.place",
    "phase.title",
    "phase.opens",
    "phase.closes",
    "figures.people",
    "figures.answers",
    "figures.voices",
    "figures.minutes",
    "figures.languages",
    "figures.networks",
    "figures.regions",
    "figures.by_theme",
    "figures.by_region",
    "figures.by_language",
    "answered",
)
OFTEN_EMPTY = (
    *("first_name", "network", "network.keyword", "network.link", "progress", "answered"),
    "item.seats",
)

_FIELD = re.compile(r"\{([^{}\n]*)\}")
_HOLE = "\0"  # stands for what was empty, until its surroundings are mended
_BLANK = r"[ \t\u00a0\u202f]"
_IN_BRACKETS = re.compile(rf"[(\[«“]{_BLANK}*\0{_BLANK}*[)\]»”]")
_LINE_START = re.compile(rf"^{_BLANK}*\0[,;:.!?]*{_BLANK}*(\w?)", re.MULTILINE)
_BEFORE_SIGN = re.compile(rf",?{_BLANK}*\0(?={_BLANK}*(?:[.,;:!?…)]|$))", re.MULTILINE)
_BETWEEN = re.compile(rf"{_BLANK}*\0({_BLANK}?)")
_ONLY_HOLES = re.compile(rf"^(?:{_BLANK}|\0)*\0(?:{_BLANK}|[.,;:!?…\-–—])*(?:\n|\Z)", re.MULTILINE)


def names_in(text: str) -> Iterator[str]:
    """Yield the placeholders of a text, as they are written, in order."""
    return (found[1] for found in _FIELD.finditer(text))


def fill(text: str, values: Mapping[str, object]) -> str:
    """Put the values in; where one is missing or empty the sentence still reads well."""
    if "{" not in text:
        return text
    filled = _FIELD.sub(lambda found: _value(found[1], values), text)
    return _mend(filled) if _HOLE in filled else filled


def _value(name: str, values: Mapping[str, object]) -> str:
    value = values.get(name)
    return (str(value).replace(_HOLE, "") if value is not None else "") or _HOLE


def _mend(text: str) -> str:
    text = _IN_BRACKETS.sub(_HOLE, text)
    text = _ONLY_HOLES.sub("", text)
    text = _LINE_START.sub(lambda found: found[1].upper(), text)
    text = _BEFORE_SIGN.sub("", text)
    return _BETWEEN.sub(r"\1", text).rstrip("\n") if _HOLE in text else text.rstrip("\n")


def wrong_name(name: str, in_block: bool = True) -> tuple[str, str] | None:
    """Say what is wrong with a placeholder and what to write instead; None if all is well."""
    if name not in PLACEHOLDERS:
        return f"there is no placeholder {{{name}}}", nearest_or_all(name, PLACEHOLDERS)
    if name.startswith("item.") and not in_block:
        return (
            f'{{{name}}} means the current item, and this step stands in no "for each"',
            "move it into the block, or take the placeholder out",
        )
    return None


def lone_brace(text: str) -> bool:
    """Say whether a `{` or `}` is left that belongs to no placeholder."""
    return bool(re.search(r"[{}]", _FIELD.sub("", text)))
