"""Catalogues as they are read while we run: a .po file as a function from text to text."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from bot.dialogue.fault import Fault, Faults
from bot.dialogue.placeholders import names_in

PROGRAM = "palabre"  # the domain of the program's own words, written in English
PROGRAM_SOURCE = "en"
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
    try:
        with path.open("rb") as file:
            return read_po(file, locale=language, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        fault = Fault(path.as_posix(), line, "this catalogue cannot be read", "mend this line")
        raise Faults([fault]) from error


def read_translations(path: Path) -> Translations:
    """Read what a catalogue offers; an absent file offers nothing. Raises Faults."""
    found = Translations()
    if not path.exists():
        return found
    for message in read_catalogue(path):
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
