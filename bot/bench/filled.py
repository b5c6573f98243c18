"""A house with a past: many people are known to it, and a busy year lies in its tables."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace

from sqlalchemy import Connection, text

from bot.bench.ours import Ours, running, settings_in
from bot.bench.script import FIRST_PERSON
from bot.gateway.house import House
from bot.store import participants
from bot.store.participants import Newcomer

OTHERS = 50_000_000  # the numbers of those who never write during a measurement begin there
AT_A_TIME = 10_000
DAY = 86_400_000

_NUMBERS = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows)
"""
_WROTE = """
INSERT INTO inbox (channel, event_id, address_index, kind, received_at, ready_at, answered_at,
                   outcome, note)
{numbers}
SELECT 'telegram', 'old:' || n, addresses.address_index, 'message', :began + n * :step,
       :began + n * :step, :began + n * :step, 'answered', ''
FROM numbers JOIN addresses ON addresses.id = n % :people + 1
"""
_SENT = """
INSERT INTO deliveries (participant_id, address_id, channel, kind, rank, question, closes, state,
                        reason, attempts, not_before, made_at, first_at, last_at, provider_id,
                        units, cost)
{numbers}
SELECT addresses.participant_id, addresses.id, 'telegram', 'reply', 0, 'q' || n, '', 'sent', '', 1,
       0, :began + n * :step, :began + n * :step, :began + n * :step, 'old' || n, 1, 0.0
FROM numbers JOIN addresses ON addresses.id = n % :people + 1
"""
_SAID = """
INSERT INTO contributions (id, participant_id, place, phase, flow, revision, step, item, about,
                           question, kind, code, codes, text, comment, fact, language, channel,
                           state, replies, asked_at, answered_at, coded_by, spoken_language,
                           transcript, transcript_by)
{numbers}
SELECT lower(hex(randomblob(16))), addresses.participant_id, 'before/' || n, 'before', 'before', '',
       'step', '', '', 'What helped you most this week?', 'text', '', '[]',
       'A roof for the days of rain, so that the vegetables keep until evening', '', '', 'en',
       'telegram', 'kept', '[]', :began + n * :step, :began + n * :step, '', '', '', ''
FROM numbers JOIN addresses ON addresses.id = n % :people + 1
"""


def know(connection: Connection, house: House, first: int, people: int) -> None:
    """Make participants of so many people, as if each had written once."""
    seal, moment = house.seal, house.clock()
    for begin in range(first, first + people, AT_A_TIME):
        chats = map(str, range(begin, min(begin + AT_A_TIME, first + people)))
        new = [Newcomer("telegram", "1", seal.index("telegram", one), one) for one in chats]
        participants.create(connection, seal, new, moment)


def live_through_a_year(connection: Connection, moment: int, people: int, rows: int) -> None:
    """Write down what a year leaves behind: so many messages, deliveries and contributions."""
    given = {"rows": rows, "people": people, "began": moment - 365 * DAY,
             "step": 364 * DAY // rows}  # fmt: skip
    for statement in (_WROTE, _SENT, _SAID):
        connection.execute(text(statement.format(numbers=_NUMBERS)), given)
    connection.execute(text("ANALYZE"))


@contextlib.asynccontextmanager
async def known_to(people: int) -> AsyncIterator[Ours]:
    """Open a house to which so many are known, those who will write among them."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with running(settings_in(folder)) as opened:
            await opened.house.database.write(know, opened.house, FIRST_PERSON, people)
            yield opened


@contextlib.asynccontextmanager
async def after_a_year(people: int, rows: int) -> AsyncIterator[Ours]:
    """Open a house after a busy year of so many other people."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with running(settings_in(folder)) as opened:
            house, moment = opened.house, opened.house.clock()
            await house.database.write(know, house, OTHERS, people)
            await house.database.write(live_through_a_year, moment, people, rows)
            yield replace(opened, before=rows)
