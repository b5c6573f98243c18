"""Reminders of a session: two days and two hours before, by day on one's own clock, once each."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Post
from gateway.meetings import add, at, member, notices, tells, texts
from msgspec.structs import replace
from people import add_address
from sqlalchemy import update

from bot.gateway import session_news, sessions
from bot.gateway.quiet import HOUR, not_after
from bot.gateway.session_news import tell_news
from bot.gateway.session_wishes import Wish
from bot.store import tables
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.notices import Notice
from bot.store.seal import Seal
from channels.base import Template
from channels.capabilities import SMS, WHATSAPP


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house where people meet; it is the 21st, afternoon in Dakar."""
    return make_home(texts=texts())


async def comes(home: Home, answer: str = "1", zone: str = "", **session: Any) -> Any:
    """Someone who answered an invitation to a session in five days."""
    ama = await member(home, zone)
    await add(home, **session)
    await ama.says("MEET", answer)
    return ama


async def test_two_days_and_two_hours_before(home: Home) -> None:
    ama = await comes(home)
    assert await tells(home, until=at(home, 9)) == ["24 15:00", "26 13:00"]
    assert "See you soon. The fair: the hall" in await ama.last()
    assert await notices(home) == [("two days", "sent", ""), ("two hours", "sent", "")]


async def test_who_does_not_know_yet_is_asked_two_days_before(home: Home) -> None:
    ama = await comes(home, "2")
    assert await tells(home, until=at(home, 9)) == ["24 15:00"]
    assert "Are you coming? The fair: the hall" in await ama.last()


@pytest.mark.parametrize("answer", ["3"])
async def test_who_does_not_come_is_not_reminded(home: Home, answer: str) -> None:
    await comes(home, answer)
    assert await tells(home, until=at(home, 9)) == []


@pytest.mark.parametrize(
    ("hour", "sent"),
    [
        (9, ["24 09:00", "25 20:59"]),  # two hours before is at seven: the evening before
        (23, ["24 20:59", "26 20:59"]),  # both fall into the night: the evening of the same day
        (8, ["24 08:00", "25 20:59"]),
    ],
)
async def test_what_falls_into_the_night_comes_earlier(
    home: Home, hour: int, sent: list[str]
) -> None:
    await comes(home, begins_at=at(home, 5, hour))
    assert await tells(home, until=at(home, 9)) == sent


async def test_the_night_is_the_persons_own(home: Home) -> None:
    """In Lima it is five hours earlier: 13:00 in Dakar is 8 there, 12:00 is still night."""
    ama = await comes(home, zone="America/Lima", begins_at=at(home, 5, 14))
    assert await tells(home, until=at(home, 9)) == ["24 14:00", "26 01:59"]
    assert "(your time: 9:00 AM)" in await ama.last()


async def test_a_reminder_that_would_have_been_before_the_answer_is_left_out(home: Home) -> None:
    await comes(home, begins_at=at(home, 1))
    assert await tells(home, until=at(home, 9)) == ["22 13:00"]


async def test_it_is_void_for_who_said_stop(home: Home) -> None:
    ama = await comes(home)
    await ama.says("stop")
    assert await tells(home, until=at(home, 9)) == []
    assert {(state, reason) for _, state, reason in await notices(home)} == {("void", "said stop")}


async def test_it_is_void_once_the_mind_was_changed(home: Home) -> None:
    ama = await comes(home)
    await ama.says("MEET", "3")
    assert await tells(home, until=at(home, 9)) == []
    assert {state for _, state, _ in await notices(home)} == {"void"}


async def test_a_change_of_hour_moves_it(home: Home) -> None:
    await comes(home)
    (held,) = await home.database.read(session_news.sessions.everything)
    await home.write(sessions.change, home.house, held, Wish(when="2026-09-27 18:00"))
    sent = await tells(home, until=at(home, 9))
    assert sent[1:] == ["25 18:00", "27 16:00"]
    assert [one for one in await notices(home) if one[1] == "sent"] == [
        ("changed", "sent", ""), ("two days", "sent", ""), ("two hours", "sent", "")]  # fmt: skip


async def test_who_came_in_from_the_waiting_list_is_reminded_too(home: Home) -> None:
    ama = await comes(home, capacity=1)
    ben = await member(home)
    await ben.says("MEET", "1")
    await ama.says("MEET", "3")
    sent = await tells(home, until=at(home, 9))
    assert sent[1:] == ["24 15:00", "26 13:00"]
    assert "See you soon" in await ben.last()


async def test_a_place_that_becomes_free_at_night_is_told_in_the_morning(home: Home) -> None:
    ama = await comes(home, capacity=1)
    ben = await member(home)
    await ben.says("MEET", "1")
    home.moment = at(home, 1, 2)
    await ama.says("MEET", "3")
    assert (await tells(home, until=at(home, 9)))[0] == "22 08:00"
    assert "See you soon" in await ben.last()


async def test_one_that_becomes_free_the_night_before_is_told_at_once(home: Home) -> None:
    ama = await comes(home, capacity=1, begins_at=at(home, 5, 7))
    ben = await member(home)
    await ben.says("MEET", "1")
    home.moment = at(home, 5, 2)
    await ama.says("MEET", "3")
    assert (await tells(home, until=at(home, 9)))[0] == "26 02:00"


async def test_it_never_comes_after_the_session_began(home: Home) -> None:
    await comes(home)
    home.moment = at(home, 5, 16)
    assert await tells(home, until=at(home, 9)) == []
    assert {reason for _, _, reason in await notices(home)} == {"it would come too late"}


async def test_late_at_night_it_waits_for_the_morning_if_that_is_before(home: Home) -> None:
    await comes(home, begins_at=at(home, 5, 10))  # two hours before is 8:00
    home.moment = at(home, 4, 23)  # nothing was sent until now: a machine stood still
    assert await tells(home, until=at(home, 9)) == ["26 08:00", "26 08:00"]


async def test_it_waits_while_the_channel_is_not_of_this_process(make_home: MakeHome) -> None:
    both = make_home(Post("telegram"), Post("sms"), texts=texts())
    ama = await member(both, channel="telegram")
    await add(both)
    await ama.says("MEET", "1")
    alone = make_home(Post("sms"), texts=both.texts)
    alone.moment = at(both, 3)
    assert await tell_news(alone.house) == alone.moment + 3_600_000
    assert (await notices(alone))[0] == ("two days", "waiting", "")


async def test_two_workers_remind_once(
    home: Home, new_postgres: str, seal: Seal, store: MediaStore
) -> None:
    await comes(home)
    if home.database.embedded:
        assert home.database.embedded  # there one process works alone
        return
    other = Home(Database(home.database.url), seal, store, home.texts)
    home.moment = other.moment = at(home, 3)
    (one, _) = await home.rows(tables.session_notices)
    home.moment = other.moment = one.due_at
    for each in (home, other, home):
        await tell_news(each.house)
    assert [row.kind for row in await home.rows(tables.deliveries)].count("reminder") == 1
    other.database.close()


async def test_one_that_fails_does_not_keep_the_others_back(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ama, ben = await member(home), await member(home)
    await add(home)
    for one in (ama, ben):
        await one.says("MEET", "1")
    right, bad = session_news._when, await ama.id()

    def wrong(table: Any, session: Any, one: Notice, moment: int) -> int | None:
        if one.participant == bad:
            raise KeyError
        return right(table, session, one, moment)

    monkeypatch.setattr(session_news, "_when", wrong)
    await tells(home, until=at(home, 9))
    assert {(what, state, why) for what, state, why in await notices(home)} == {
        ("two days", "void", "KeyError"), ("two hours", "void", "KeyError"),
        ("two days", "sent", ""), ("two hours", "sent", "")}  # fmt: skip


async def test_an_address_that_is_gone_is_an_outcome(home: Home) -> None:
    await comes(home)
    await home.write(lambda c: c.execute(update(tables.addresses).values(state="gone")))
    assert await tells(home, until=at(home, 9)) == []
    assert {reason for _, _, reason in await notices(home)} == {"no address that can be reached"}


async def test_on_whatsapp_with_the_window_closed_nothing_is_sent(make_home: MakeHome) -> None:
    home = make_home(Post("whatsapp", can=WHATSAPP), texts=texts())
    ama = await member(home, channel="whatsapp")
    await add(home)
    await ama.says("MEET", "1")
    assert await tells(home, until=at(home, 9)) == []
    assert await home.rows(tables.deliveries, kind="reminder") == []
    assert {(state, reason) for _, state, reason in await notices(home)} == {("void", "window")}


async def test_on_whatsapp_the_template_of_a_session_goes_out_where_there_is_one(
    make_home: MakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(Post("whatsapp", can=WHATSAPP), texts=texts())
    ama = await member(home, channel="whatsapp")
    await add(home)
    await ama.says("MEET", "1")

    def approved(*asked: Any) -> Template:
        *_, channel, name, _language, values = asked
        assert (channel, name) == ("whatsapp", "session")
        return Template("HX1", tuple(values.values()), f"{values['about.title']}, soon.")

    monkeypatch.setattr(session_news, "outside", approved)
    assert await tells(home, until=at(home, 9)) == ["24 15:00", "26 13:00"]
    sent = [outgoing for _, outgoing in home.post.sent if outgoing.do == "template"]
    assert [one.outside.words for one in sent if one.outside] == [
        ("The fair", "Saturday, September 26, 2026, 3:00 PM", "the hall")] * 2  # fmt: skip


async def cancelled_past_the_window(make_home: MakeHome) -> tuple[Home, Phone]:
    """Someone comes to a session, which is cancelled when they may be written to no more."""
    home = make_home(Post("whatsapp", can=WHATSAPP), texts=texts())
    ama = await member(home, channel="whatsapp")
    session = await add(home)
    await ama.says("MEET", "1")
    home.waits(hours=30)
    await home.write(sessions.cancel, home.house, session)
    return home, ama


async def test_what_no_template_says_of_a_session_waits_for_their_next_word(
    make_home: MakeHome,
) -> None:
    home, ama = await cancelled_past_the_window(make_home)
    assert await tells(home, until=home.moment + 2 * HOUR) == []
    await ama.says("hello")
    assert len(await tells(home, until=home.moment + HOUR)) == 1
    assert (await ama.last()).endswith("this meeting does not take place.")
    assert ("cancelled", "sent", "") in await notices(home)


async def test_after_its_hour_nobody_needs_to_hear_that_a_session_was_cancelled(
    make_home: MakeHome,
) -> None:
    home, _ama = await cancelled_past_the_window(make_home)
    assert await tells(home, until=at(home, 9)) == []
    assert ("cancelled", "void", "it would come too late") in await notices(home)


async def test_who_led_a_session_is_asked_for_the_report_once_they_write_again(
    make_home: MakeHome,
) -> None:
    home = make_home(Post("whatsapp", can=WHATSAPP), texts=texts())
    ama = await member(home, channel="whatsapp")
    await add(home, facilitator_id=await ama.id())
    home.moment = at(home, 6)
    assert await tells(home, until=home.moment + 2 * HOUR) == []
    await ama.says("hello")
    await tells(home, until=home.moment + HOUR)
    assert ("report", "sent", "") in await notices(home)
    assert "The fair: how did it go?" in await ama.last()


async def test_with_the_window_closed_it_goes_by_sms_to_who_has_both(
    make_home: MakeHome, seal: Seal
) -> None:
    home = make_home(Post("whatsapp", can=WHATSAPP), Post("sms", can=SMS), texts=texts())
    ama = await member(home, channel="whatsapp")
    session = await add(home)
    await ama.says("MEET", "1")
    person = await ama.id()
    await home.write(lambda c: add_address(c, seal, person, "+33600000001", "sms") and None)
    home.waits(hours=30)
    await home.write(sessions.cancel, home.house, session)
    await tells(home, until=home.moment + HOUR)
    (said,) = home.posts["sms"].said
    assert said.endswith("this meeting does not take place.")


async def test_who_was_told_of_a_session_counts_as_written_to(home: Home) -> None:
    await comes(home)
    home.moment = at(home, 3, 15)
    await tells(home, until=home.moment)
    (row,) = await home.rows(tables.participants)
    assert row.asked_at == home.moment


@pytest.mark.parametrize(
    ("hour", "quiet", "before"),
    [
        (15, (21, 8), "21 15:00"),
        (21, (21, 8), "21 20:59"),
        (3, (21, 8), "20 20:59"),
        (7, (21, 8), "20 20:59"),
        (8, (21, 8), "21 08:00"),
        (13, (12, 14), "21 11:59"),
        (13, (0, 0), "21 13:00"),
    ],
)
def test_the_last_moment_by_day(home: Home, hour: int, quiet: tuple[int, int], before: str) -> None:
    consultation = replace(home.texts.consultation, quiet_from=quiet[0], quiet_to=quiet[1])
    zone = ZoneInfo("Africa/Dakar")
    found = not_after(at(home, 0, hour), (zone,), consultation)
    assert datetime.fromtimestamp(found / 1000, zone).strftime("%d %H:%M") == before
