"""What is read from the store only when somebody looks into it; most turns never do."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value")


class Later(Mapping[str, Value]):
    """A mapping that is read once, when it is first asked for anything."""

    __slots__ = ("_found", "_read")

    def __init__(self, read: Callable[[], Mapping[str, Value]]) -> None:
        self._read = read
        self._found: Mapping[str, Value] | None = None

    def _all(self) -> Mapping[str, Value]:
        if self._found is None:
            self._found = self._read()
        return self._found

    def __getitem__(self, key: str) -> Value:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())
