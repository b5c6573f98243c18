"""Palabre as `serve` runs it, on an SQLite file in a folder thrown away."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, func, select

from bot.bench.contestant import WrongWork
from bot.bench.script import CONSULTATION, FLOWS, HEADERS, QUESTIONS, SAYS, SECRET, TOKEN
from bot.gateway.deliver import Sender
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
from channels.base import Pace, WebhookCall

NO_PACE = Pace(1_000_000, 1000)
LOOK = 0.005  # seconds between two looks whether all is done


@dataclass
class Ours:
    """A running house: webhook, inbox, turns, deliveries."""

    settings: Settings
    house: House
    work: Work
    open_ends: Callable[[Connection], bool]
    before: int = 0  # rows of each kind that were there already

    async def take(self, body: bytes) -> None:
        """Read an update, and return when it is committed."""
        channel = self.house.channels["telegram"]
        incoming = channel.read(WebhookCall("", HEADERS, body))
        await self.work.receiver.take([(one, body) for one in incoming])

    async def settle(self) -> None:
        """Return when all turns are taken and committed, and all is sent where one sends."""
        while await self.house.database.read(self.open_ends):
            await asyncio.sleep(LOOK)

    async def check(self, people: int) -> None:
        """Count what was written. Raises WrongWork."""
        found = [one - self.before for one in await self.house.database.read(_counts)]
        if found[:2] != [people * len(SAYS), people * QUESTIONS] or found[2] < found[0]:
            raise WrongWork(f"{WrongWork.__doc__} (answered, kept, promised: {found})")

    async def runner(self) -> web.AppRunner:
        """Return the pages, as `serve` runs them."""
        return runner_of(make_app(await door_of(self.settings, self.house, self.work)))


def unanswered(connection: Connection) -> bool:
    """Say whether a message waits for its turn."""
    query = select(inbox.c.id).where(inbox.c.answered_at.is_(None)).limit(1)
    return connection.scalar(query) is not None


_OPEN = [
    select(deliveries.c.id).where(deliveries.c.state == state).limit(1)
    for state in ("waiting", "sending")
]


def unsent(connection: Connection) -> bool:
    """Say whether a delivery waits, or is being sent.

    Asked one by one, each has its index; asked together, they took a walk through all that is sent.
    """
    return any(connection.scalar(query) is not None for query in _OPEN)


def _undone(connection: Connection) -> bool:
    return unanswered(connection) or unsent(connection)


def _counts(connection: Connection) -> tuple[int, int, int]:
    answered = select(func.count()).select_from(inbox).where(inbox.c.outcome == "answered")
    kept = select(func.count()).select_from(contributions)
    current = kept.where(contributions.c.superseded_at.is_(None))
    promised = select(func.count()).select_from(deliveries).where(deliveries.c.kind == "reply")
    counts = [connection.scalar(query) or 0 for query in (answered, current, promised)]
    return counts[0], counts[1], counts[2]


NOBODY = "http://127.0.0.1:9"


def settings_in(folder: str, **more: str) -> Settings:
    """Return the settings of a house whose data lie in a folder."""
    return read_settings(
        {
            "PALABRE_DATA": folder,
            "PALABRE_FLOWS": str(FLOWS),
            "PALABRE_CONSULTATION": CONSULTATION,
            "PALABRE_BURST_SECONDS": "0",
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_API_URL": NOBODY,
            **more,
        }
    )


def sender_of(house: House, channel: Any, pace: Pace = NO_PACE) -> Sender:
    """Make a sender at a pace of its own; to one person it sends as fast as it can."""
    channel.can = replace(channel.can, overall=pace, per_address=NO_PACE)
    return Sender(house, channel)


@contextlib.asynccontextmanager
async def running(settings: Settings, *, sends: bool = False) -> AsyncIterator[Ours]:
    """Open a house and let it work; one that does not send keeps its promises in the outbox."""
    async with open_house(settings) as house:
        work = Work(house, Receiver(house), {}, Ears())
        if sends:
            work.senders = {name: sender_of(house, one) for name, one in house.channels.items()}
        await work.start()
        settle_interpreter()
        try:
            yield Ours(settings, house, work, _undone if sends else unanswered)
        finally:
            await work.stop()


@contextlib.asynccontextmanager
async def ours() -> AsyncIterator[Ours]:
    """Open a house whose Telegram channel is only read from."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with running(settings_in(folder)) as opened:
            yield opened
