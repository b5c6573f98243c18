"""What a provider is told while the database hangs."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot.gateway import receive
from bot.gateway.receive import Receiver
from bot.store.database import DatabaseAway
from channels.base import Incoming

BODY = b"{}"


class HangingDatabase:
    """Takes everything and never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def write(self, *_work: object, **_wakes: object) -> None:
        self.asked.set()
        await asyncio.Event().wait()


async def test_nobody_waits_longer_than_a_provider_would(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither those whose write hangs nor those behind them are kept waiting."""
    monkeypatch.setattr(receive, "SECONDS", 0.02)
    database = HangingDatabase()
    house: Any = SimpleNamespace(database=database, seal=None, clock=lambda: 1, channels={})
    receiver = Receiver(house)
    running = asyncio.create_task(receiver.run())
    first = asyncio.create_task(receiver.take([(Incoming("telegram", "1"), BODY)]))
    await database.asked.wait()
    second = asyncio.create_task(receiver.take([(Incoming("telegram", "2"), BODY)]))
    async with asyncio.timeout(2):
        answers = await asyncio.gather(first, second, return_exceptions=True)
    running.cancel()
    assert [type(answer) for answer in answers] == [DatabaseAway, DatabaseAway]
