"""Messages are written down once each before their provider hears that we have them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import msgspec
import pytest
from gateway.houses import Home

from bot.gateway import receive as room
from bot.gateway.receive import Brought, Busy, Group, Receiver
from bot.store import inbox, tables
from bot.store.database import DatabaseAway
from bot.store.wire import Arrival
from channels.base import Incoming


@pytest.fixture
async def receiver(home: Home) -> AsyncIterator[Receiver]:
    """A running receiver."""
    made = Receiver(home.house)
    task = asyncio.create_task(made.run())
    yield made
    task.cancel()


async def test_a_message_is_there_when_its_provider_is_answered(
    home: Home, receiver: Receiver
) -> None:
    await receiver.take([(home.person().message("hello"), b"raw")])
    assert await home.count(tables.inbox) == 1


async def test_its_body_lies_sealed_and_opens_again(home: Home, receiver: Receiver) -> None:
    ama = home.person("22670000001")
    await receiver.take([(ama.message("our well is dry"), b'{"from":"22670000001"}')])
    (row,) = await home.rows(tables.inbox)
    for word in (b"well", b"22670000001"):
        assert word not in repr(tuple(row)).encode()
    incoming, raw = msgspec.msgpack.decode(home.house.seal.open(b"inbox", row.sealed))
    assert msgspec.json.decode(incoming, type=Incoming).text == "our well is dry"
    assert raw == b'{"from":"22670000001"}'


async def test_however_often_it_is_delivered_it_is_written_once(
    home: Home, receiver: Receiver
) -> None:
    message = home.person().message("hello")
    await asyncio.gather(*(receiver.take([(message, b"raw")]) for _ in range(20)))
    await receiver.take([(message, b"raw")])
    assert await home.count(tables.inbox) == 1


async def test_many_that_come_together_are_written_with_few_commits(
    home: Home, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    write_down = inbox.write_down

    def counted(connection: Any, database: Any, seal: Any, arrivals: Sequence[Any]) -> int:
        sizes.append(len(arrivals))
        return write_down(connection, database, seal, arrivals)

    monkeypatch.setattr(room.inbox, "write_down", counted)
    people = [home.person() for _ in range(200)]
    await asyncio.gather(*(receiver.take([(one.message("hello"), b"")]) for one in people))
    assert await home.count(tables.inbox) == 200
    assert len(sizes) <= 3


def brought(*names: str) -> list[Brought]:
    """Messages by their names, nobody waiting for them in earnest."""
    return [(Arrival("telegram", name, "", "message", b"", b"", 0, True), cast("Any", None))
            for name in names]  # fmt: skip


def test_who_comes_before_the_database_is_ready_goes_along() -> None:
    waiting = deque(brought("one"))
    group = Group(waiting)
    waiting.extend(brought("two", "three"))
    assert [one.event_id for one in group.gather()] == ["one", "two", "three"]
    assert not waiting


def test_who_was_told_that_it_failed_is_not_written_afterwards() -> None:
    waiting = deque(brought("one", "two"))
    group = Group(waiting)
    assert [arrival.event_id for arrival, _ in group.end()] == ["one", "two"]
    waiting.extend(brought("three"))
    assert group.gather() == []


async def test_messages_keep_the_order_in_which_they_came(home: Home, receiver: Receiver) -> None:
    ama = home.person()
    texts = [str(number) for number in range(30)]
    await receiver.take([(ama.message(text), b"") for text in texts])
    rows = await home.database.read(inbox.waiting, home.moment, 100, ("telegram",))
    found = [msgspec.json.decode(row.open(home.house.seal), type=Incoming).text for row in rows]
    assert found == texts


async def test_nobody_is_kept_waiting_while_the_database_is_away_and_all_goes_on_when_it_is_back(
    home: Home, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    ama = home.person()

    async def away(*_: Any, **__: Any) -> None:
        raise DatabaseAway

    with monkeypatch.context() as patch:
        patch.setattr(home.database, "write", away)
        with pytest.raises(DatabaseAway):
            await receiver.take([(ama.message("one"), b"")])
        for _ in range(100):  # refused at once, without a try
            with pytest.raises(DatabaseAway):
                await receiver.take([(ama.message("two"), b"")])
        assert not receiver._waiting
    home.waits(seconds=1.1)
    await receiver.take([(ama.message("three"), b"")])
    assert await home.count(tables.inbox) == 1


async def test_all_who_waited_for_the_same_commit_hear_that_it_failed(
    home: Home, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> None:
        await asyncio.sleep(0.01)
        raise DatabaseAway

    monkeypatch.setattr(home.database, "write", away)
    people = [home.person() for _ in range(50)]
    async with asyncio.timeout(5):
        answers = await asyncio.gather(
            *(receiver.take([(one.message("x"), b"")]) for one in people), return_exceptions=True
        )
    assert all(isinstance(answer, DatabaseAway) for answer in answers)


async def test_more_than_can_be_held_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "FULL", 10)
    receiver = Receiver(home.house)  # it does not run
    ama = home.person()
    tasks = [asyncio.create_task(receiver.take([(ama.message(), b"")])) for _ in range(10)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await receiver.take([(ama.message(), b"")])
    for task in tasks:
        task.cancel()


async def test_who_goes_away_while_waiting_disturbs_nobody(home: Home, receiver: Receiver) -> None:
    ama = home.person()
    gone = asyncio.create_task(receiver.take([(ama.message("one"), b"")]))
    stays = asyncio.create_task(receiver.take([(ama.message("two"), b"")]))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert await home.count(tables.inbox) == 2


@pytest.mark.parametrize("odd", ["half \ud83d a pair", "nul\0nul", "long" * 100])
async def test_a_message_that_the_database_refuses_is_filed_alone_with_its_body(
    home: Home, receiver: Receiver, odd: str
) -> None:
    ama = home.person()
    bad = ama.message("bad", event_id=odd)
    good = [home.person().message("good") for _ in range(5)]
    await asyncio.gather(*(receiver.take([(one, b"the body")]) for one in (*good, bad)))
    rows = await home.rows(tables.inbox)
    assert len(rows) == 6
    waiting = [row for row in rows if row.answered_at is None]
    assert len(waiting) >= 5
    filed = [row for row in rows if row.kind == "unreadable"]
    if len(waiting) == 5:  # SQLite takes what is too long
        assert [row.outcome for row in filed] == ["filed"]
        _, raw = msgspec.msgpack.decode(home.house.seal.open(b"inbox", filed[0].sealed))
        assert raw == b"the body"


async def test_what_was_filed_alone_is_not_filed_again_when_it_comes_again(
    home: Home, receiver: Receiver
) -> None:
    bad = home.person().message("bad", event_id="half \ud83d a pair")
    for _ in range(3):
        await receiver.take([(bad, b"the body")])
    assert await home.count(tables.inbox) == 1


@pytest.mark.parametrize("kind", ["ignored", "group"])
async def test_of_what_is_none_of_ours_only_that_it_came_is_kept(
    home: Home, receiver: Receiver, kind: Any
) -> None:
    message = home.person().message("a group's talk", kind=kind)
    await receiver.take([(message, b"a group's talk")])
    (row,) = await home.rows(tables.inbox)
    assert row.outcome == "filed"
    assert b"a group's talk" not in home.house.seal.open(b"inbox", row.sealed)
    assert await home.answers() == 0
