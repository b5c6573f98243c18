"""The gate before a send: does its person still want it, and is the address still good?

It is read again at the moment of sending. One look serves all who stand in line, and holds for a
few milliseconds: at full pace a look for each send would cost as much as the send.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.gateway.line import Line
from bot.store.database import Database
from bot.store.deliveries import Due, Standing, look_again

FRESH_MS = 20  # how long a look holds


class Gate:
    """What was last seen of the deliveries in line; `clock` never goes back."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database = database
        self._clock = clock
        self._seen: dict[int, Standing] = {}
        self._seen_at = -FRESH_MS

    def just_saw(self, taken: Iterable[Due], began: int) -> None:
        """Note how deliveries stood that were taken from the outbox: that was a look, too."""
        if self._clock() - self._seen_at >= FRESH_MS:
            self._seen = {}
        self._seen_at = began if not self._seen else min(self._seen_at, began)
        self._seen |= {one.id: one.standing for one in taken}

    async def look(self, due: Due, line: Line) -> Due | None:
        """Return a delivery as its person and address stand now; None: it is no longer in hand."""
        if due.id not in self._seen or self._clock() - self._seen_at >= FRESH_MS:
            ids = {due.id, *line.standing}
            self._seen = await self._database.read(look_again, ids)
            self._seen_at = self._clock()
        seen = self._seen.get(due.id)
        if seen is None or seen == due.standing:
            return due if seen else None
        return replace(due, **seen._asdict())
