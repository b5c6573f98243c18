"""Which column of a list is what: by its heading, or as a map file says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.fault import Complaints, Faults
from bot.dialogue.flow import CONSENTS, FACTS
from bot.dialogue.words import plain
from bot.dialogue.yamlnodes import Scalar, read_table
from bot.language import N_, _

FIELDS = ("channel", "address", "country", *(name for name in FACTS if name not in CONSENTS))
SAME = "="  # in a map: what follows is the same for everybody
NAME = re.compile(r"[a-z][a-z0-9 _-]{0,39}")
NO_ADDRESS = N_(
    "No column is called “address”. Call one so, or say in a map which one it is: "
    "write “address: HEADING” in a file and give it with --map."
)


class WrongMap(Exception):
    """The columns of this list cannot be understood."""


@dataclass(frozen=True)
class Mapped:
    """Field → the number of its column, or the word that stands for everybody."""

    columns: Mapping[str, int]
    constants: Mapping[str, str]
    left_out: tuple[str, ...]

    def values(self, cells: list[str]) -> dict[str, str]:
        """Return what a row says, by field; what is empty is left out."""
        read = {name: cells[at] for name, at in self.columns.items() if at < len(cells)}
        return {name: value for name, value in {**self.constants, **read}.items() if value}


def columns_of(heading: tuple[int, list[str]], mapping: Path | None) -> Mapped:
    """Understand the headings of a list. Raises WrongMap."""
    names = heading[1]
    wanted = _map(mapping) if mapping else {}
    constants = {
        name: value.removeprefix(SAME).strip()
        for name, value in wanted.items()
        if value.startswith(SAME)
    }
    chosen = {name: value for name, value in wanted.items() if not value.startswith(SAME)}
    columns = {name: _find(heading_name, names) for name, heading_name in chosen.items()}
    taken = set(columns.values())
    for at, name in enumerate(names):
        field = plain(name)
        if at not in taken and field in FIELDS and field not in {**columns, **constants}:
            columns[field] = at
    if "address" not in columns:
        raise WrongMap(_(NO_ADDRESS))
    used = set(columns.values())
    left_out = tuple(name for at, name in enumerate(names) if at not in used and name)
    return Mapped(columns, constants, left_out)


def _find(heading: str, names: Iterable[str]) -> int:
    for at, name in enumerate(names):
        if plain(name) == plain(heading):
            return at
    words = _("The map names a column “{name}” that the list does not have. It has: {names}.")
    there = ", ".join(f"“{name}”" for name in names if name)
    raise WrongMap(words.replace("{name}", heading).replace("{names}", there))


def _map(file: Path) -> dict[str, str]:
    complaints = Complaints(str(file))
    try:
        table = read_table(file.read_text("utf-8"), complaints)
    except (OSError, UnicodeDecodeError):
        words = _("The map {file} cannot be read.")
        raise WrongMap(words.replace("{file}", str(file))) from None
    if complaints.faults:
        raise Faults(complaints.faults)
    return dict(_entry(entry.key, entry.value) for entry in table.entries)


def _entry(key: str, value: object) -> tuple[str, str]:
    name = key.strip().lower()
    if not isinstance(value, Scalar):
        words = _("The map says of “{name}” more than one word: write “{name}: HEADING”.")
        raise WrongMap(words.replace("{name}", name))
    if name in CONSENTS:
        words = _("“{name}” cannot be brought in: only the person can give it. With --consent you "
                  "say how they agreed to be written to.")  # fmt: skip
        raise WrongMap(words.replace("{name}", name))
    if not NAME.fullmatch(name):
        words = _("“{name}” cannot be the name of a fact: use up to 40 small letters and digits.")
        raise WrongMap(words.replace("{name}", name))
    return name, value.text.strip()
