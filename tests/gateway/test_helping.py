"""Someone answers for another person, who asked them to: marked, attested, begun and ended."""

from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Texts

from bot.store import tables

WELCOME = """
steps:
  language:
    ask: Your language?
    choices:
      en: English
      fr: Français
    keep as: language
  take_part:
    ask: Will you take part?
    choices:
      yes: I agree
      no: Not for me
    keep as: consent to take part
    if no: refused
  name:
    ask: What are you called here?
    choices:
      fieldworker: I help others answer
      other: Something else
endings:
  thanks: We know you now.
  refused: Nothing is kept.
"""
ASKED = """
steps:
  missing:
    ask: What is missing?
    answer: text or voice
endings:
  thanks: Thank you.
"""
BEGIN, END = "I am helping someone", "I am done helping"


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house that welcomes, then asks one question."""
    return make_home(texts=Texts(welcome=WELCOME, asked=ASKED))


async def omar(home: Home) -> Phone:
    """A field worker who has answered for himself."""
    phone = home.person()
    await phone.says("hello", "1", "1", "1", "papers")
    return phone


async def said_by(home: Home, phone: Phone, **where: Any) -> list[Any]:
    rows = await home.rows(tables.contributions, participant_id=await phone.id(), **where)
    return [row for row in rows if not row.superseded_at]


async def test_it_is_asked_once_whether_the_person_wanted_it(home: Home) -> None:
    phone = await omar(home)
    before = await phone.id()
    assert "Did someone ask you to answer for them?" in await phone.says(BEGIN)
    assert "All stays as it was." in await phone.says("no")
    assert await phone.id() == before


async def test_the_person_who_is_helped_is_a_new_one_with_consents_of_their_own(
    home: Home,
) -> None:
    phone = await omar(home)
    helper = await phone.id()
    heard = await phone.says(BEGIN, "yes")
    assert "From now on the answers are those of the person beside you." in heard
    assert "Will you take part?" in heard  # in the language of who reads it out
    khady = await phone.id()
    assert khady != helper
    await phone.says("1", "2", "water")
    people = {row.id: row.pseudonym for row in await home.rows(tables.participants)}
    (proof,) = await home.rows(tables.consents, participant_id=khady)
    assert (proof.kind, proof.answer, proof.attested_by) == (
        "consent to take part", "yes", people[helper])  # fmt: skip
    own = await home.rows(tables.consents, participant_id=helper)
    assert [row.attested_by for row in own] == [""]


async def test_every_answer_says_who_helped_and_those_of_the_helper_do_not(home: Home) -> None:
    phone = await omar(home)
    assert {row.assisted_by for row in await said_by(home, phone)} == {None}
    people = {row.id: row.pseudonym for row in await home.rows(tables.participants)}
    helper = people[await phone.id()]
    await phone.says(BEGIN, "yes", "1", "2", "water")
    assert {row.assisted_by for row in await said_by(home, phone)} == {helper}
    assert [row.text for row in await said_by(home, phone, step="missing")] == ["water"]


async def test_when_they_have_answered_the_helper_is_told_how_to_go_on(home: Home) -> None:
    phone = await omar(home)
    heard = await phone.says(BEGIN, "yes", "1", "2", "water")
    assert "To help the next person, write I AM HELPING SOMEONE." in heard


async def test_one_after_the_other_is_helped_each_of_them_new(home: Home) -> None:
    phone = await omar(home)
    people = set()
    for words in ("water", "seeds", "roads"):
        await phone.says(BEGIN, "yes", "1", "2", words)
        people.add(await phone.id())
    assert len(people) == 3
    rows = await home.rows(tables.contributions, step="missing")
    assert len({row.assisted_by for row in rows if row.assisted_by}) == 1
    assert [row.text for row in rows] == ["papers", "water", "seeds", "roads"]


async def test_afterwards_the_helper_speaks_for_themselves_again(home: Home) -> None:
    phone = await omar(home)
    helper = await phone.id()
    await phone.says(BEGIN, "yes", "1", "2", "water", END)
    assert await phone.id() == helper
    await phone.says("and one thing more: shade")
    rows = await said_by(home, phone)
    assert rows[-1].text == "and one thing more: shade"
    assert rows[-1].assisted_by is None


async def test_it_may_be_ended_in_the_middle_and_nothing_is_lost(home: Home) -> None:
    phone = await omar(home)
    helper = await phone.id()
    await phone.says(BEGIN, "yes", "1")
    khady = await phone.id()
    await phone.says(END)
    assert await phone.id() == helper
    kept = await home.rows(tables.contributions, participant_id=khady)
    assert "take_part" in {row.step for row in kept}


async def test_whoever_is_helped_may_refuse_and_the_helper_goes_on(home: Home) -> None:
    phone = await omar(home)
    helper = await phone.id()
    heard = await phone.says(BEGIN, "yes", "2")
    assert "Nothing is kept." in heard
    assert "I AM DONE HELPING" in heard
    await phone.says(END)
    assert await phone.id() == helper


async def test_whoever_is_helped_may_be_forgotten_and_the_helper_stays(home: Home) -> None:
    phone = await omar(home)
    helper = await phone.id()
    await phone.says(BEGIN, "yes", "1", "2", "water", "forget me", "yes")
    assert await phone.id() == helper
    assert await home.kept("missing") == ["papers"]


async def test_after_a_pause_the_helper_is_reminded_for_whom_they_answer(home: Home) -> None:
    phone = await omar(home)
    await phone.says(BEGIN, "yes", "1")
    home.waits(20)
    assert "You are helping someone. To speak for yourself" in await phone.says("hello")


async def test_a_newcomer_first_speaks_for_themselves(home: Home) -> None:
    phone = home.person()
    heard = await phone.says(BEGIN)
    assert "First a few questions to you." in heard
    assert "Your language?" in heard
    assert "First a few questions to you." in await phone.says("1", BEGIN)
    assert await home.count(tables.participants) == 1


async def test_who_helps_nobody_is_told_how_to_begin(home: Home) -> None:
    assert "You are helping nobody now." in await (await omar(home)).says(END)


@pytest.mark.parametrize("words", ["J'aide quelqu'un", "j’aide quelqu’un.", "ayudo a alguien",
                                   "Estoy ayudando a alguien", "I'm helping someone!"])  # fmt: skip
async def test_it_is_begun_in_every_language_as_people_say_it(home: Home, words: str) -> None:
    assert "Did someone ask you" in await (await omar(home)).says(words)
