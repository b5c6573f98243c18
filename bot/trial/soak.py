"""One trial: everything runs for a while, is killed and badly served, and then is counted."""

import asyncio
import contextlib
import os
import random
import resource
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Connection, text

from bot.bench.script import CONSULTATION, FLOWS
from bot.bench.shared import own_server
from bot.settings import read_settings
from bot.store.database import Database, DatabaseAway
from bot.store.migrate import migrate
from bot.trial.faults import HASTY, ILL, Mood
from bot.trial.ledger import Outage, Report, count_messages, count_sends, open_ends
from bot.trial.people import OURS, PUBLIC, World
from bot.trial.process import Served
from bot.trial.provider import Provider
from bot.wiring import seal_of

TOKEN = "7:a-token-of-no-bot"  # noqa: S105 - of nobody
SECRET = "a-secret-of-the-trial-alone"  # noqa: S105
KEY = "of-the-trial-alone--kept-nowhere--of-no-use-to-anybody"
ACCOUNT = "AC" + "0c" * 16
AUTH = "an-auth-token-of-no-account"
WRITERS = {"telegram": 30, "sms": 10}
SETTLES_SECONDS = 200
LONG_SECONDS = 150  # from so long on, clocks jump and disks are full, too
AWAY_SECONDS = 60
JUMP_SECONDS = 60

Say = Callable[[str], object]


@dataclass
class Trial:
    """One installation under trial, on one kind of database."""

    folder: Path
    url: str  # of the database
    server: Any  # a PostgreSQL that can be killed, or None
    chance: random.Random
    say: Say
    seconds: float
    provider: Provider = field(init=False)
    served: list[Served] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    report: Report = field(default_factory=Report)

    def __post_init__(self) -> None:
        """Make the providers."""
        self.provider = Provider(TOKEN, ACCOUNT, self.chance)
        self.clock = self.folder / "clock"
        self.clock.write_text("0")

    @property
    def long(self) -> bool:
        """Say whether there is time for what takes long."""
        return self.seconds >= LONG_SECONDS

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

    async def run(self) -> Report:
        """Go through all of it."""
        async with self.provider, self._serving(), aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=20), connector=aiohttp.TCPConnector(limit=0)
        ) as session:  # fmt: skip
            world = World(TOKEN, SECRET, ACCOUNT, AUTH, lambda: self.served[0].port, self.chance)
            self.provider.heard = world.heard
            self.provider.took = self._calls_back(world, session)
            async with self._people(world, session):
                self._turn_ill()
                await self._torment()
                self.provider.be_well()
            await self._settle()
            await world.end()
            self._count(world)
        return self.report

    @contextlib.asynccontextmanager
    async def _people(self, world: World, session: aiohttp.ClientSession) -> AsyncIterator[None]:
        """Let people write meanwhile; at the end each finishes what is on its way."""
        writing = [
            asyncio.create_task(world.write(session, channel))
            for channel, count in WRITERS.items()
            for _ in range(count)
        ]
        try:
            yield
            world.over = True
            await asyncio.gather(*writing)
        finally:
            for task in writing:
                task.cancel()
            await asyncio.gather(*writing, return_exceptions=True)

    # --- what runs -------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def _serving(self) -> AsyncIterator[None]:
        self._with_database(migrate)
        self._with_database(lambda database: database.write_now(_refuse_some))
        roles = ("web", "worker", "worker") if self.server else ("serve",)
        module = "bot.trial.skewed" if self.long else "bot"
        self.served = [Served(role, self.settings, module) for role in roles]
        try:
            await asyncio.gather(*(one.start() for one in self.served))
            yield
            for one in self.served:
                took = await one.stop()
                self.report.slowest_stop_s = max(self.report.slowest_stop_s, took)
        finally:
            for one in self.served:
                if one.process is not None and one.process.returncode is None:
                    await one.kill()

    def _with_database(self, work: Callable[[Database], Any]) -> Any:
        database = Database(read_settings(self.settings).database_url)
        try:
            return work(database)
        finally:
            database.close()

    def _calls_back(
        self, world: World, session: aiohttp.ClientSession
    ) -> Callable[[str, str, str], None]:
        """Tell what became of an SMS, twice and in the wrong order now and then."""

        def took(sid: str, to: str, callback: str) -> None:
            statuses = ["sent", "delivered"]
            if self.chance.random() < 0.2:
                statuses = ["delivered", "sent", "delivered"]
                self.report.kinds["statuses out of order"] += 1
            world.beside(tell(sid, to, callback.removeprefix(PUBLIC), statuses))

        async def tell(sid: str, to: str, path: str, statuses: list[str]) -> None:
            for status in statuses:
                form = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status,
                        "SmsStatus": status, "To": to, "From": OURS, "AccountSid": ACCOUNT,
                        "ApiVersion": "2010-04-01"}  # fmt: skip
                await world.posts_form(session, path, form)

        return took

    # --- what is done to it ------------------------------------------------------------------

    def _turn_ill(self) -> None:
        mood: Mood = ILL if self.long else HASTY
        self.provider.telegram, self.provider.twilio = mood, ILL if self.long else Mood(())
        self.provider.holds = True

    async def _torment(self) -> None:
        ends = time.monotonic() + self.seconds
        deeds = self._deeds()
        name, deed = deeds[0]  # however short it is, something is killed
        while (left := ends - time.monotonic()) > 0:
            await asyncio.sleep(min(left, self.chance.uniform(2, 6)))
            self.say(f"{name}, {max(0, left):.0f} s to go")
            self.report.kinds[name] += 1
            await deed()
            name, deed = self.chance.choice(deeds)

    def _deeds(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        deeds: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            (f"killed {one.role}", partial(self._kill, one)) for one in self.served
        ]
        deeds.append(("restarted in good order", self._restart))
        if self.server:
            deeds.append(("killed PostgreSQL", partial(self._kill_postgres, 1)))
        if self.long and self.server:
            away = partial(self._kill_postgres, AWAY_SECONDS)
            deeds.append(("PostgreSQL away for a minute", away))
        if self.long and not self.server:
            deeds.append(("disk full", self._fill_disk))
        if self.long:
            deeds.append(("clock jumped", self._jump))
        return deeds

    async def _kill(self, one: Served) -> None:
        with self._outage():
            await one.kill()
            await asyncio.sleep(self.chance.uniform(0, 1.5))
        await one.start()

    @contextlib.contextmanager
    def _outage(self) -> Iterator[None]:
        """Note from when until when something is dead; what it had sent may still arrive."""
        self.report.kills += 1
        begun = time.monotonic()
        yield
        self.outages.append((begun, time.monotonic()))
        self.provider.forget_the_wait()

    async def _restart(self) -> None:
        """Do as an upgrade does: one after the other ends in good order and begins again."""
        for one in self.served:
            took = await one.stop()
            self.report.slowest_stop_s = max(self.report.slowest_stop_s, took)
            self.provider.forget_the_wait()
            await one.start()

    async def _kill_postgres(self, seconds: float) -> None:
        with self._outage():
            os.kill(self.server.get_pid(), signal.SIGKILL)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(_start_again, self.server)

    async def _jump(self) -> None:
        """Put the clock forward, and after a while back again."""
        self.clock.write_text(str(JUMP_SECONDS))
        await asyncio.sleep(self.chance.uniform(3, 8))
        self.clock.write_text("0")

    async def _fill_disk(self) -> None:
        """Let no file grow any more, for a while."""
        (one,) = self.served
        if one.process is not None:
            _, hard = resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (1, hard))
            await asyncio.sleep(self.chance.uniform(2, 5))
            resource.prlimit(one.process.pid, resource.RLIMIT_FSIZE, (hard, hard))

    # --- what is counted ---------------------------------------------------------------------

    async def _settle(self) -> None:
        """Wait until all is answered and sent; what was set aside is taken again."""
        await self._until_done()
        self._with_database(lambda database: database.write_now(_refuse_none))
        self.report.set_aside = await self._retry()
        await self._until_done()

    async def _retry(self) -> int:
        process = await asyncio.create_subprocess_exec(
            *Served("stuck", self.settings).command("retry"),
            env={"PATH": os.environ["PATH"], **self.settings},
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await process.communicate()
        digits = "".join(sign for sign in told.decode() if sign.isdigit())
        return int(digits or 0)

    async def _until_done(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLES_SECONDS):
                while await asyncio.to_thread(self._open_ends):
                    await asyncio.sleep(0.5)

    def _open_ends(self) -> int:
        try:
            return self._with_database(lambda database: database.read_now(open_ends))  # type: ignore[no-any-return]
        except DatabaseAway:
            return 1

    def _count(self, world: World) -> None:
        report, provider, counts = self.report, self.provider, world.counts
        seal = seal_of(read_settings(self.settings))

        def look(connection: Connection) -> None:
            count_messages(connection, counts, report)
            count_sends(connection, seal, provider.taken, provider.unsure, self.outages, report)

        self._with_database(lambda database: database.read_now(look))
        report.kinds += provider.faults + counts.tricks
        report.faults = provider.faults.total()
        report.impatient = provider.impatient
        report.slowest_no_s = counts.slowest_no


# --- rows that the database refuses ------------------------------------------------------------

_SQLITE = (
    """CREATE TRIGGER trial_inbox BEFORE INSERT ON inbox
       WHEN NEW.channel = 'telegram' AND NEW.event_id LIKE '%777'
       BEGIN SELECT RAISE(ABORT, 'refused'); END""",
    """CREATE TRIGGER trial_contributions BEFORE INSERT ON contributions
       WHEN NEW.text LIKE 'POISON%' BEGIN SELECT RAISE(ABORT, 'refused'); END""",
)
_POSTGRES = (
    """CREATE FUNCTION trial_refuse() RETURNS trigger AS
       'BEGIN RAISE EXCEPTION ''refused''; END' LANGUAGE plpgsql""",
    """CREATE TRIGGER trial_inbox BEFORE INSERT ON inbox FOR EACH ROW
       WHEN (NEW.channel = 'telegram' AND NEW.event_id LIKE '%777')
       EXECUTE FUNCTION trial_refuse()""",
    """CREATE TRIGGER trial_contributions BEFORE INSERT ON contributions FOR EACH ROW
       WHEN (NEW.text LIKE 'POISON%') EXECUTE FUNCTION trial_refuse()""",
)


def _refuse_some(connection: Connection) -> None:
    """Let the database refuse some messages, and some answers."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES:
        connection.execute(text(statement))


def _refuse_none(connection: Connection) -> None:
    for table in ("inbox", "contributions"):
        of = "" if connection.dialect.name == "sqlite" else f" ON {table}"
        connection.execute(text(f"DROP TRIGGER trial_{table}{of}"))


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


async def soak(seconds: float, say: Say, *, seed: int, postgres: bool = True) -> Report:
    """Try one kind of database after the other, for half of the time each."""
    total = Report()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder, chance = Path(name), random.Random(seed)
        share = seconds / 2 if postgres else seconds
        total += await Trial(folder, f"sqlite:///{folder / 'palabre.sqlite'}", None, chance,
                             say, share).run()  # fmt: skip
    if postgres:
        with own_server() as server, tempfile.TemporaryDirectory(prefix="soak-") as name:
            total += await Trial(Path(name), server.get_uri(), server, chance, say, share).run()
    return total
