"""Several workers on one PostgreSQL: nobody is answered twice, and each in their order."""

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from gateway.houses import QUESTIONS, Home, Texts
from gateway.outbox import knows, promises
from sqlalchemy import Connection, func, select

from bot.gateway import take_turns as room
from bot.gateway.take_turns import sit, take_turns
from bot.store import deliveries, inbox, tables
from bot.store.database import Database
from bot.store.media import open_media
from bot.store.seal import Seal


@pytest.fixture
def homes(new_postgres: str, seal: Seal, tmp_path: Path) -> Iterator[list[Home]]:
    """Three processes with one database."""
    opened = [Database(new_postgres) for _ in range(3)]
    yield [
        Home(one, seal, open_media("", database=one, seal=seal, folder=tmp_path), _texts())
        for one in opened
    ]
    for one in opened:
        one.close()


def _texts() -> Texts:
    return Texts(test=QUESTIONS)


async def test_many_people_are_answered_once_and_in_order_by_three_workers(
    homes: list[Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "BATCH", 20)
    web = homes[0]
    people = [web.person() for _ in range(40)]
    done = False

    async def works(home: Home) -> None:
        while not done or await take_turns(home.house):
            await asyncio.sleep(0)
            await take_turns(home.house)

    workers = [asyncio.create_task(works(one)) for one in homes]
    for text in ("hello", "yes", "water", "the market"):
        await web.receives(*[one.message(text) for one in people])
    done = True
    async with asyncio.timeout(30):
        await asyncio.gather(*workers)
    assert await web.outcomes() == ["answered"] * 160
    assert await web.count(tables.participants) == 40
    rows = await web.rows(tables.contributions)
    assert len(rows) == len({(row.participant_id, row.step) for row in rows}) == 120
    for step, text in (("ready", "yes"), ("missing", "water"), ("best", "the market")):
        assert await web.kept(step) == [text] * 40


async def test_who_is_in_hand_elsewhere_is_left_to_that_worker(homes: list[Home]) -> None:
    here, there, _ = homes
    ama, ben = here.person(), here.person()
    await ama.says("hello")
    await ben.says("hello")
    await ama.writes("yes")
    await ben.writes("yes")
    taken, go_on = threading.Event(), threading.Event()
    owner = await ama.id()

    def hold(connection: Any) -> None:
        there.database.lock_participants(connection, [owner])
        taken.set()
        go_on.wait(10)

    holding = asyncio.create_task(there.write(hold))
    await asyncio.to_thread(taken.wait, 10)
    await take_turns(here.house)
    assert (await here.outcomes())[2:] == ["", "answered"]
    go_on.set()
    await holding
    await take_turns(here.house)
    assert (await here.outcomes())[2:] == ["answered", "answered"]


async def test_what_was_read_before_another_worker_answered_it_is_not_answered_again(
    homes: list[Home],
) -> None:
    here, there, _ = homes
    ama = here.person()
    await ama.says("hello", "yes")
    await ama.writes("water")
    there.moment = here.moment
    rows = await here.database.read(inbox.waiting, here.moment, 100, ("telegram",))
    await there.answers()
    assert (await here.write(sit, here.house, rows)).turns == 0
    assert await here.kept("missing") == ["water"]


async def test_what_is_answered_between_the_look_and_the_lock_is_not_answered_again(
    homes: list[Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there, _ = homes
    ama = here.person()
    await ama.says("hello", "yes")
    await ama.writes("water")
    there.moment = here.moment
    rows = await here.database.read(inbox.waiting, here.moment, 100, ("telegram",))
    lock = here.database.lock_participants

    def late(connection: Any, ids: Any) -> set[int]:
        there.database.write_now(sit, there.house, rows)
        return lock(connection, ids)

    monkeypatch.setattr(here.database, "lock_participants", late)
    taken = await here.write(sit, here.house, rows)
    assert taken.turns == 0
    assert len(await here.rows(tables.contributions, step="missing")) == 1
    assert len([one for one in await ama.heard() if one.text == "What is best?"]) == 1


async def test_who_speaks_since_a_moment_ago_is_the_one_who_is_heard(
    homes: list[Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there, _ = homes
    phone = here.person()
    await phone.says("hello", "yes", "ama's water", "someone else")
    first = await phone.id()
    await phone.writes("1")
    there.moment = here.moment
    now = await here.database.read(inbox.waiting, here.moment, 100, ("telegram",))
    await phone.writes("yes")
    rows = await here.database.read(inbox.waiting, here.moment, 100, ("telegram",))
    lock = here.database.lock_participants

    def late(connection: Any, ids: Any) -> set[int]:
        there.database.write_now(sit, there.house, now)
        return lock(connection, ids)

    with monkeypatch.context() as patch:
        patch.setattr(here.database, "lock_participants", late)
        await here.write(sit, here.house, rows)
    await here.answers()
    second = await phone.id()
    found = await here.rows(tables.contributions, step="ready")
    assert {(row.participant_id, row.code) for row in found} == {(first, "yes"), (second, "yes")}


async def test_a_newcomer_whom_two_workers_meet_at_once_becomes_one_participant(
    homes: list[Home],
) -> None:
    here, there, third = homes
    ama = here.person()
    await ama.writes("hello")
    await asyncio.gather(*(take_turns(one.house) for one in (here, there, third)))
    assert await here.count(tables.participants) == 1
    assert await here.outcomes() == ["answered"]
    assert len(await ama.heard()) == 1


async def test_another_process_s_commit_wakes_who_listens(homes: list[Home]) -> None:
    here, there, _ = homes
    heard = asyncio.create_task(anext(aiter(there.database.listen())))
    await asyncio.sleep(0.3)
    await here.person().writes("hello")
    async with asyncio.timeout(5):
        assert await heard == ("inbox",)


async def test_what_follows_one_that_another_worker_is_just_taking_does_not_overtake_it(
    homes: list[Home],
) -> None:
    web, other, _ = homes
    ama, kofi = web.person(), web.person()
    await knows(web, ama, kofi)
    await promises(web, ama, "one", "two")
    await promises(web, kofi, "three")
    first = tables.deliveries.c.id == select(func.min(tables.deliveries.c.id)).scalar_subquery()

    def claimed(connection: Connection) -> list[int]:
        connection.execute(select(tables.deliveries.c.id).where(first).with_for_update())
        claim = partial(deliveries.claim, skip_locked=True)
        taken = other.database.write_now(claim, "telegram", web.moment, 10)
        return [one.participant for one in taken]

    assert await web.write(claimed) == [await kofi.id()]
