"""How fast a sender may send: a token bucket a sender and one an address, counted in units."""

from collections import OrderedDict

from channels.base import Pace


class Bucket:
    """A token bucket; time is passed in, milliseconds."""

    __slots__ = ("_at", "_left", "pace")

    def __init__(self, pace: Pace, moment: int) -> None:
        self.pace = pace
        self._left = float(pace.burst)
        self._at = moment

    def wait(self, units: int, moment: int) -> int:
        """Return for how many milliseconds `units` must still wait; 0: they may go."""
        self._fill(moment)
        missing = min(units, self.pace.burst) - self._left
        return 0 if missing <= 1e-9 else int(1000 * missing / self.pace.per_second) + 1

    def take(self, units: int, moment: int) -> None:
        """Take units away; more than the bucket holds is owed."""
        self._fill(moment)
        self._left -= units

    def _fill(self, moment: int) -> None:
        gained = max(0, moment - self._at) * self.pace.per_second / 1000
        self._left = min(self.pace.burst, self._left + gained)
        self._at = max(self._at, moment)


class Buckets:
    """One bucket an address; those that are full again are forgotten, so memory stays small."""

    def __init__(self, pace: Pace, most: int = 10_000) -> None:
        self._pace = pace
        self._most = most
        self._kept: OrderedDict[int, Bucket] = OrderedDict()

    def of(self, address: int, moment: int) -> Bucket:
        """Return an address's bucket."""
        bucket = self._kept.pop(address, None) or Bucket(self._pace, moment)
        self._kept[address] = bucket
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return bucket
