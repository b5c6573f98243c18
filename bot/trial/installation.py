"""One installation under trial: its settings, its real processes, and what ends them."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bot.bench.script import CONSULTATION, FLOWS
from bot.settings import read_settings
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.trial.ledger import Outage
from bot.trial.people import OURS, PUBLIC
from bot.trial.process import Served
from bot.trial.provider import Provider

TOKEN = "7:a-token-of-no-bot"  # noqa: S105 - of nobody
SECRET = "a-secret-of-the-trial-alone"  # noqa: S105
KEY = "of-the-trial-alone--kept-nowhere--of-no-use-to-anybody"
ACCOUNT = "AC" + "0c" * 16
AUTH = "an-auth-token-of-no-account"
PLAIN, SKEWED = "bot", "bot.trial.skewed"  # what is run: as it is, or with a clock that can jump
DOWN_SECONDS = 1.5  # at most, until what was killed is started again

Say = Callable[[str], object]
Result = TypeVar("Result")


@dataclass
class Installation:
    """One installation, on one kind of database."""

    folder: Path
    url: str  # of the database
    server: Any  # a PostgreSQL that can be killed, or None
    chance: random.Random
    say: Say
    module: str = PLAIN
    provider: Provider = field(init=False)
    served: list[Served] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    slowest_stop_s: float = 0.0
    most_memory_mb: float = 0.0  # of the process that held most

    def __post_init__(self) -> None:
        """Make the providers."""
        self.provider = Provider(TOKEN, ACCOUNT, self.chance)
        self.clock = self.folder / "clock"
        self.clock.write_text("0")

    @property
    def settings(self) -> dict[str, str]:
        """Return the environment of its processes."""
        return {
            "DATABASE_URL": self.url, "SECRET_KEY": KEY, "PALABRE_DATA": str(self.folder),
            "PALABRE_FLOWS": str(FLOWS), "PALABRE_CONSULTATION": CONSULTATION,
            "PALABRE_BURST_SECONDS": "0", "PUBLIC_URL": PUBLIC,
            "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": self.provider.url,
            "TELEGRAM_WEBHOOK_SECRET": SECRET, "TELEGRAM_PACE": "1000",
            "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": AUTH,
            "TWILIO_API_URL": self.provider.url, "TWILIO_SMS_FROM": OURS,
            "TWILIO_SMS_PACE": "500", "PALABRE_TRIAL_CLOCK": str(self.clock),
        }  # fmt: skip

    @property
    def port(self) -> int:
        """Where its webhooks are."""
        return self.served[0].port

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Run its processes on a new database, all of them ended at the end. Raises NeverReady."""
        await asyncio.to_thread(self.with_database, migrate)
        await asyncio.to_thread(self.with_database, self.fill)
        roles = ("web", "worker", "worker") if self.server else ("serve",)
        self.served = [Served(role, self.settings, self.module) for role in roles]
        try:
            await asyncio.gather(*(one.start() for one in self.served))
            yield
            for one in self.served:
                await self._stop(one)
        finally:
            for one in self.served:
                if one.runs:
                    await one.kill()

    async def tries(self, *words: str) -> tuple[int, str]:
        """Run a command beside them; return its exit status and what it printed."""
        return await Served("", self.settings).tries(*words)

    def with_database(self, work: Callable[[Database], Result]) -> Result:
        """Do something with its database, from the outside."""
        database = Database(read_settings(self.settings).database_url)
        try:
            return work(database)
        finally:
            database.close()

    def fill(self, database: Database) -> None:
        """Write down what is there before its processes begin."""

    # --- what is done to it ------------------------------------------------------------------

    async def kill(self, one: Served) -> None:
        """Kill a process and start it again a moment later."""
        self._note_memory(one)
        with self._outage():
            await one.kill()
            await asyncio.sleep(self.chance.uniform(0, DOWN_SECONDS))
        await one.start()

    async def kill_postgres(self, seconds: float) -> None:
        """Kill PostgreSQL and start it again after so long."""
        with self._outage():
            os.kill(self.server.get_pid(), signal.SIGKILL)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(_start_again, self.server)

    async def restart(self) -> None:
        """Do as an upgrade does: one after the other ends in good order and begins again."""
        for one in self.served:
            await self._stop(one)
            self.provider.forget_the_wait()
            await one.start()

    async def _stop(self, one: Served) -> None:
        self._note_memory(one)
        self.slowest_stop_s = max(self.slowest_stop_s, await one.stop())

    @contextlib.contextmanager
    def _outage(self) -> Iterator[None]:
        """Note from when until when something is dead; what it had sent may still arrive."""
        begun = time.monotonic()
        yield
        self.outages.append((begun, time.monotonic()))
        self.provider.forget_the_wait()

    def _note_memory(self, one: Served) -> None:
        self.most_memory_mb = max(self.most_memory_mb, one.most_memory_mb())


def _start_again(server: Any) -> None:
    """Start a PostgreSQL whose first process was killed.

    Nobody may have taken its dead number off the list of processes yet, so its files go first:
    else it is taken for running. That its other processes have gone, PostgreSQL looks itself.
    """
    for last in (False,) * 20 + (True,):
        for file in (*server.pgdata.glob("postmaster.pid"), *server.pgdata.glob(".s.PGSQL.*")):
            file.unlink(missing_ok=True)
        try:
            server.ensure_postgres_running()
        except Exception:
            if last:
                raise
            time.sleep(0.5)
        else:
            return
