"""What is long goes on where it was left, in steps that are not done twice."""

import asyncio

from bot.gateway.durable import MORE, Durable
from bot.store.database import Database


class Counting:
    """A job of so many steps, that keeps a list."""

    def __init__(self, steps: int) -> None:
        self.steps, self.done = steps, 0
        self.ended = asyncio.Event()

    async def step(self, number: int) -> str:
        """Do one."""
        self.done += 1
        if self.done < self.steps:
            return MORE
        self.ended.set()
        return "done"


async def test_a_job_is_carried_out_step_by_step_and_only_once(database: Database) -> None:
    job = Counting(3)
    durable = Durable(database, {"count": job.step})
    assert not durable.is_up
    assert await durable.ensure("count", 7, 0)
    assert await durable.ensure("count", 7, 0) or job.ended.is_set()
    await asyncio.wait_for(job.ended.wait(), 20)
    while await durable.ensure("count", 7, 0):
        await asyncio.sleep(0.05)
    assert job.done == 3
    assert await durable.ensure("count", 7, 1)
    await durable.close()
    assert not durable.is_up


async def test_a_job_that_is_at_work_is_let_go_and_taken_up_again(database: Database) -> None:
    begun, again = asyncio.Event(), asyncio.Event()

    async def first(number: int) -> str:
        begun.set()
        await asyncio.sleep(3600)
        return "never"

    async def second(number: int) -> str:
        again.set()
        return "done"

    durable = Durable(database, {"wait": first})
    await durable.ensure("wait", 1, 0)
    await asyncio.wait_for(begun.wait(), 20)
    await durable.close()
    durable = Durable(database, {"wait": second})
    if not await durable.ensure("wait", 1, 0):
        await durable.ensure("wait", 1, 1)
    await asyncio.wait_for(again.wait(), 20)
    await durable.close()
