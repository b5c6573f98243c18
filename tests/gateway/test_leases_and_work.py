"""One holder at a time; loops that sleep while idle, and that nothing can end but being asked."""

import asyncio
import os
from dataclasses import replace
from typing import Any, cast

import pytest
from gateway.houses import QUESTIONS, Home, Post, Texts

from bot.gateway import leases
from bot.gateway import work as room
from bot.gateway.leases import HELD_MS, THIS_RUN, Lease, take
from bot.gateway.work import Work
from bot.store import tables
from bot.store.database import Database, DatabaseAway

NOW = 1_790_000_000_000
ELSEWHERE = f"{os.getpid()}.{THIS_RUN}.another"  # a process that lives


async def test_a_lease_has_one_holder_until_it_runs_out(database: Database) -> None:
    async def takes(holder: str, at: int) -> bool:
        return await database.write(take, database, "poll", holder, at)

    mine = f"{os.getpid()}.{THIS_RUN}.1"
    assert await takes(mine, NOW)
    assert not await takes(ELSEWHERE, NOW + HELD_MS - 1)
    assert await takes(mine, NOW + HELD_MS - 1)
    assert not await takes(ELSEWHERE, NOW + HELD_MS)
    assert await takes(ELSEWHERE, NOW + 2 * HELD_MS)
    assert not await takes(mine, NOW + 2 * HELD_MS)


async def test_leases_of_other_names_are_free(database: Database) -> None:
    assert await database.write(take, database, "one", ELSEWHERE, NOW)
    assert await database.write(take, database, "two", "1.other.1", NOW)


async def test_of_many_who_race_for_a_free_lease_one_wins(database: Database) -> None:
    others = [Database(database.url) for _ in range(4)]
    for race in range(10):
        taking = [
            one.write(take, one, f"poll {race}", f"{os.getpid()}.{THIS_RUN}.{place}", NOW)
            for place, one in enumerate(others)
        ]
        assert sorted(await asyncio.gather(*taking)) == [False, False, False, True]
    for one in others:
        one.close()


@pytest.mark.parametrize(
    "holder", ["4194303.gone.1", f"{os.getpid()}.earlier.1"], ids=["gone", "earlier"]
)
async def test_on_one_machine_what_a_killed_process_held_is_free_at_once(
    database: Database, holder: str
) -> None:
    assert await database.write(take, database, "poll", holder, NOW)
    mine = f"{os.getpid()}.{THIS_RUN}.1"
    assert await database.write(take, database, "poll", mine, NOW + 1) is database.embedded


async def test_work_is_done_by_one_and_handed_on_when_it_is_given_back(database: Database) -> None:
    done: list[str] = []
    ends = {"one": asyncio.Event(), "two": asyncio.Event()}

    def work_of(name: str) -> Any:
        async def work() -> None:
            done.append(name)
            await ends[name].wait()

        return work

    first, second = Lease(database, "poll"), Lease(database, "poll")
    one = asyncio.create_task(first.while_held(work_of("one")))
    await asyncio.sleep(0.2)
    stopping = asyncio.Event()
    two = asyncio.create_task(second.while_held(work_of("two"), stopping))
    await asyncio.sleep(0.2)
    assert done == ["one"]
    stopping.set()
    async with asyncio.timeout(2):
        await two  # it never came to work, and need not
    ends["one"].set()
    await one
    await first.give_back()
    three = asyncio.create_task(second.while_held(work_of("two")))
    await asyncio.sleep(0.2)
    assert done == ["one", "two"]
    ends["two"].set()
    await three


async def test_who_has_lost_the_lease_stops_working(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.05)
    stopped = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    task = asyncio.create_task(Lease(database, "poll").while_held(work))
    await asyncio.sleep(0.2)
    row = {"name": "poll", "holder": ELSEWHERE, "until": 2**52}
    statement = database.upsert(tables.leases, ("name",), ("holder", "until"))
    await database.write(lambda c: c.execute(statement, [row]) and None)
    async with asyncio.timeout(2):
        await stopped.wait()
    task.cancel()


async def test_while_the_database_is_away_nobody_comes_to_hold_a_lease(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.05)
    away, worked = [True, True], asyncio.Event()
    right = leases.take

    def sometimes(*args: Any) -> bool:
        if away:
            assert not worked.is_set()
            away.pop()
            raise DatabaseAway
        return right(*args)

    monkeypatch.setattr(leases, "take", sometimes)

    async def work() -> None:
        worked.set()

    async with asyncio.timeout(5):
        await Lease(database, "poll").while_held(work)
    assert worked.is_set()
    assert away == []


def worker_of(home: Home) -> Work:
    """The work of a house on a real clock: what wakes it is what is tested."""
    house = replace(home.house, clock=room_clock)
    return Work.of(house)


def room_clock() -> int:
    """The time by which everything that a test wrote is due."""
    from bot.gateway.house import wall_clock

    return wall_clock() + 10**9


async def until(holds: Any, seconds: float = 8) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.02)


async def test_a_running_house_receives_answers_and_sends(home: Home) -> None:
    work = worker_of(home)
    await work.start()
    ama = home.person()
    await work.receiver.take([(ama.message("hello"), b"raw")])

    async def heard() -> bool:
        return "Shall we begin?" in "".join(home.post.said)

    await until(heard)
    await work.stop()
    assert await home.states() == [("sent", "")]
    assert [task for task in (*work.tasks, *work.finishing) if not task.done()] == []


async def test_while_nothing_happens_nothing_is_done(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = worker_of(home)
    await work.start()
    await asyncio.sleep(1.7)  # what it wrote at its start is noticed once, a second later
    calls: list[str] = []
    write, read = home.database.write, home.database.read

    async def counted_write(*args: Any, **more: Any) -> Any:
        calls.append("write")
        return await write(*args, **more)

    async def counted_read(*args: Any) -> Any:
        calls.append("read")
        return await read(*args)

    monkeypatch.setattr(home.database, "write", counted_write)
    monkeypatch.setattr(home.database, "read", counted_read)
    await asyncio.sleep(2)
    await work.stop()
    looks = 2 if home.database.embedded else 12  # there, a slow look is the net
    assert len(calls) <= looks


@pytest.mark.parametrize("error", [KeyError("odd"), DatabaseAway("away")])
async def test_a_failure_that_nobody_foresaw_does_not_end_the_work(
    home: Home, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(room, "PAUSE_MS", 50)
    right, fails = room.take_turns, [error, error]

    async def sometimes(house: Any) -> int:
        if fails:
            raise fails.pop()
        return await right(house)

    monkeypatch.setattr(room, "take_turns", sometimes)
    work = worker_of(home)
    await work.start()
    await home.person().writes("hello")

    async def answered() -> bool:
        return await home.outcomes() == ["answered"]

    await until(answered)
    await work.stop()


async def test_asked_to_end_it_does_not_wait_for_a_provider_that_hangs(home: Home) -> None:
    work = worker_of(home)
    ama = home.person()
    home.post.hangs_for = ama.address
    await work.start()
    await work.receiver.take([(ama.message("hello"), b"raw")])

    async def sending() -> bool:
        return [state for state, _ in await home.states()] == ["sending"]

    await until(sending)
    async with asyncio.timeout(3):
        await work.stop(0.5)


async def test_what_another_process_promises_is_sent_by_this_one(home: Home) -> None:
    other = Home(Database(home.database.url), home.house.seal, home.house.media, _texts())
    work = worker_of(home)
    await work.start()
    await asyncio.sleep(1.2)  # it has begun to listen
    ama = other.person()
    other.moment = room_clock() - 10**8
    await ama.writes("hello")

    async def heard() -> bool:
        return bool(home.post.said)

    await until(heard)
    await work.stop()
    other.database.close()


def _texts() -> Texts:
    return Texts(test=QUESTIONS)


async def test_of_two_workers_one_sends_on_a_channel(home: Home) -> None:
    if home.database.embedded:  # there one process does everything
        return
    posts = [Post(), Post()]
    houses = [replace(home.house, channels=cast("Any", {"telegram": post}), clock=room_clock)
              for post in posts]  # fmt: skip
    works = [Work.of(one) for one in houses]
    for one in works:
        await one.start()
    for _ in range(5):
        await home.person().writes("hello")

    async def heard() -> bool:
        return sum(len(post.said) for post in posts) == 5

    await until(heard)
    assert sorted(len(post.said) for post in posts) == [0, 5]
    for one in works:
        await one.stop()
    assert await home.rows(tables.leases) == []
