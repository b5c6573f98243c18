"""What a process did, counted in memory until it is written down."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)  # seconds
_STEPS = (*map(str, BOUNDS), "+Inf")


class Tally:
    """Counts by name and labels: "deliveries|sms|sent"."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, *name: str, by: float = 1) -> None:
        """Count something."""
        self._counts["|".join(name)] += by  # type: ignore[assignment]

    def waited(self, *name: str, ms: Iterable[int]) -> None:
        """Count how long things took, each in the first step that holds it."""
        seconds = [max(0, one) / 1000 for one in ms]
        steps = Counter(_STEPS[bisect_left(BOUNDS, one)] for one in seconds)
        for step, count in steps.items():
            self.count(*name, step, by=count)
        self.count(*name, "sum", by=sum(seconds))

    def take(self) -> dict[str, float]:
        """Return what was counted, and begin anew."""
        counted, self._counts = self._counts, Counter()
        return dict(counted)

    def put_back(self, counted: dict[str, float]) -> None:
        """Count what could not be written, once more."""
        for name, value in counted.items():
            self._counts[name] += value  # type: ignore[assignment]
