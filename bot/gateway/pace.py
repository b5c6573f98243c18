"""How fast a sender may send: a metronome a sender, a token bucket an address, counted in units."""

import heapq
import math
from collections import OrderedDict, deque
from collections.abc import Hashable

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


BREATH_MS = 4  # added to each second: clocks tick in milliseconds, here and at the other end
LOOK_MS = 5  # how soon one looks again at a send that is late
LATEST_MS = 250  # a send that is not answered must not hold up the others for longer
CATCH_UP = 0.05  # seconds: of so much lateness what was missed is sent at once
AT_LEAST = 2.5  # units that may be made good for, however slow the pace is


class Way:
    """How long a send takes at the least, of late: what is beyond that came late, or may have."""

    HOLDS_MS = 10_000

    def __init__(self) -> None:
        self._before, self._now, self._since = math.inf, math.inf, 0

    def took(self, ms: int, moment: int) -> None:
        """Note how long a send took."""
        if moment - self._since >= self.HOLDS_MS:
            self._before, self._now, self._since = self._now, math.inf, moment
        self._now = min(self._now, ms)

    @property
    def shortest(self) -> float:
        """The shortest of the last ten to twenty seconds, ms; infinite while there is none."""
        return min(self._before, self._now)


class Gone:
    """Units that went out, and until when they count; `ended` is None while they are under way."""

    __slots__ = ("at", "ended", "units")

    def __init__(self, at: int, units: int) -> None:
        self.at, self.units = at, units
        self.ended: int | None = None


class Metronome:
    """Never more units than the pace in any one second, evenly, and hardly ever less.

    It holds where they arrive, too: a process that was held up for a moment brings together what
    left one after the other. When something came nobody tells us, but before its answer did; so
    whatever took longer than the way takes counts for as much longer. Time is passed in, ms.

    A bucket alone is not enough: one that makes good for a late wake-up lets more through in some
    second than the pace allows, and one that does not falls behind it.
    """

    def __init__(self, pace: Pace, moment: int) -> None:
        catches_up = max(pace.burst, AT_LEAST, pace.per_second * CATCH_UP)
        self._even = Bucket(Pace(pace.per_second, catches_up), moment)
        self._most = max(1, int(pace.per_second))
        self._window = (1000 + BREATH_MS) * self._most / pace.per_second
        self._way = Way()
        self._sent: deque[Gone] = deque()  # in the order in which they went
        self._late: list[tuple[float, int, Gone]] = []  # a heap: until when, which, what
        self._number = 0
        self._count = 0

    def wait(self, units: int, moment: int) -> int:
        """Return for how many milliseconds `units` must still wait; 0: they may go."""
        self._forget(moment)
        return max(self._even.wait(units, moment), self._until_room(units, moment))

    def take(self, units: int, moment: int) -> Gone:
        """Count units that go now; say by `came` when they have."""
        self._even.take(units, moment)
        gone = Gone(moment, units)
        self._sent.append(gone)
        self._count += units
        return gone

    def came(self, gone: Gone, moment: int) -> None:
        """Note that what went out was answered, or that it failed."""
        gone.ended = moment
        self._way.took(moment - gone.at, moment)

    def _until_room(self, units: int, moment: int) -> int:
        surplus = self._count + min(units, self._most) - self._most
        if surplus <= 0:
            return 0
        late = ((until, gone.units) for until, _, gone in sorted(self._late))
        others = ((one.at + self._window, one.units) for one in self._sent)
        for until, left in heapq.merge(late, others):
            surplus -= left
            if surplus <= 0:
                return max(1, int(until - moment) + 1)
        return 0

    def _forget(self, moment: int) -> None:
        while self._sent and self._sent[0].at + self._window <= moment:
            self._let_go(self._sent.popleft(), moment)
        while self._late and self._late[0][0] <= moment:
            self._let_go(heapq.heappop(self._late)[2], moment)

    def _let_go(self, gone: Gone, moment: int) -> None:
        """Count it no more, unless it may have come late."""
        until = self._counts_until(gone, moment)
        if until <= moment:
            self._count -= gone.units
        else:
            self._number += 1
            heapq.heappush(self._late, (until, self._number, gone))

    def _counts_until(self, gone: Gone, moment: int) -> float:
        took = (moment if gone.ended is None else gone.ended) - gone.at
        late = min(max(0, took - self._way.shortest), LATEST_MS)
        until = gone.at + self._window + late
        return min(until, moment + LOOK_MS) if gone.ended is None and late else until


class Buckets:
    """One bucket an address; those that are full again are forgotten, so memory stays small."""

    def __init__(self, pace: Pace, most: int = 10_000) -> None:
        self._pace = pace
        self._most = most
        self._kept: OrderedDict[Hashable, Bucket] = OrderedDict()

    def of(self, address: Hashable, moment: int, pace: Pace | None = None) -> Bucket:
        """Return an address's bucket; `pace`: its own, where that is another one."""
        bucket = self._kept.pop(address, None) or Bucket(pace or self._pace, moment)
        self._kept[address] = bucket
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return bucket
