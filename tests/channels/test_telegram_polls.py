"""Updates that are asked for: none is lost, and none stands in the way of another."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable

import pytest
from fakes.telegram_faults import Fault, bad_gateway, cut_off, garbage, half, refusal, too_many
from fakes.telegram_server import TelegramServer

from channels.base import Incoming
from channels.telegram import Telegram
from channels.telegram_poll import Poller, split_updates, update_id

Taken = list[tuple[Incoming, bytes]]


class Taker:
    """Writes down what it is given; fails as often as it is told to."""

    def __init__(self) -> None:
        self.taken: Taken = []
        self.batches = 0
        self.fails = 0

    async def __call__(self, batch: Taken) -> None:
        self.batches += 1
        if self.fails:
            self.fails -= 1
            raise ConnectionError("the database is away")
        self.taken += batch

    @property
    def texts(self) -> list[str]:
        return [incoming.text for incoming, _ in self.taken]


@contextlib.asynccontextmanager
async def polling(telegram: Telegram, take: Taker) -> AsyncIterator[Poller]:
    poller = Poller(telegram, take, wait=2, pause=0.01)
    task = asyncio.create_task(poller.run())
    yield poller
    poller.stop()
    await asyncio.wait_for(task, 2)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.005)


async def test_what_people_say_is_taken_in_order_as_it_came(
    telegram: Telegram, server: TelegramServer
) -> None:
    take, phone = Taker(), server.phone()
    phone.says("avant")
    async with polling(telegram, take):
        await until(lambda: take.texts == ["avant"])
        phone.says("un")
        phone.says("deux")
        await until(lambda: take.texts == ["avant", "un", "deux"])
    raw = [json.loads(raw)["message"]["text"] for _, raw in take.taken]
    assert raw == take.texts


async def test_an_update_is_acknowledged_only_after_it_was_taken(
    telegram: Telegram, server: TelegramServer
) -> None:
    take, phone = Taker(), server.phone()
    take.fails = 2
    phone.says("un")
    async with polling(telegram, take):
        await until(lambda: take.batches == 2)
        assert len(server.pending) == 1
        await until(lambda: take.texts == ["un"])
        await until(lambda: not server.pending)


async def test_one_bad_update_stands_in_nobodys_way(
    telegram: Telegram, server: TelegramServer
) -> None:
    take, phone = Taker(), server.phone()
    phone.says("un")
    server.push_raw('{"update_id": 700000002, "message": {"date": 1e400}}', 700_000_002)
    server.push_raw('{"update_id": 700000003, "message": [1]}', 700_000_003)
    server._update_ids = iter(range(700_000_004, 800_000_000))
    phone.says("deux \ud800 moitié")
    async with polling(telegram, take):
        await until(lambda: len(take.taken) == 4)
        await until(lambda: not server.pending)
    assert [incoming.kind for incoming, _ in take.taken] == [
        "message",
        "unreadable",
        "unreadable",
        "message",
    ]
    assert take.texts[3] == "deux \ufffd moitié"


async def test_an_update_without_a_number_does_not_make_it_spin(
    telegram: Telegram, server: TelegramServer
) -> None:
    take = Taker()
    server.push_raw('{"message": {}}', 1)
    async with polling(telegram, take):
        await until(lambda: take.batches == 4)
        began = time.monotonic()
        await until(lambda: take.batches == 5)
        assert time.monotonic() - began > 0.05
    assert {incoming.kind for incoming, _ in take.taken} == {"unreadable"}


FAULTS = (bad_gateway(), garbage(), cut_off(), half(), refusal("Conflict", 409), refusal("x", 401))


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_after_trouble_it_goes_on(
    telegram: Telegram, server: TelegramServer, fault: Fault
) -> None:
    take, phone = Taker(), server.phone()
    server.fail("getUpdates", fault, times=3)
    phone.says("un")
    async with polling(telegram, take):
        await until(lambda: take.texts == ["un"])


async def test_it_waits_as_long_as_telegram_asks(
    telegram: Telegram, server: TelegramServer
) -> None:
    take, phone = Taker(), server.phone()
    server.fail("getUpdates", too_many(1))
    phone.says("un")
    began = time.monotonic()
    async with polling(telegram, take):
        await until(lambda: take.texts == ["un"])
    assert time.monotonic() - began >= 1


async def test_stopped_while_nothing_comes_it_ends_at_once(
    telegram: Telegram, server: TelegramServer
) -> None:
    began = time.monotonic()
    async with polling(telegram, Taker()):
        await until(lambda: bool(server.calls("getUpdates")))
    assert time.monotonic() - began < 1


async def test_stopped_while_taking_it_finishes_what_is_in_hand(
    telegram: Telegram, server: TelegramServer
) -> None:
    done = []

    async def slowly(batch: Taken) -> None:
        poller.stop()
        await asyncio.sleep(0.1)
        done.extend(batch)

    poller = Poller(telegram, slowly, wait=2)
    server.phone().says("un")
    await asyncio.wait_for(poller.run(), 2)
    assert len(done) == 1


async def test_an_idle_poll_asks_for_what_we_understand_and_waits(
    telegram: Telegram, server: TelegramServer
) -> None:
    async with polling(telegram, Taker()):
        await until(lambda: bool(server.calls("getUpdates")))
        await asyncio.sleep(0.2)
    (request,) = server.calls("getUpdates")
    assert request.params["timeout"] == "2"
    assert "my_chat_member" in request.json("allowed_updates")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"ok":true}', b'{"ok":true,"result":{}}', b"5"]
)
def test_what_is_no_answer_of_telegrams_holds_no_updates(body: bytes) -> None:
    assert not split_updates(body)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (b'{"update_id":5}', 5),
        (b'{"update_id":"5"}', -1),
        (b"[]", -1),
        (b"{", -1),
        (b'{"update_id":true}', -1),
    ],
)
def test_an_update_is_acknowledged_by_its_number(raw: bytes, number: int) -> None:
    assert update_id(raw) == number
