"""Words as they are said: short forms and signs written out, from `locales/aloud.yaml`.

What is said of a text, and what tells one text for the ear from another, is decided here alone.
"""

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from bot.dialogue.flow import Choice
from bot.dialogue.placeholders import fill
from bot.language import LOCALES

FILE = "aloud.yaml"
_BETWEEN = "/"  # two numbers; elsewhere it stands for nothing that one could say
_OF = re.compile(r"(\d)\s*/\s*(\d)")
_GAP = "\0"
# A sentence that counts says nothing when its number is left out.
_COUNTS = re.compile(r"[^.!?\n]*\{(?:questions|minutes)\}[^.!?\n]*[.!?]?")
_OPEN = re.compile(r"\{[^{}]*\}\.?")


def aloud(text: str, language: str) -> str:
    """Return a text for the ear: "30 %" is "30 per cent"."""
    said, pattern = _table(LOCALES, language)
    if not said:
        return text
    text = _OF.sub(rf"\1 {said[_BETWEEN]} \2", text) if _BETWEEN in said else text
    return pattern.sub(lambda found: _apart(said[found[0]], found), text)


def _apart(words: str, found: re.Match[str]) -> str:
    """Set words apart from what their sign stood close to: "30%"."""
    before, behind = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return f"{' ' * before.isalnum()}{words}{' ' * behind.isalnum()}"


def prompt_words(texts: Iterable[str], choices: Iterable[Choice] = ()) -> str:
    """Return what is said at one step: its texts, then what one may choose, numbered."""
    offered = (f"{number}. {one.label}" for number, one in enumerate(choices, 1))
    return "\n".join(part for part in (*map(str.strip, texts), *offered) if part)


def for_the_ear(text: str, language: str) -> str:
    """Return a text as it is said to anybody: on one line, without what differs by person."""
    return aloud(" ".join(fill(_COUNTS.sub("", text), {}).split()), language)


def digest(text: str, language: str) -> str:
    """Tell what is said of this text from what is said of others."""
    return hashlib.sha256(for_the_ear(text, language).encode()).hexdigest()[:16]


def pattern_of(text: str, language: str) -> re.Pattern[str] | None:
    """Return what knows a text again, on one line, whose placeholders were filled in.

    None: it has none.
    """
    with_gaps = _OPEN.sub(_GAP, _COUNTS.sub(_GAP, text))
    if _GAP not in with_gaps:
        return None
    fixed = (aloud(" ".join(part.split()), language) for part in with_gaps.split(_GAP))
    between = r"\W*.{0,160}?\W*"
    known = between.join(re.escape(part.strip(" ,.")) for part in fixed)
    return re.compile(rf"\W*{known}\W*", re.IGNORECASE)


@cache
def _table(locales: Path, language: str) -> tuple[dict[str, str], re.Pattern[str]]:
    read = yaml.safe_load((locales / FILE).read_text("utf-8")) or {}
    said = {str(short): str(long) for short, long in (read.get(language) or {}).items()}
    longest_first = sorted(said.keys() - {_BETWEEN}, key=len, reverse=True)
    words = (rf"\b{re.escape(one)}\b" if one.isalpha() else re.escape(one) for one in longest_first)
    return said, re.compile("|".join(words))
