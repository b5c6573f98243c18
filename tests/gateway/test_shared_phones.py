"""One phone, several people: each their own; and a number that somebody else was given."""

import re

import pytest
from gateway.conftest import MakeHome
from gateway.houses import REMINDED, Home, Phone, Post, Texts
from programme import TAKING_PART
from sqlalchemy import func, select

from bot.gateway.remind import remind_due
from bot.gateway.sit_with import NobodyThere, sit_with
from bot.store import tables
from bot.store.contributions import Wanted, lines
from channels.capabilities import SMS

CONSENTED = TAKING_PART + REMINDED


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house by SMS and on Telegram that asks for consent."""
    return make_home(Post("sms", SMS), Post("telegram"), texts=Texts(welcome=CONSENTED))


async def names_of(home: Home) -> dict[str, str]:
    """What was said → under which pseudonym drafters get it."""
    found = await home.database.read(lambda c: list(lines(c, Wanted())))
    return {one.text: one.pseudonym for one in found if one.step == "missing"}


async def test_each_has_a_consent_and_a_pseudonym_of_their_own(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "1", "ama's water")
    assert "Will you take part?" in await phone.says("someone else", "1")
    await phone.says("1", "ben's market")
    said = await names_of(home)
    assert said["ama's water"] != said["ben's market"]
    proofs = await home.rows(tables.consents)
    assert len({row.participant_id for row in proofs}) == 2


async def test_who_says_no_leaves_the_other_s_consent_as_it_is(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "1", "ama's water")
    await phone.says("someone else", "1", "2")
    assert list(await names_of(home)) == ["ama's water"]
    assert "What is best?" in await phone.says("someone else", "1")


async def test_they_are_asked_for_by_number_and_never_by_name(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "1", "ama's water", display_name="Aminatou Exemple")
    await phone.says("someone else", "1", "1", "ben's market")
    asked = await phone.says("someone else")
    assert re.findall(r"Person \d", asked) == ["Person 1", "Person 2"]
    assert "Aminatou" not in asked
    back = await phone.says("1")
    assert "What is best?" in back
    assert "water" not in back  # no earlier answer is shown


async def test_a_stop_stops_all_of_them_until_a_start(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "1", "ama's water", "someone else", "1", "1")
    await phone.says("stop")
    home.waits(hours=25)
    await remind_due(home.house)
    await home.sends()
    assert [row.kind for row in await home.rows(tables.deliveries, kind="reminder")] == []
    assert "What is missing?" in await phone.says("START")


async def test_forget_me_forgets_the_one_who_speaks_alone(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "1", "ama's water", "someone else", "1", "1", "ben's market")
    await phone.says("forget me", "1")
    assert list(await names_of(home)) == ["ama's water"]
    assert "What is best?" in await phone.says("repeat")


async def _taken_over(home: Home) -> Phone:
    phone = home.person("+221771234567")
    await phone.says("hello", "1", "ama's water")
    assert "You see nothing of what they said" in await phone.says("this number is new to me")
    return phone


async def test_a_number_s_new_owner_begins_anew(home: Home) -> None:
    phone = await _taken_over(home)
    first = await phone.id()
    said = await phone.says("yes")
    assert "Will you take part?" in said
    assert "water" not in said
    assert await phone.id() != first
    await phone.says("1", "ben's market")
    names = await names_of(home)
    assert names["ama's water"] != names["ben's market"]


async def test_nothing_leads_back_to_whoever_had_the_number(home: Home) -> None:
    phone = await _taken_over(home)
    first = await phone.id()
    await phone.says("yes")
    asked = await phone.says("someone else")
    assert "Person" not in asked
    await phone.says("no")
    assert "nothing yet" in await phone.says("privacy")
    home.waits(hours=30)
    await remind_due(home.house)
    reasons = [(row.participant_id == first, row.reason)
               for row in await home.rows(tables.reminders)]  # fmt: skip
    assert (True, "nobody there") in reasons
    with pytest.raises(NobodyThere):
        await home.write(lambda c: sit_with(c, home.house, first))


async def test_what_waited_for_whoever_had_the_number_is_not_sent(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "1")
    await phone.says("new number")
    await phone.writes("secret water")  # no answer to that question: it settles nothing
    await home.answers()  # the next question is promised, and still waits
    await phone.writes("new number")
    await phone.writes("yes")
    await home.answers()
    await home.sends("sms")
    sent = [outgoing.text for _, outgoing in home.posts["sms"].sent]
    assert "Will you take part?" in sent[-1]
    assert not any("What is best?" in text for text in sent)


async def test_it_may_be_picked_where_one_says_that_somebody_else_is_there(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "1", "ama's water")
    assert "3. New number for me" in await phone.says("someone else")
    assert "before you?" in await phone.says("3")
    assert "as it was" in await phone.says("2")
    await phone.says("someone else", "1", "1")
    assert "4. New number for me" in await phone.says("someone else")
    await phone.says("4", "1")
    assert await home.rows(tables.speakers) == []


async def test_whoever_refused_or_stopped_is_not_in_the_way_of_a_new_owner(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "2")  # no
    assert "Will you take part?" in await phone.says("new number", "1")
    await phone.says("stop")
    assert "write START" in await phone.says("new number")
    await phone.says("START")
    assert "Will you take part?" in await phone.says("new number", "1")


async def test_whoever_had_the_number_goes_on_where_they_linked_it(home: Home) -> None:
    phone, telegram = home.person(), home.person(channel="telegram")
    await phone.says("hello", "1", "ama's water")
    found = re.search(r"\d{3} \d{3}", await phone.says("link"))
    assert found
    await telegram.says(found[0], "1")
    await phone.says("new number", "1")
    assert await phone.id() != await telegram.id()
    assert "Thank you." in await telegram.says("a market")


async def test_a_restored_list_of_the_forgotten_leaves_a_new_owner_alone(home: Home) -> None:
    phone = await _taken_over(home)
    await phone.says("yes")
    made = await home.database.read(
        lambda c: c.scalar(select(func.max(tables.addresses.c.made_at)))
    )
    assert made == home.moment - 10_000
