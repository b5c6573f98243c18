"""Words as they are said: short forms and signs written out, from `locales/aloud.yaml`."""

import re
from functools import cache
from pathlib import Path

import yaml

from bot.language import LOCALES

FILE = "aloud.yaml"


def aloud(text: str, language: str) -> str:
    """Return a text for the ear: "30 %" is "30 per cent"."""
    said, pattern = _table(LOCALES, language)
    return pattern.sub(lambda found: said[found[0]], text) if said else text


@cache
def _table(locales: Path, language: str) -> tuple[dict[str, str], re.Pattern[str]]:
    read = yaml.safe_load((locales / FILE).read_text("utf-8")) or {}
    said = {str(short): str(long) for short, long in (read.get(language) or {}).items()}
    longest_first = sorted(said, key=len, reverse=True)
    words = (rf"\b{re.escape(one)}\b" if one.isalpha() else re.escape(one) for one in longest_first)
    return said, re.compile("|".join(words))
