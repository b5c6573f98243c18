"""A count, or a bar, on a terminal; nothing on a pipe."""

from typing import Self


class Counting:
    """A count that goes up, every hundred."""

    def __init__(self, every: int = 100) -> None:
        """`every`: how many must have come before it is shown again."""
        from rich.console import Console

        self._every = every
        self._console = Console(stderr=True)
        self._status = self._console.status("0") if self._console.is_terminal else None

    def __enter__(self) -> Self:
        """Show it."""
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Take it away."""
        if self._status:
            self._status.stop()

    def __call__(self, count: int) -> None:
        """Show how many there are."""
        if self._status and count % self._every == 0:
            self._status.update(str(count))
