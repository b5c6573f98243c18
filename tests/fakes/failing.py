"""A server that answers badly when a test wants it to, whichever provider it plays."""

import asyncio
from typing import Generic, TypeVar

from aiohttp import web

Fault = TypeVar("Fault")


class Failing(Generic[Fault]):
    """Holds the faults that are wanted, by the kind of call; "*" is any call."""

    def __init__(self) -> None:
        self._faults: list[tuple[str, Fault, int]] = []

    def fail(self, what: str, fault: Fault, times: int = 1) -> None:
        """Answer the next calls of a kind badly."""
        self._faults.append((what, fault, times))

    def forgive(self) -> None:
        """Answer well again."""
        self._faults.clear()

    def _fault_for(self, what: str) -> Fault | None:
        for place, (name, fault, times) in enumerate(self._faults):
            if name in (what, "*"):
                if times > 1:
                    self._faults[place] = (name, fault, times - 1)
                else:
                    del self._faults[place]
                return fault
        return None


def page_of_a_proxy(status: int) -> web.Response:
    """Return HTML where JSON is awaited."""
    page = "<html><h1>Bad Gateway</h1></html>"
    return web.Response(status=status, text=page, content_type="text/html")


async def break_off(
    http: web.Request, how: str, seconds: float, begun: bytes
) -> web.StreamResponse:
    """Close the connection: after a while ("hang"), in the middle ("half"), or at once."""
    if how == "hang":
        await asyncio.sleep(seconds)
    if how == "half":
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(http)
        await answer.write(begun)
    if http.transport is not None:
        http.transport.abort()
    return web.Response()
