"""How a provider misbehaves: by chance, as often as it is told to."""

import asyncio
import random
from dataclasses import dataclass
from typing import Literal, get_args

from aiohttp import web

How = Literal["slow", "server error", "hang", "cut off", "half", "garbage", "taken, cut off"]
TAKEN = frozenset({"taken, cut off", "half", "slow"})  # the work is done before it goes wrong
UNSURE = frozenset({"taken, cut off", "half"})  # it was done, and nobody is told
HANG_SECONDS = 25  # longer than anybody waits for an answer
SLOW_SECONDS = 1.5


@dataclass(frozen=True)
class Mood:
    """How likely each fault is, of one call."""

    chances: tuple[tuple[How, float], ...]

    def fault(self, chance: random.Random) -> How | None:
        """Return what goes wrong with this call; None: nothing."""
        drawn = chance.random()
        for how, share in self.chances:
            if drawn < share:
                return how
            drawn -= share
        return None


WELL = Mood(())
ILL = Mood(
    (
        ("slow", 0.02),
        ("server error", 0.02),
        ("hang", 0.002),
        ("cut off", 0.01),
        ("half", 0.01),
        ("garbage", 0.01),
        ("taken, cut off", 0.01),
    )
)
HASTY = Mood((("slow", 0.02), ("server error", 0.03), ("cut off", 0.01), ("garbage", 0.01)))
"""What is over soon: for a trial that cannot wait for what is looked up a minute later."""
SOON = Mood((("slow", 0.02), ("server error", 0.02), ("half", 0.02), ("taken, cut off", 0.02)))
"""The same, with what nobody is ever told of."""
LATE = Mood((("slow", 0.02),))
EVERY = Mood(tuple((how, 0.02) for how in get_args(How)))
"""Two in a hundred of every kind."""


async def misbehave(http: web.Request, how: How, well: web.Response) -> web.StreamResponse:
    """Answer badly; `well` is what one would have said."""
    if how == "slow":
        await asyncio.sleep(SLOW_SECONDS)
        return well
    if how == "server error":
        return web.Response(status=502, text="<h1>Bad Gateway</h1>", content_type="text/html")
    if how == "garbage":
        return web.Response(text="{]", content_type="application/json")
    if how == "hang":
        await asyncio.sleep(HANG_SECONDS)
    if how == "half":
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(http)
        await answer.write(b'{"ok":true,')
    if http.transport is not None:
        http.transport.abort()
    return web.Response()
