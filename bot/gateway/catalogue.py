"""Catalogues as they are read while we run: a .po file as a function from text to text."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from bot.dialogue.fault import Fault, Faults
from bot.dialogue.placeholders import names_in

PROGRAM = "palabre"  # the domain of the program's own words, written in English
PROGRAM_SOURCE = "en"
_WHOLE_LINE = re.compile(rb'(?:msg\w+(?:\[\d\])?\s*)?"(?:[^"\\]|\\.)*"\s*')
State = Literal["missing", "fuzzy", "broken"]


@dataclass
class Translations:
    """One domain in one language; a text without a good translation stays as it is."""

    texts: dict[str, str] = field(default_factory=dict)
    flawed: dict[str, State] = field(default_factory=dict)  # fuzzy or broken: not used
    lines: dict[str, int] = field(default_factory=dict)  # where each stands in the .po file

    def gettext(self, text: str) -> str:
        """Return the translation of a text, or the text itself."""
        return self.texts.get(text, text)

    def state(self, text: str) -> State | None:
        """Say what is wrong with a text's translation; None if it can be used."""
        return None if text in self.texts else self.flawed.get(text, "missing")


def po_path(locales: Path, language: str, domain: str) -> Path:
    """Return where a catalogue lies."""
    return locales / language / "LC_MESSAGES" / f"{domain}.po"


def read_catalogue(path: Path, language: str | None = None) -> Catalog:
    """Read a .po file. Raises Faults when it is none."""
    return _parsed(path.read_bytes(), path, language)


def _parsed(raw: bytes, path: Path, language: str | None = None) -> Catalog:
    broken = [_fault(path, line) for line in _lines_without_end(raw)]
    if broken:
        raise Faults(broken)
    try:
        return read_po(io.BytesIO(raw), locale=language, abort_invalid=True)
    except PoFileError as error:
        raise Faults([_fault(path, error.lineno + 1)]) from error
    except (ValueError, LookupError) as error:
        raise Faults([_fault(path, 1)]) from error


def _fault(path: Path, line: int) -> Fault:
    name = "/".join(path.parts[-4:])  # locales/LANGUAGE/LC_MESSAGES/DOMAIN.po
    remedy = "each text stands between two quotes, in UTF-8"
    return Fault(name, line, "this line of the catalogue cannot be read", remedy)


def _lines_without_end(raw: bytes) -> Iterator[int]:
    """Find the texts whose quote is never closed: Babel would drop them in silence."""
    for number, line in enumerate(raw.splitlines(), 1):
        if line.startswith((b"msg", b'"')) and not _WHOLE_LINE.fullmatch(line):
            yield number


def read_translations(path: Path) -> Translations:
    """Read what a catalogue offers; an absent file offers nothing. Raises Faults.

    What is returned is not to be changed: who asks for the same words again gets the same.
    """
    return _offered(path.read_bytes(), path) if path.exists() else Translations()


@lru_cache(maxsize=16)  # reading all again because of one file should not parse all catalogues
def _offered(raw: bytes, path: Path) -> Translations:
    found = Translations()
    for message in _parsed(raw, path):
        if message.id and isinstance(message.id, str) and message.string:
            _take(found, message.id, str(message.string), message.fuzzy)
            found.lines[message.id] = message.lineno or 1
    return found


def _take(found: Translations, text: str, translation: str, fuzzy: bool) -> None:
    text, translation = text.strip(), translation.strip()
    if fuzzy:
        found.flawed[text] = "fuzzy"
    elif set(names_in(text)) != set(names_in(translation)):
        found.flawed[text] = "broken"
    else:
        found.texts[text] = translation
