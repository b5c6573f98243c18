"""What is wrong in a file that a person wrote: a place, a sentence and a remedy."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from bot.dialogue.words import plain

SURE_ENOUGH = 60  # of 100: below it "did you mean" would only confuse


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake in one file; `line` counts from 1."""

    file: str
    line: int
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        """Print the place first, so that editors and people can jump to it."""
        sentence = f"{self.what}; {self.remedy}" if self.remedy else self.what
        return f"{self.file}:{self.line}: {sentence}"


class Faults(Exception):
    """Some files cannot be used as they stand; each line says where, what and how to mend it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep them in the order of the files and lines."""
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass
class Complaints:
    """Gathers the faults of one file, so that all of them are told at once."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def add(self, line: int, what: str, remedy: str = "") -> None:
        """Note one fault."""
        self.faults.append(Fault(self.file, line, what, remedy))

    def insist(self) -> None:
        """Raise Faults if there is any."""
        if self.faults:
            raise Faults(self.faults)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return 'did you mean "…"?' for the nearest known word, or nothing if none is near."""
    found = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=SURE_ENOUGH)
    return f'did you mean "{found[0]}"?' if found else ""


def nearest_or_all(word: str, known: Iterable[str]) -> str:
    """Return the nearest known word as a question, or the list of all that there are."""
    names = list(dict.fromkeys(known))
    return did_you_mean(word, names) or (f"there is {listed(names)}" if names else "")


def listed(words: Iterable[str], last: str = "and") -> str:
    """Write words as people list them: "a", "b" and "c"."""
    quoted = [f'"{word}"' for word in words]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def as_name(text: str) -> str:
    """Make a name out of any words: small letters, digits and "_"."""
    return re.sub(r"[^a-z0-9]+", "_", plain(text)).strip("_")
