"""One trial: everything runs for a while, is killed and badly served, and then is counted."""

import asyncio
import contextlib
import random
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import aiohttp
from sqlalchemy import Connection, text

from bot.bench.shared import own_server
from bot.settings import read_settings
from bot.store.database import Database, DatabaseAway
from bot.trial.faults import HASTY, ILL, Mood
from bot.trial.installation import ACCOUNT, AUTH, SECRET, SKEWED, TOKEN, Installation, Say
from bot.trial.ledger import Report, count_messages, count_sends, open_ends
from bot.trial.people import World
from bot.trial.provider import Kept
from bot.wiring import seal_of

WRITERS = {"telegram": 30, "sms": 10}
SETTLES_SECONDS = 200
LONG_SECONDS = 150  # from so long on, clocks jump and disks are full, too
AWAY_SECONDS = 60
JUMP_SECONDS = 60


@dataclass
class Trial(Installation):
    """One installation under trial, for so many seconds."""

    seconds: float = field(kw_only=True)
    report: Report = field(default_factory=Report, kw_only=True)

    def __post_init__(self) -> None:
        """Make the providers; in a long trial clocks jump, too."""
        super().__post_init__()
        if self.long:
            self.module = SKEWED

    @property
    def long(self) -> bool:
        """Say whether there is time for what takes long."""
        return self.seconds >= LONG_SECONDS

    async def run(self) -> Report:
        """Go through all of it."""
        async with self.provider, self.serving(), aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=20), connector=aiohttp.TCPConnector(limit=0)
        ) as session:  # fmt: skip
            world = World(TOKEN, SECRET, ACCOUNT, AUTH, lambda: self.port, self.chance)
            self.provider.heard = lambda channel, address, _text: world.heard(channel, address)
            self.provider.took = self._calls_back(world, session)
            async with self._people(world, session):
                self._turn_ill()
                await self._torment()
                self.provider.be_well()
            await self._settle()
            await world.end()
            self._count(world)
        self.report.kills, self.report.slowest_stop_s = len(self.outages), self.slowest_stop_s
        return self.report

    def fill(self, database: Database) -> None:
        """Let the database refuse some rows."""
        database.write_now(_refuse_some)

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

    def _calls_back(self, world: World, session: aiohttp.ClientSession) -> Callable[[Kept], None]:
        """Tell what became of an SMS, twice and in the wrong order now and then."""

        def took(kept: Kept) -> None:
            statuses = ["sent", "delivered"]
            if self.chance.random() < 0.2:
                statuses = ["delivered", "sent", "delivered"]
                self.report.kinds["statuses out of order"] += 1
            world.beside(tell(kept, statuses))

        async def tell(kept: Kept, statuses: list[str]) -> None:
            for status in statuses:
                await world.tells(session, kept, status)

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
            (f"killed {one.role}", partial(self.kill, one)) for one in self.served
        ]
        deeds.append(("restarted in good order", self.restart))
        if self.server:
            deeds.append(("killed PostgreSQL", partial(self.kill_postgres, 1)))
        if self.long and self.server:
            away = partial(self.kill_postgres, AWAY_SECONDS)
            deeds.append(("PostgreSQL away for a minute", away))
        if self.long and not self.server:
            deeds.append(("disk full", self._fill_disk))
        if self.long:
            deeds.append(("clock jumped", self._jump))
        return deeds

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
        self.with_database(lambda database: database.write_now(_refuse_none))
        self.report.set_aside = await self._retry()
        await self._until_done()

    async def _retry(self) -> int:
        _status, told = await self.tries("stuck", "retry")
        digits = "".join(sign for sign in told if sign.isdigit())
        return int(digits or 0)

    async def _until_done(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLES_SECONDS):
                while await asyncio.to_thread(self._open_ends):
                    await asyncio.sleep(0.5)

    def _open_ends(self) -> int:
        try:
            return self.with_database(lambda database: database.read_now(open_ends))
        except DatabaseAway:
            return 1

    def _count(self, world: World) -> None:
        report, provider, counts = self.report, self.provider, world.counts
        seal = seal_of(read_settings(self.settings))

        def look(connection: Connection) -> None:
            count_messages(connection, counts, report)
            count_sends(connection, seal, provider.taken, provider.unsure, self.outages, report)

        self.with_database(lambda database: database.read_now(look))
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


async def soak(seconds: float, say: Say, *, seed: int, postgres: bool = True) -> Report:
    """Try one kind of database after the other, for half of the time each."""
    total = Report()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder, chance = Path(name), random.Random(seed)
        share = seconds / 2 if postgres else seconds
        url = f"sqlite:///{folder / 'palabre.sqlite'}"
        total += await Trial(folder, url, None, chance, say, seconds=share).run()
    if postgres:
        with own_server() as server, tempfile.TemporaryDirectory(prefix="soak-") as name:
            here = Path(name)
            total += await Trial(here, server.get_uri(), server, chance, say, seconds=share).run()
    return total
