"""What a process did, counted in memory until it is written down."""

from bisect import bisect_left
from collections import Counter

BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)  # seconds
_STEPS = (*map(str, BOUNDS), "+Inf")


class Tally:
    """Counts by name and labels: "deliveries|sms|sent"."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, *name: str, by: float = 1) -> None:
        """Count something."""
        self._counts["|".join(name)] += by  # type: ignore[assignment]

    def waited(self, *name: str, ms: int) -> None:
        """Count how long something took, in the first step that holds it."""
        seconds = max(0, ms) / 1000
        self.count(*name, _STEPS[bisect_left(BOUNDS, seconds)])
        self.count(*name, "sum", by=seconds)

    def take(self) -> dict[str, float]:
        """Return what was counted, and begin anew."""
        counted, self._counts = self._counts, Counter()
        return dict(counted)

    def put_back(self, counted: dict[str, float]) -> None:
        """Count what could not be written, once more."""
        for name, value in counted.items():
            self._counts[name] += value  # type: ignore[assignment]
