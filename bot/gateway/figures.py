"""The figures that a talk may give back, counted when one is asked for; small ones are withheld."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from bot.dialogue.conversation import Figure
from bot.store.figures import Counts, counted

FEW = 5  # a count under it could point at somebody
KEPT_MS = 600_000  # what was heard so far need not be true to the minute
TOO_OLD_MS = 6 * KEPT_MS  # nobody asked for so long that a turn counts by itself
LOOK_MS = 30_000  # between two looks whether it is to be counted anew
ONE_EACH = ("language", "region")  # where everybody is counted once at most

Figures = Mapping[str, Figure | None]


class Ledger:
    """Keeps what was counted for a while: counting looks at every answer."""

    def __init__(self) -> None:
        self._kept: dict[bool, tuple[int, Figures]] = {}
        self._wanted: set[bool] = set()  # asked for, and no longer fresh

    def figures(self, connection: Connection, moment: int, *, trials: bool) -> Figures:
        """Return the figures as they were counted lately; a turn counts only where none are."""
        at, figures = self._kept.get(trials, (0, {}))
        if not figures or not at <= moment < at + TOO_OLD_MS:
            return self._count(connection, moment, trials=trials)
        if moment >= at + KEPT_MS:
            self._wanted.add(trials)
        return figures

    def _count(self, connection: Connection, moment: int, *, trials: bool) -> Figures:
        figures = without_few(*counted(connection, trials=trials))
        self._kept[trials] = moment, figures
        return figures

    @property
    def is_wanted(self) -> bool:
        """Say whether somebody asked for figures that are no longer fresh."""
        return bool(self._wanted)

    def count_anew(self, connection: Connection, moment: int) -> None:
        """Count what is wanted, beside the turns: they go on with what was counted before."""
        while self._wanted:
            self._count(connection, moment, trials=self._wanted.pop())


class Asked(Figures):
    """Figures that are counted only when a sentence holds one: most turns need none."""

    def __init__(
        self, ledger: Ledger, connection: Connection, moment: int, *, trials: bool
    ) -> None:
        self._ledger = ledger
        self._connection = connection
        self._moment = moment
        self._trials = trials

    def _all(self) -> Figures:
        return self._ledger.figures(self._connection, self._moment, trials=self._trials)

    def __getitem__(self, name: str) -> Figure | None:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def without_few(whole: Counts, by: Mapping[str, Counts]) -> dict[str, Figure | None]:
    """Return the figures by name, without what could point at somebody."""
    enough = {kind: _enough(kind, counts, whole["people"]) for kind, counts in by.items()}
    figures: dict[str, Figure | None] = {
        name: count if count >= FEW else None for name, count in whole.items()
    }
    for name, kind in (("languages", "language"), ("networks", "network"), ("regions", "region")):
        figures[name] = len(enough[kind]) or None
    for kind in ("theme", "region", "language"):
        figures[f"by_{kind}"] = enough[kind] or None
    return figures


def _enough(kind: str, counts: Counts, people: int) -> tuple[tuple[str, int], ...]:
    """Return the counts that are no few, the greatest first.

    Where everybody is counted once, a rest of a few would be found by taking the others from
    the whole: then the smallest of the others is left out too.
    """
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    shown = [entry for entry in ranked if entry[1] >= FEW]
    rest = people - sum(count for _, count in shown)
    if kind in ONE_EACH and shown and 0 < rest < FEW:
        shown.pop()
    return tuple(shown)
