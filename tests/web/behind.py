"""A whole house behind Twilio: signed calls in, messages and callbacks out, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from fakes.twilio_phone import Phone
from fakes.twilio_server import PUBLIC, TwilioServer
from sqlalchemy import select, update

from bot.gateway.work import Work
from bot.opening import door_of
from bot.settings import Settings, read_settings
from bot.store import tables
from bot.web.app import make_app
from bot.wiring import make_simulators, open_house
from channels.base import Pace
from channels.capabilities import SMS, WHATSAPP

AT_ONCE = Pace(10_000, 10_000)
DAY_MS = 24 * 3_600_000


@dataclass
class Behind:
    """A house, and the Twilio in front of it."""

    twilio: TwilioServer
    settings: Settings
    house: Any
    work: Work
    client: TestClient[Any, Any]

    async def rows(self, table: Any = tables.deliveries) -> list[Any]:
        return await self.house.database.read(lambda c: list(c.execute(select(table))))

    async def until(self, table: Any, *wanted: str, seconds: float = 5) -> list[Any]:
        """Wait until the states of deliveries are these."""
        async with asyncio.timeout(seconds):
            while True:
                found = await self.rows(table)
                if tuple(row.state for row in found) == wanted:
                    return found
                await asyncio.sleep(0.01)

    async def until_all_sent(self, seconds: float = 5) -> list[Any]:
        """Wait until no delivery waits any more; return them."""
        async with asyncio.timeout(seconds):
            while any(row.state in ("waiting", "sending") for row in await self.rows()):
                await asyncio.sleep(0.01)
        return await self.rows()

    async def ends_with(self, state: str, reason: str = "", seconds: float = 5) -> Any:
        """Wait until the newest delivery stands so; return it."""
        async with asyncio.timeout(seconds):
            while True:
                rows = await self.rows()
                if rows and (rows[-1].state, rows[-1].reason) == (state, reason):
                    return rows[-1]
                await asyncio.sleep(0.01)

    async def filed(self, kind: str, times: int) -> None:
        """Wait until so many calls of a kind were looked at."""
        async with asyncio.timeout(5):
            while sum(r.kind == kind and r.answered_at is not None
                      for r in await self.rows(tables.inbox)) < times:  # fmt: skip
                await asyncio.sleep(0.01)

    async def a_day_goes_by(self, phone: Phone) -> None:
        """Let a person's last word be a day old, for us and for WhatsApp."""
        phone.window_open = False
        earlier = update(tables.addresses).values(last_in_at=tables.addresses.c.last_in_at - DAY_MS)
        await self.house.database.write(lambda c: c.execute(earlier) and None)


@asynccontextmanager
async def opened(
    folder: Path, monkeypatch: Any, *channels: Any, **more: str
) -> AsyncIterator[Behind]:
    """Open a house behind a Twilio, with other channels besides; `more` are settings."""
    monkeypatch.setattr("bot.wiring.SMS", replace(SMS, per_address=AT_ONCE))
    monkeypatch.setattr("bot.wiring.WHATSAPP", replace(WHATSAPP, per_address=AT_ONCE))
    monkeypatch.setattr("bot.gateway.attempt.LISTED_MS", 50)
    async with AsyncExitStack() as closing:
        twilio = await closing.enter_async_context(TwilioServer())
        settings = read_settings({
            "PALABRE_DATA": str(folder), "PALABRE_BURST_SECONDS": "0", "PUBLIC_URL": PUBLIC,
            "TWILIO_ACCOUNT_SID": twilio.sid, "TWILIO_AUTH_TOKEN": twilio.token,
            "TWILIO_API_URL": twilio.url, "TWILIO_SMS_FROM": "+33700000000, +221300000000",
            "TWILIO_WHATSAPP_FROM": "whatsapp:+33700000001", "TWILIO_SMS_PACE": "10000", **more,
        })  # fmt: skip
        besides = [*make_simulators(settings), *(lambda _, one=one: one for one in channels)]
        house = await closing.enter_async_context(open_house(settings, besides))
        work = Work.of(house)
        await work.start()
        closing.push_async_callback(work.stop)
        client = TestClient(TestServer(make_app(await door_of(settings, house, work))))
        await client.start_server()
        closing.push_async_callback(client.close)
        twilio.hooks, twilio.deliver_to = PUBLIC, str(client.make_url("")).rstrip("/")
        yield Behind(twilio, settings, house, work, client)
