"""Palabre as `serve` runs it, on an SQLite file in a folder thrown away; it sends nothing."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import Connection, func, select

from bot.bench.contestant import WrongWork
from bot.bench.script import CONSULTATION, FLOWS, HEADERS, QUESTIONS, SAYS, SECRET, TOKEN
from bot.gateway.house import House
from bot.gateway.receive import Receiver
from bot.gateway.work import Work
from bot.opening import door_of
from bot.serving import settle_interpreter
from bot.settings import Settings, read_settings
from bot.store.tables import contributions, deliveries, inbox
from bot.voice.pool import Ears
from bot.web.app import make_app, runner_of
from bot.wiring import open_house
from channels.base import WebhookCall

LOOK = 0.005  # seconds between two looks whether all is done


@dataclass
class Ours:
    """A running house: webhook, inbox, turns, deliveries; no sender."""

    settings: Settings
    house: House
    work: Work

    async def take(self, body: bytes) -> None:
        """Read an update, and return when it is committed."""
        channel = self.house.channels["telegram"]
        incoming = channel.read(WebhookCall("", HEADERS, body))
        await self.work.receiver.take([(one, body) for one in incoming])

    async def settle(self) -> None:
        """Return when all turns are taken and committed."""
        while await self.house.database.read(_unanswered):
            await asyncio.sleep(LOOK)

    async def check(self, people: int) -> None:
        """Count what was written. Raises WrongWork."""
        found = await self.house.database.read(_counts)
        if found[:2] != (people * len(SAYS), people * QUESTIONS) or found[2] < found[0]:
            raise WrongWork(f"{WrongWork.__doc__} (answered, kept, promised: {found})")

    async def runner(self) -> web.AppRunner:
        """Return the pages, as `serve` runs them."""
        return runner_of(make_app(await door_of(self.settings, self.house, self.work)))


def _unanswered(connection: Connection) -> int:
    query = select(inbox.c.id).where(inbox.c.answered_at.is_(None)).limit(1)
    return 0 if connection.scalar(query) is None else 1


def _counts(connection: Connection) -> tuple[int, int, int]:
    answered = select(func.count()).select_from(inbox).where(inbox.c.outcome == "answered")
    kept = select(func.count()).select_from(contributions)
    current = kept.where(contributions.c.superseded_at.is_(None))
    promised = select(func.count()).select_from(deliveries).where(deliveries.c.kind == "reply")
    counts = [connection.scalar(query) or 0 for query in (answered, current, promised)]
    return counts[0], counts[1], counts[2]


@contextlib.asynccontextmanager
async def ours() -> AsyncIterator[Ours]:
    """Open a house whose Telegram channel is only read from."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = read_settings({
            "PALABRE_DATA": folder,
            "PALABRE_FLOWS": str(FLOWS),
            "PALABRE_CONSULTATION": CONSULTATION,
            "PALABRE_BURST_SECONDS": "0",
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_API_URL": "http://127.0.0.1:9",  # nobody: nothing is sent
        })  # fmt: skip
        async with open_house(settings) as house:
            work = Work(house, Receiver(house), {}, Ears())
            await work.start()
            settle_interpreter()
            try:
                yield Ours(settings, house, work)
            finally:
                await work.stop()
