"""Sessions end to end: announced, answered, full, waited for, changed, cancelled, forgotten."""

import asyncio

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home
from gateway.meetings import add, announces, at, member, notices, states, tells, texts
from msgspec.structs import replace

from bot.gateway import session_announcing, sessions
from bot.gateway.broadcasts.ledger import outcomes
from bot.gateway.explaining import explain_participant
from bot.gateway.session_announcing import NotOpen
from bot.gateway.session_wishes import Wish
from bot.store import rsvps, tables
from bot.store import sessions as rows
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.seal import Seal


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house where people meet."""
    return make_home(texts=texts())


# ── announced ──


async def test_an_announcement_reaches_those_near_and_each_has_an_outcome(home: Home) -> None:
    ama, ben, cora = await member(home), await member(home), await member(home)
    await ben.says("stop")
    await cora.says("français")
    session = await add(home, languages=["en"])
    number = await announces(home, session)
    assert "A new meeting. The fair: the hall" in await ama.last()
    counts = await home.database.read(outcomes, number)
    assert counts == {"sent": 1, "skipped: said stop": 1, "skipped: another region or language": 1}
    assert {row.state for row in await home.rows(tables.broadcasts)} == {"done"}


async def test_a_preview_says_so_before_anything_is_written(home: Home) -> None:
    await member(home)
    session = await add(home)
    reach = await home.database.read(session_announcing.preview, home.house, session)
    assert (reach.recipients, reach.by_channel, reach.excluded) == (1, {"telegram": 1}, {})
    assert await home.count(tables.broadcasts) == 0


async def test_it_is_not_announced_while_nobody_could_answer(make_home: MakeHome) -> None:
    made = texts()
    made.consultation = replace(made.consultation, phases=made.consultation.phases[:1])
    home = make_home(texts=made)
    session = await add(home)
    with pytest.raises(NotOpen):
        await home.write(session_announcing.announce, home.house, session)


async def test_its_button_asks_and_the_answer_takes_a_place(home: Home) -> None:
    ama = await member(home)
    await announces(home, await add(home, capacity=1))
    assert "The fair: coming?" in await ama.presses("Begin")
    answer = await ama.presses("I come")
    assert answer.startswith("Your place is kept. The fair: the hall, ")
    assert "3:00 PM" in answer
    assert await states(home) == {await ama.id(): "coming"}


# ── full ──


async def test_the_last_place_is_one_persons_and_the_next_waits(home: Home) -> None:
    ama, ben = await member(home), await member(home)
    await add(home, capacity=1)
    assert "Your place is kept" in await ama.says("MEET", "1")
    said = await ben.says("MEET")
    assert "coming?" in said
    assert "All places are taken. You are on the waiting list" in await ben.says("1")
    assert await states(home) == {await ama.id(): "coming", await ben.id(): "waiting"}


async def test_two_in_one_batch_do_not_both_get_it(home: Home) -> None:
    ama, ben = await member(home), await member(home)
    await add(home, capacity=1)
    await ama.says("MEET")
    await ben.says("MEET")
    await home.receives(ama.message("1"), ben.message("1"))
    await home.answers()
    assert sorted((await states(home)).values()) == ["coming", "waiting"]
    assert "Your place is kept" in await ama.last()
    assert "You are on the waiting list" in await ben.last()


async def test_two_workers_at_once_do_not_both_give_it(
    home: Home, seal: Seal, store: MediaStore
) -> None:
    if home.database.embedded:
        assert home.database.embedded  # there one process works alone
        return
    other = Home(Database(home.database.url), seal, store, home.texts)
    people = [await member(home) for _ in range(8)]
    await add(home, capacity=3)
    for one in people:
        await one.says("MEET")
    other.moment = home.moment
    for one in people:
        await one.writes("1")
    await asyncio.gather(*(each.answers() for each in (home, other, home, other)))
    assert sorted((await states(home)).values()) == ["coming"] * 3 + ["waiting"] * 5
    other.database.close()


async def test_who_withdraws_makes_room_and_the_first_who_waited_is_told(home: Home) -> None:
    ama, ben, cora = await member(home), await member(home), await member(home)
    await add(home, capacity=1)
    for one in (ama, ben, cora):
        await one.says("MEET", "1")
    assert "So far you are coming." in await ama.says("MEET")
    await ama.says("3")
    await tells(home, until=home.moment)
    assert "There is a place for you now. The fair: the hall" in await ben.last()
    assert await states(home) == {
        await ama.id(): "not", await ben.id(): "coming", await cora.id(): "waiting"}  # fmt: skip
    assert "waiting list" in await cora.last()


async def test_who_said_stop_is_passed_over_on_the_waiting_list(home: Home) -> None:
    ama, ben, cora = await member(home), await member(home), await member(home)
    await add(home, capacity=1)
    for one in (ama, ben, cora):
        await one.says("MEET", "1")
    await ben.says("stop")
    await ama.says("MEET", "3")
    assert (await states(home))[await cora.id()] == "coming"
    assert (await states(home))[await ben.id()] == "waiting"


async def test_more_places_let_those_in_who_wait(home: Home) -> None:
    ama, ben = await member(home), await member(home)
    session = await add(home, capacity=1)
    for one in (ama, ben):
        await one.says("MEET", "1")
    done = await home.write(sessions.change, home.house, session, Wish(capacity="2"))
    assert (done.let_in, done.told) == (1, False)
    await tells(home, until=home.moment)
    assert "There is a place for you now" in await ben.last()
    assert "There is a place" not in await ama.last()


async def test_who_changes_their_mind_twice_waits_behind_the_others(home: Home) -> None:
    ama, ben = await member(home), await member(home)
    await add(home, capacity=1)
    await ama.says("MEET", "1")
    await ben.says("MEET", "1")
    await ama.says("MEET", "2")
    assert "You are on the waiting list" in await ama.says("MEET", "1")
    assert (await states(home))[await ben.id()] == "coming"


# ── changed, cancelled ──


async def test_a_change_of_place_or_hour_is_told_to_those_who_come_wait_or_may(home: Home) -> None:
    people = [await member(home) for _ in range(4)]
    session = await add(home, capacity=1)
    for one, answer in zip(people, ("1", "1", "2", "3"), strict=True):
        await one.says("MEET", answer)
    wish = Wish(place="the school", when="2026-09-30 17:00")
    await home.write(sessions.change, home.house, session, wish)
    await tells(home, until=home.moment)
    for one in people[:3]:
        assert "Please note the change. The fair: the school" in await one.last()
        assert "5:00 PM" in await one.last()
    assert "Please note" not in await people[3].last()


async def test_what_does_not_change_is_told_to_nobody(home: Home) -> None:
    ama = await member(home)
    session = await add(home)
    await ama.says("MEET", "1")
    done = await home.write(sessions.change, home.house, session, Wish(place="the hall"))
    assert not done.told
    assert [one for one in await notices(home) if one[0] == "changed"] == []


async def test_a_cancelled_session_is_told_once_and_reminds_nobody(home: Home) -> None:
    ama, ben = await member(home), await member(home)
    session = await add(home)
    await ama.says("MEET", "1")
    await announces(home, session)
    await home.write(sessions.cancel, home.house, session)
    await tells(home, until=at(home, 9))
    assert "The fair, " in await ama.last()
    assert (await ama.last()).endswith("this meeting does not take place.")
    assert [one for one in await notices(home) if one[1] == "sent"] == [("cancelled", "sent", "")]
    assert "That meeting is over" in await ben.presses("Begin")


async def test_who_answers_just_after_it_was_cancelled_is_told_so(home: Home) -> None:
    ama = await member(home)
    session = await add(home)
    await ama.says("MEET")
    await home.write(sessions.cancel, home.house, session)
    assert "That meeting is over, or does not take place." in await ama.says("1")
    assert await states(home) == {}


# ── the report ──


async def test_who_led_it_is_asked_for_a_report_when_it_is_over(home: Home) -> None:
    rosa = await member(home)
    session = await add(home, facilitator_id=await rosa.id())
    asked = await tells(home, until=at(home, 9))
    assert asked == ["26 17:00"]
    assert "The fair: how did it go?" in await rosa.last()
    assert "The fair: what was agreed?" in await rosa.presses("Begin")
    await rosa.says("to sow together")
    (row,) = await home.rows(tables.contributions, step="agreed")
    assert (row.about, row.text, row.flow) == (session.code, "to sow together", "report")


async def test_a_facilitator_named_afterwards_is_asked_too(home: Home) -> None:
    rosa = await member(home)
    session = await add(home)
    home.moment = at(home, 6)
    (row,) = await home.rows(tables.participants)
    await home.write(sessions.change, home.house, session, Wish(facilitator=row.pseudonym))
    await tells(home, until=home.moment)
    assert "how did it go?" in await rosa.last()


# ── forgotten, refused, explained ──


async def test_forget_me_reaches_the_answer_and_the_place_goes_on(home: Home) -> None:
    ama, ben = await member(home), await member(home)
    await add(home, capacity=1, facilitator_id=await ama.id())
    await ama.says("MEET", "1")
    await ben.says("MEET", "1")
    await ama.says("forget me", "1")
    assert await states(home) == {await ben.id(): "coming"}
    (held,) = await home.database.read(rows.everything)
    assert held.facilitator is None
    await tells(home, until=home.moment)
    assert "There is a place for you now" in await ben.last()


async def test_who_no_longer_takes_part_has_no_place_either(home: Home) -> None:
    ama = await member(home)
    await add(home)
    await ama.says("MEET", "1", "privacy")
    await ama.says("1")
    assert await states(home) == {}
    assert await home.count(tables.session_notices) == 0


async def test_explain_says_to_which_sessions_someone_comes(home: Home) -> None:
    ama = await member(home)
    await add(home)
    await ama.says("MEET", "1")
    (row,) = await home.rows(tables.participants)
    said = await home.database.read(explain_participant, home.house, row.pseudonym, "en")
    assert said is not None
    assert "Session fair, 2026-09-26 15:00 UTC: is coming." in said


async def test_a_turn_about_other_things_does_not_look_at_sessions(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ama = await member(home)
    await add(home)

    def looked(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(rows, "seen_by", looked)
    monkeypatch.setattr(rsvps, "answer", looked)
    assert "what is open" not in await ama.says("français")
    assert await home.outcomes() == ["answered"] * len(await home.outcomes())
