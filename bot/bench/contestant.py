"""What a measurement asks of each contestant, ours or another's."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from aiohttp import web


class WrongWork(Exception):
    """What was measured did not do its work, so its speed means nothing. Run the tests first."""


class Running(Protocol):
    """A contestant that is ready for messages."""

    async def take(self, body: bytes) -> None:
        """Take one update, as its provider would be answered: when this returns."""
        ...

    async def settle(self) -> None:
        """Return when everything that was taken is done."""
        ...

    async def check(self, people: int) -> None:
        """Look whether `people` were asked all ten questions. Raises WrongWork."""
        ...

    async def runner(self) -> web.AppRunner:
        """Return what serves the webhook of this contestant."""
        ...


Contestant = AbstractAsyncContextManager[Running]
