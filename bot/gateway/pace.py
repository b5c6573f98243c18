"""How fast a sender may send: a metronome a sender, a token bucket an address, counted in units."""

from collections import OrderedDict, deque

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


BREATH_MS = 16  # added to each second: what leaves on time may arrive a little late, or early
CATCH_UP = 0.05  # seconds: of so much lateness what was missed is sent at once
AT_LEAST = 2.5  # units that may be made good for, however slow the pace is


class Metronome:
    """Never more units than the pace in any one second, evenly, and hardly ever less.

    A bucket alone is not enough: one that makes good for a late wake-up lets more through in some
    second than the pace allows, and one that does not falls behind it. Time is passed in, ms.
    """

    def __init__(self, pace: Pace, moment: int) -> None:
        catches_up = max(pace.burst, AT_LEAST, pace.per_second * CATCH_UP)
        self._even = Bucket(Pace(pace.per_second, catches_up), moment)
        self._most = max(1, int(pace.per_second))
        self._window = (1000 + BREATH_MS) * self._most / pace.per_second
        self._sent: deque[tuple[int, int]] = deque()  # when, units
        self._count = 0

    def wait(self, units: int, moment: int) -> int:
        """Return for how many milliseconds `units` must still wait; 0: they may go."""
        self._forget(moment)
        return max(self._even.wait(units, moment), self._until_room(units, moment))

    def take(self, units: int, moment: int) -> None:
        """Count units that go now."""
        self._even.take(units, moment)
        self._sent.append((moment, units))
        self._count += units

    def _until_room(self, units: int, moment: int) -> int:
        surplus = self._count + min(units, self._most) - self._most
        for at, gone in self._sent if surplus > 0 else ():
            surplus -= gone
            if surplus <= 0:
                return int(at + self._window - moment) + 1
        return 0

    def _forget(self, moment: int) -> None:
        while self._sent and self._sent[0][0] + self._window <= moment:
            self._count -= self._sent.popleft()[1]


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
