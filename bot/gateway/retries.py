"""What failed is tried again later, a few times in this process; then it is given up."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

# before the next attempt: a service may be away for a night; then it is given up
AGAIN_MS = (60_000, 600_000, 3_600_000, 21_600_000, 86_400_000)

Key = TypeVar("Key", bound=Hashable)


@dataclass
class Retries(Generic[Key]):
    """Remembers what failed: how often, and when it is looked at again."""

    _failed: dict[Key, tuple[int, int]] = field(default_factory=dict)

    def held(self, moment: int) -> list[Key]:
        """Return what is not to be tried yet."""
        return [one for one, (_, until) in self._failed.items() if until > moment]

    def next_at(self) -> int | None:
        """Return when something is to be tried again, None for nothing."""
        return min((until for _, until in self._failed.values()), default=None)

    def give_up(self, key: Key, moment: int) -> bool:
        """Count a failure; True: it was the last one."""
        attempts = self._failed.pop(key, (0, 0))[0] + 1
        if attempts > len(AGAIN_MS):
            return True
        self._failed[key] = (attempts, moment + AGAIN_MS[attempts - 1])
        return False

    def done(self, key: Key) -> None:
        """Forget what has worked."""
        self._failed.pop(key, None)
