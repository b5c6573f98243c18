"""An announcement to many, carried to its end while all goes wrong; then its ledger is held to it.

It is sent by the command, carried by real processes, and told of as the commands tell of it.
"""

import asyncio
import contextlib
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Connection, func, select

from bot.bench.shared import own_server
from bot.gateway.house import House
from bot.settings import read_settings
from bot.store.database import Database, DatabaseAway, now
from bot.store.tables import addresses, deliveries, participants, recipients
from bot.trial import coordinator
from bot.trial.adding_up import (
    REACHED,
    Line,
    Sums,
    Taken,
    Who,
    after_their_stop,
    compare,
    twice_by_retrying,
)
from bot.trial.audience import MEMBER, RULE, Somebody, awake, gather, settle
from bot.trial.callers import Callers, Tellers
from bot.trial.faults import EVERY, LATE, SOON
from bot.trial.installation import ACCOUNT, AUTH, SECRET, SKEWED, TOKEN, Installation, Say
from bot.trial.ledger import count_messages, open_ends
from bot.trial.manners import BY_CHANNEL, OFF, Manner
from bot.trial.people import OURS, World
from bot.wiring import library_of, open_house, prepare, seal_of

TEXTS = {
    "fr": "Les marches se retrouvent lundi a 15 h, a la mairie.",
    "en": "The markets meet on Monday at 3 p.m., in the town hall.",
    "es": "Los mercados se encuentran el lunes a las 15, en la alcaldia.",
}
LOOK_SECONDS = 0.5
STALLED_SECONDS = 400  # nothing moves any more
LONGEST, LATER = 5 * 3_600, 600  # seconds; what waits longer than the latter waits for a phone
SHORT_PEOPLE = 2000  # up to so many there is no time for what takes a minute
KILLS, SHORT_KILLS = 5, 1


@dataclass
class Announcement(Installation):
    """One installation from which so many people are written to."""

    count: int = field(kw_only=True)
    sums: Sums = field(default_factory=Sums, kw_only=True)
    people: dict[str, Somebody] = field(default_factory=dict, kw_only=True)
    house: House = field(init=False)  # the coordinator's own look at it
    number: int = 0  # of the broadcast

    def __post_init__(self) -> None:
        """Make the providers; where there is time, a clock that can jump."""
        super().__post_init__()
        if self.long:
            self.module = SKEWED
        self._went: Counter[str] = Counter()  # channel → announcements taken
        self._times: dict[str, tuple[float, float]] = {}  # channel → the first and the last

    @property
    def long(self) -> bool:
        """Say whether there is time for what takes a minute."""
        return self.count > SHORT_PEOPLE

    @property
    def settings(self) -> dict[str, str]:
        """Return the environment: the consultation that ships, three channels, high paces."""
        paid = {"TELEGRAM_PAID": "yes", "TWILIO_WHATSAPP_FROM": OURS, "TWILIO_SMS_PACE": "1000",
                "TWILIO_WHATSAPP_PACE": "1000", "PALABRE_TTS": "off"}  # fmt: skip
        plain = ("PALABRE_FLOWS", "PALABRE_CONSULTATION", "TELEGRAM_PACE")
        known = {name: value for name, value in super().settings.items() if name not in plain}
        return known | paid

    async def run(self) -> Sums:
        """Go through all of it. Raises NotDone, NeverReady."""
        begun = time.monotonic()
        async with (
            self.provider, self.serving(), open_house(read_settings(self.settings)) as self.house,
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session,
        ):  # fmt: skip
            world = World(TOKEN, SECRET, ACCOUNT, AUTH, lambda: self.port, self.chance)
            tellers = Tellers(world)
            self.provider.took = tellers.took
            async with tellers.telling(session):
                callers = await self._announce(world, session)
                await self._arrives(tellers)
                lines = await self._add_up()
                await self._again(tellers, lines)
            await world.end()
            await self._count(world, callers)
        self.sums.seconds = time.monotonic() - begun
        self.sums.slowest_stop_s, self.sums.memory_mb = self.slowest_stop_s, self.most_memory_mb
        return self.sums

    # --- who is there ------------------------------------------------------------------------

    def fill(self, database: Database) -> None:
        """Let all of them be known."""
        self.say(f"making {self.count:,} people")
        settings, moment = read_settings(self.settings), now()
        library = library_of(settings)
        prepare(settings, database, library, moment)
        zones = awake(moment, library.consultation)
        some = gather(self.count, self.chance, zones, patient=self.long)
        seal = seal_of(settings)
        self.people = database.write_now(settle, seal, some, moment)
        for one in some:
            if manner := _manner(one):
                self.provider.manners[one.channel, one.address] = manner

    # --- what is done ------------------------------------------------------------------------

    async def _announce(self, world: World, session: aiohttp.ClientSession) -> Callers:
        """Send it, and kill what carries it now and then, until it has come to its end."""
        members = [one for one in self.people.values() if one.kind == MEMBER]
        callers = Callers(world, members, self.chance, at_once=4 if self.long else 2)
        self.provider.heard = self._hears(callers)
        self.provider.telegram = EVERY if self.long else SOON
        self.provider.twilio = EVERY if self.long else LATE
        self.provider.holds = True
        self.number = await coordinator.send(self, RULE, TEXTS)
        async with callers.writing(session):
            await self._kill_on_its_way()
            await self._until_done()
        return callers

    def _hears(self, callers: Callers) -> Any:
        texts = tuple(TEXTS.values())

        def heard(channel: str, address: str, text: str) -> None:
            if not text.startswith(texts):
                callers.heard(channel, address)
                return
            moment = time.monotonic()
            self._went[channel] += 1
            self._times[channel] = (self._times.get(channel, (moment, 0.0))[0], moment)

        return heard

    async def _kill_on_its_way(self) -> None:
        """Kill one after the other at even steps of the way, and wait for the end."""
        kills = KILLS if self.long else SHORT_KILLS
        for place in range(1, kills + 1):
            await self._until_out(self.count * 0.8 * place / (kills + 1))
            self.say(f"{self._went.total():,} are out; kill {place} of {kills}")
            await self._kill_one(place)

    async def _until_out(self, wanted: float) -> None:
        """Wait until so many went out, or the broadcast is done."""
        await self._until(lambda: self._went.total() >= wanted)

    async def _until_done(self) -> None:
        """Wait until the broadcast is done, phones that were off being on again."""
        await self._until(lambda: False)

    async def _until(self, enough: Callable[[], bool]) -> None:
        """Wait until it is enough, or done, or nothing moves any more."""
        moved_at, seen = time.monotonic(), -1
        while not enough() and not await self._is_done():
            if seen != (seen := self._went.total()):
                moved_at = time.monotonic()
                self.say(f"{seen:,} of {self.count:,} are out")
            elif not self.provider.ahead and await self._waits_for_phones():
                self._jump()
            elif time.monotonic() - moved_at > STALLED_SECONDS:
                self.sums.stuck += 1
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _kill_one(self, place: int) -> None:
        """Kill each process and PostgreSQL in turn."""
        last = len(self.served)
        turn = place % (last + 1) if self.server else 0
        name = self.served[turn].role if turn < last else "PostgreSQL"
        self.sums.kinds[f"killed {name}"] += 1
        if turn < last:
            await self.kill(self.served[turn])
        else:
            await self.kill_postgres(1)

    async def _arrives(self, tellers: Tellers) -> None:
        """Wait until the broadcast is done, and all that the providers tell is understood."""
        await self._until_done()
        self.say("what became of them is told")
        await tellers.all_told()
        await self._until_nothing_is_open()

    def _jump(self) -> None:
        """Put the clocks forward by some hours, after which phones that were off are on."""
        self.say("phones that were off are on again")
        self.provider.ahead = LONGEST
        self.clock.write_text(str(LONGEST))
        off = set(OFF.values())
        manners = self.provider.manners
        self.provider.manners = {who: how for who, how in manners.items() if how not in off}

    async def _is_done(self) -> bool:
        with contextlib.suppress(DatabaseAway):
            return await coordinator.state_of(self.house, self.number) == "done"
        return False

    async def _waits_for_phones(self) -> bool:
        """Say whether all that is left waits for an hour or more."""
        soon = now() + LATER * 1000

        def look(connection: Connection) -> bool:
            mine = (deliveries.c.broadcast_id == self.number) & deliveries.c.state.in_(
                ("waiting", "sending")
            )
            left = connection.scalar(select(func.min(deliveries.c.not_before)).where(mine))
            unfed = select(recipients.c.participant_id).where(
                recipients.c.broadcast_id == self.number, recipients.c.state == "waiting",
                recipients.c.promised_at.is_(None)).limit(1)  # fmt: skip
            return left is not None and left > soon and connection.scalar(unfed) is None

        return await self.house.database.read(look)

    async def _until_nothing_is_open(self) -> None:
        """Wait for the turns of what was written and told last."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STALLED_SECONDS):
                while await self.house.database.read(open_ends):
                    await asyncio.sleep(LOOK_SECONDS)

    # --- what came of it -----------------------------------------------------------------------

    async def _add_up(self) -> Sequence[Line]:
        """Hold the ledger against the providers; return its lines."""
        self.say("adding up")
        counts = await coordinator.counts_of(self.house, self.number)
        lines = await coordinator.ledger_of(self.house, self.number)
        compare(self.sums, lines, counts, self.people, self._taken())
        return lines

    async def _again(self, tellers: Tellers, before: Sequence[Line]) -> None:
        """Send again to those whom it did not reach, now that all is well; and add up anew."""
        self.provider.be_well()
        taken = self._taken()
        self.sums.again = await coordinator.send_again(self.house, self.number)
        self.say(f"again, to {self.sums.again:,} whom it did not reach")
        await self._arrives(tellers)
        lines = await self._add_up()
        first, last = (Counter(line.state for line in some) for some in (before, lines))
        self.sums.reached_again = sum(last[name] - first[name] for name in REACHED)
        self.sums.sent_twice += twice_by_retrying(before, self.people, taken, self._taken())

    def _taken(self) -> dict[Who, Taken]:
        """Return what the providers took of the announcement for each person."""
        texts = tuple(TEXTS.values())
        at: dict[Who, list[float]] = defaultdict(list)
        arrived: Counter[Who] = Counter()
        for message, times in list(self.provider.taken.items()):
            if message[2].startswith(texts):
                at[message[:2]].extend(times)
                arrived[message[:2]] += len(times) - self.provider.undelivered[message]
        return {who: Taken(times, arrived[who]) for who, times in at.items()}

    async def _count(self, world: World, callers: Callers) -> None:
        sums, provider = self.sums, self.provider
        await self.house.database.read(count_messages, world.counts, sums)
        sums.unwanted += after_their_stop(self._taken(), await self._stops())
        sums.kinds += provider.faults + world.counts.tricks
        sums.faults, sums.impatient = provider.faults.total(), provider.impatient
        sums.kills, sums.slowest_no_s = len(self.outages), world.counts.slowest_no
        sums.answers = len(callers.waited)
        sums.median_wait_s, sums.slowest_wait_s = map(callers.of_a_hundred, (0.5, 0.99))
        sums.delivered = self._went.total()
        spans = {name: max(last - first, 0.001) for name, (first, last) in self._times.items()}
        sums.rates = {name: self._went[name] / span for name, span in spans.items()}
        if self._times:
            firsts, lasts = zip(*self._times.values(), strict=True)
            sums.a_second = self._went.total() / max(max(lasts) - min(firsts), 0.001)

    async def _stops(self) -> dict[Who, float]:
        """Return when the stop of each who said so meanwhile was understood."""
        behind = time.time() - time.monotonic()
        seal = self.house.seal
        query = (
            select(addresses.c.channel, addresses.c.sealed, participants.c.stopped_at)
            .join(participants, participants.c.id == addresses.c.participant_id)
            .where(participants.c.stopped_at.is_not(None))
        )
        rows = await self.house.database.read(lambda connection: connection.execute(query).all())
        opened = [(row[0], seal.open(b"addresses", row[1]).decode(), row[2]) for row in rows]
        return {(channel, at): stopped / 1000 - behind for channel, at, stopped in opened}


def _manner(one: Somebody) -> Manner | None:
    return BY_CHANNEL[one.channel].get(one.kind) or OFF.get(one.kind)


@contextlib.asynccontextmanager
async def _somewhere(*, postgres: bool) -> AsyncIterator[tuple[Path, str, Any]]:
    """Return a folder, a new database's address, and what can be killed of it."""
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        if not postgres:
            yield folder, f"sqlite:///{folder / 'palabre.sqlite'}", None
            return
        with own_server() as server:
            yield folder, server.get_uri(), server


async def announce(count: int, say: Say, *, seed: int, postgres: bool) -> Sums:
    """Announce something to so many people on one kind of database. Raises NoPostgres, NotDone."""
    async with _somewhere(postgres=postgres) as (folder, url, server):
        return await Announcement(folder, url, server, random.Random(seed), say, count=count).run()
