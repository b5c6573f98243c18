"""In which order messages come: all people in turn, round by round, a bounded number at once."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.bench.script import SAYS, update

Post = Callable[[bytes], Awaitable[None]]
Settle = Callable[[], Awaitable[None]]


async def play(people: int, posts: list[Post], settle: Settle) -> None:
    """Post everybody's messages; each `post` carries one at a time, its people one by one.

    A round begins when the turns of the one before are over: whoever writes before their question
    was asked adds to their last answer, and that would be other work.
    """
    for place in range(len(SAYS)):
        lanes = (_round(people, len(posts), lane, place, post) for lane, post in enumerate(posts))
        await asyncio.gather(*lanes)
        await settle()


async def _round(people: int, lanes: int, lane: int, place: int, post: Post) -> None:
    for person in range(lane, people, lanes):
        await post(update(person, place))
