"""Fan-out of a broadcast to very many people, against the database's own copy of the same rows."""

import tempfile
import time
from functools import cache
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from sqlalchemy import Connection, text

from bot.bench.measuring import Measured, Process
from bot.bench.ours import running, settings_in
from bot.gateway.broadcasts.fan_out import fan_out
from bot.gateway.broadcasts.plan import Plan, make
from bot.gateway.house import House
from bot.store.tables import broadcasts

MOST_MB = 50  # by which memory may grow, however many there are
PAGE_MB = 4096 / 1_048_576

_PEOPLE = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :people)
INSERT INTO participants (pseudonym, state, language, network, trial, consented, made_at, seen_at)
SELECT printf('p%09d', n), x'', CASE n % 3 WHEN 0 THEN 'fr' WHEN 1 THEN 'en' ELSE 'es' END, '', 0,
       1, 1, 1 FROM numbers
"""
_ADDRESSES = """
INSERT INTO addresses (participant_id, channel, account, address_index, sealed, state, reason,
                       locale_hint, last_in_at, made_at)
SELECT id, 'telegram', '', CAST(printf('%016d', id) AS BLOB), x'00', 'good', '', '', 1, 1
FROM participants
"""
_COPY = """
INSERT INTO recipients (broadcast_id, participant_id, state, reason, at, address_id, channel,
                        language, not_before)
SELECT :other, participant_id, state, reason, at, address_id, channel, language, not_before
FROM recipients WHERE broadcast_id = :number
"""


def ours_spreads(people: int) -> Measured:
    """Return how many recipients a second our fan-out writes, with a fault if memory grew."""
    return _both(people)[0]


def copies(people: int) -> Measured:
    """Return how many a second one INSERT … SELECT writes of the very same rows."""
    return _both(people)[1]


@cache
def _both(people: int) -> tuple[Measured, Measured]:
    with Process(_spread, people) as process:
        found: tuple[Measured, Measured] = process.hear()
        return found


async def _spread(pipe: Pipe, people: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with running(settings_in(folder)) as opened:
            house = opened.house
            house.database.write_now(_fill, people)
            number = house.database.write_now(_order, house)
            before, cpu, began = _memory_mb(), time.process_time(), time.perf_counter()
            while house.database.write_now(fan_out, house, number):
                pass
            took, used = time.perf_counter() - began, time.process_time() - cpu
            grew = _memory_mb() - before
            fault = f"memory grew by {grew:.0f} MB" if grew >= MOST_MB else ""
            other = house.database.write_now(_order, house)
            given = {"number": number, "other": other}
            began = time.perf_counter()
            copied = house.database.write_now(lambda c: c.execute(text(_COPY), given).rowcount)
            raw = time.perf_counter() - began
            if copied != people:
                fault = f"{copied} of {people} have a row"
            pipe.send((Measured(people / took, used, grew, fault), Measured(people / raw)))


def _fill(connection: Connection, people: int) -> None:
    connection.execute(text(_PEOPLE), {"people": people})
    connection.execute(text(_ADDRESSES))


def _order(connection: Connection, house: House) -> int:
    number = make(connection, Plan(texts={"en": "The meeting is on Monday."}), "", house.clock())
    connection.execute(broadcasts.update().values(state="running"))
    return number


def _memory_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_MB
