"""Counts for the drafting pack: by question, language, region, network and channel."""

import csv
import io
from collections import Counter, defaultdict
from typing import Any, NamedTuple

from bot.gateway.export.columns import Piece, Row
from bot.gateway.export.sheets import cell

DIMENSIONS = ("language", "region", "network", "channel")
HEAD = ("by", "key", "answer", "people", "answers", "recordings")


class Counted(NamedTuple):
    """One count: how many people gave how many answers, and how many of them recordings."""

    by: str
    key: str
    answer: str
    people: int
    answers: int
    recordings: int


class People:
    """A set of participants by their row's number, in one bit each."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, number: int) -> None:
        """Count someone, once."""
        place, bit = divmod(number, 8)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 64 - len(self._bits)))
        self._bits[place] |= 1 << bit

    def __len__(self) -> int:
        return int.from_bytes(self._bits, "little").bit_count()


class Counts:
    """Counts rows as they pass."""

    def __init__(self) -> None:
        self._people: dict[tuple[str, str, str], People] = defaultdict(People)
        self._answers: Counter[tuple[str, str, str]] = Counter()
        self._recordings: Counter[tuple[str, str, str]] = Counter()
        self.total = 0

    def add(self, piece: Piece, row: Row) -> None:
        """Count a row; an answer of several recordings is one answer."""
        first = piece.sent is None or piece.sent is piece.line.recordings[0]
        self.total += first
        for key in _keys(row):
            self._people[key].add(piece.line.participant)
            self._answers[key] += first
            self._recordings[key] += piece.is_sound

    def all(self) -> list[Counted]:
        """Return every count, in the order of questions and names."""
        return [
            Counted(*key, len(self._people[key]), self._answers[key], self._recordings[key])
            for key in sorted(self._answers, key=lambda key: (_ORDER.index(key[0]), *key[1:]))
        ]

    def csv(self) -> bytes:
        """Return the counts as a table."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(HEAD)
        writer.writerows([cell(value) for value in one] for one in self.all())
        return out.getvalue().encode()


_ORDER = ("question", *DIMENSIONS)


def _keys(row: Row) -> list[tuple[str, str, str]]:
    """Return what a row counts for; a choice of several counts for each of them."""
    question = "/".join(part for part in (row["flow"], row["step"], row["item"]) if part)
    answers: list[Any] = row["codes"] or [row["code"]]
    keys = [("question", question, str(answer)) for answer in answers]
    return keys + [(name, str(row[name]), "") for name in DIMENSIONS]
