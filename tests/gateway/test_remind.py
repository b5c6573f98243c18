"""Reminders come once each, by day, and only while they are wanted."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Post, Texts
from sqlalchemy import update

from bot.gateway import phases, remind
from bot.gateway.remind import remind_due
from bot.store import participants, tables
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.seal import Seal

DAYS = 24
TWO_REMINDERS = """
steps:
  ready:
    ask: Shall we begin?
    choices:
      yes: Go ahead
      no: Not now
    remind after: [3 days, 10 days]
  missing:
    ask: What is missing?
    answer: text
    remind after: 1 day
endings:
  thanks: Thank you.
"""


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house whose questions remind; it is noon there."""
    made = make_home(texts=Texts(test=TWO_REMINDERS))
    made.moment = int(datetime(2026, 9, 21, 12, tzinfo=UTC).timestamp() * 1000)
    return made


async def at_due_times(home: Home) -> list[str]:
    """Let time go from reminder to reminder; return the moments at which one was sent."""
    sent = []
    while (due := await remind_due(home.house)) is not None:
        assert due > home.moment
        home.moment = due
        before = len(home.post.sent)
        await remind_due(home.house)
        await home.sends()
        if len(home.post.sent) > before:
            sent.append(datetime.fromtimestamp(home.moment / 1000, UTC).strftime("%d %H:%M"))
    return sent


async def reasons(home: Home) -> list[tuple[str, str]]:
    """State and reason of each reminder."""
    return [(row.state, row.reason) for row in await home.rows(tables.reminders)]


async def test_each_comes_once_and_puts_the_question_again(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    assert await at_due_times(home) == ["24 12:00", "01 12:00"]
    assert await reasons(home) == [("sent", ""), ("sent", "")]
    assert "Shall we begin?" in home.post.said[-1]
    assert len(home.post.said) == 3


async def test_the_answer_to_a_reminder_is_the_answer(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    home.waits(hours=3 * DAYS)
    await remind_due(home.house)
    await home.sends()
    assert "What is missing?" in await ama.says("yes")
    assert await home.kept("ready") == ["yes"]


async def test_it_is_void_once_the_question_was_answered(home: Home) -> None:
    await home.person().says("hello", "yes", "water")
    assert await at_due_times(home) == []
    assert set(await reasons(home)) == {("void", "ended")}


async def test_it_is_void_for_the_question_before(home: Home) -> None:
    await home.person().says("hello", "yes")
    assert await at_due_times(home) == ["22 12:00"]
    assert (await reasons(home))[:2] == [("void", "answered"), ("void", "answered")]


async def test_it_is_void_for_who_said_stop(home: Home) -> None:
    await home.person().says("hello", "stop")
    assert await at_due_times(home) == []
    assert set(await reasons(home)) == {("void", "stopped")}


async def test_it_is_void_when_the_phase_is_closed(home: Home) -> None:
    await home.person().says("hello")
    found = phases.find(home.texts.consultation, "test")
    await home.write(phases.close, home.house, found)
    assert await at_due_times(home) == []
    assert set(await reasons(home)) == {("void", "the phase is closed")}


async def test_at_night_it_waits_for_the_morning_where_the_person_lives(home: Home) -> None:
    home.moment += 10 * 3_600_000  # ten in the evening
    await home.person().says("hello")
    assert (await at_due_times(home))[0] == "25 08:00"


async def test_nobody_is_reminded_twice_within_48_hours(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    home.waits(hours=3 * DAYS)
    await remind_due(home.house)  # of the first question
    await ama.says("yes")
    home.waits(hours=1 * DAYS)
    await remind_due(home.house)  # of the second, a day later: too soon
    sent = [row for row in await home.rows(tables.reminders) if row.state == "sent"]
    assert len(sent) == 1
    home.waits(hours=1 * DAYS)
    await remind_due(home.house)
    sent = [row for row in await home.rows(tables.reminders) if row.state == "sent"]
    assert len(sent) == 2
    assert sent[1].done_at - sent[0].done_at >= 48 * 3_600_000


async def test_it_waits_while_the_person_s_channel_is_not_of_this_process(
    make_home: MakeHome,
) -> None:
    both = make_home(Post("telegram"), Post("sms"), texts=Texts(test=TWO_REMINDERS))
    await both.person(channel="telegram").says("hello")
    alone = make_home(Post("sms"), texts=both.texts)
    alone.moment = both.moment
    alone.waits(hours=3 * DAYS)
    assert await remind_due(alone.house) == alone.moment + 3_600_000
    assert (await reasons(alone))[0] == ("waiting", "")
    both.moment = alone.moment + 3_600_000
    await remind_due(both.house)
    assert (await reasons(both))[0] == ("sent", "")


async def test_it_is_void_for_an_address_that_is_gone(home: Home) -> None:
    await home.person().says("hello")
    await home.write(lambda c: c.execute(update(tables.addresses).values(state="gone")))
    assert await at_due_times(home) == []
    assert set(await reasons(home)) == {("void", "nobody there")}


async def test_one_that_fails_does_not_keep_the_others_from_being_sent(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ama, ben = home.person(), home.person()
    await ama.says("hello")
    await ben.says("hello")
    right, bad = remind._why_void, await ama.id()

    def wrong(table: Any, one: Any) -> str:
        if one.participant == bad:
            raise KeyError
        return right(table, one)

    monkeypatch.setattr(remind, "_why_void", wrong)
    home.waits(hours=3 * DAYS + 1)
    await remind_due(home.house)
    first = [(row.participant_id == bad, row.state) for row in await home.rows(tables.reminders)]
    assert (True, "void") in first
    assert (False, "sent") in first


async def test_two_workers_remind_once(
    new_postgres: str, seal: Seal, store: MediaStore, home: Home
) -> None:
    if home.database.embedded:
        assert home.database.embedded  # there one process works alone
        return
    other = Home(Database(home.database.url), seal, store, home.texts)
    await home.person().says("hello")
    home.waits(hours=3 * DAYS)
    other.moment = home.moment
    await asyncio.gather(*(remind_due(one.house) for one in (home, other, home, other)))
    assert [row.kind for row in await home.rows(tables.deliveries)].count("reminder") == 1
    assert [state for state, _ in await reasons(home)] == ["sent", "waiting"]
    other.database.close()


async def test_a_phone_that_is_stopped_in_between_is_not_reminded(home: Home) -> None:
    ama: Phone = home.person()
    await ama.says("hello")
    home.waits(hours=3 * DAYS)
    await remind_due(home.house)
    await ama.writes("stop")
    await home.answers()
    await home.sends()
    assert ("cancelled", "stopped") in await home.states()
    assert home.post.said[-1].startswith("Goodbye")


async def test_a_talk_is_reminded_of_as_often_as_its_question_asks_and_never_more(
    make_home: MakeHome,
) -> None:
    again = TWO_REMINDERS.replace("remind after: 1 day", "remind after: [3 days, 10 days]")
    home = make_home(texts=Texts(test=again))
    ama = home.person()
    await ama.says("hello")
    home.waits(hours=3 * DAYS)
    await remind_due(home.house)
    await ama.says("yes")  # a new question, which would remind twice more
    assert len(await at_due_times(home)) == 1
    assert ("void", "reminded often enough") in await reasons(home)


async def test_what_was_written_unasked_counts_for_the_48_hours(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    home.waits(hours=2.5 * DAYS)
    await home.write(participants.wrote_unasked, [await ama.id()], home.moment)
    sent = await at_due_times(home)
    assert sent[0] == "26 08:00"  # two days after midnight, in the morning


async def test_the_night_is_that_of_the_person_s_number(make_home: MakeHome) -> None:
    home = make_home(Post("sms"), texts=Texts(test=TWO_REMINDERS))
    home.moment = int(datetime(2026, 9, 21, 12, tzinfo=UTC).timestamp() * 1000)
    await home.person("+576012345678").says("hello")  # seven in the morning in Bogotá
    assert (await at_due_times(home))[0] == "24 13:00"
