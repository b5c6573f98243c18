"""What became of an answer is told to whoever gave it, on both databases, and to nobody else."""

from dataclasses import replace
from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Texts
from sqlalchemy import event, select, update

from bot.dialogue.flow import Outcome
from bot.gateway import phases
from bot.gateway.broadcasts.carrying import begun
from bot.store import tables

ASKED = """
steps:
  missing:
    ask: What is missing?
    answer: text or voice
endings:
  thanks: Thank you.
"""
TOLD = """
steps:
  know:
    only if: own answers are known
    ask: Would you like to know?
    choices:
      yes: Tell me
      no: Not now
  each:
    only if: know is yes
    for each: own answers
    steps:
      one:
        say: "{item.text} {item.summary}"
  none:
    only if: own answers are unknown
    say: Nothing is written.
  use:
    ask: Will you use it?
    answer: text
endings:
  thanks: Well then.
"""


def home_of(make_home: MakeHome) -> Home:
    """A house in which the last phase has not begun yet."""
    return make_home(texts=Texts(asked=ASKED, told=TOLD, phases={"told": {"ships": "planned"}}))


async def told(home: Home, *outcomes: Outcome) -> None:
    """Let the drafters write this, and the last phase begin."""
    home.texts.outcomes = outcomes
    found = phases.find(home.texts.consultation, "told")
    await begun(home.house, await home.write(phases.open_quietly, home.house, found))


async def answered(home: Home, words: str = "seeds") -> Phone:
    """Someone who has given one answer."""
    phone = home.person()
    await phone.says("hello", words)
    return phone


async def contribution(home: Home, phone: Phone, **where: Any) -> str:
    """The code of somebody's answer."""
    (row,) = await home.rows(tables.contributions, participant_id=await phone.id(), **where)
    return str(row.id)


def outcome(words: str, **about: Any) -> Outcome:
    return Outcome({"en": words}, **about)


async def pseudonym(home: Home, phone: Phone) -> str:
    query = select(tables.participants.c.pseudonym).where(
        tables.participants.c.id == await phone.id()
    )
    return str(await home.database.read(lambda c: c.scalar(query)))


async def test_it_is_told_by_the_answers_code_in_the_section_where_it_stands(
    make_home: MakeHome,
) -> None:
    home = home_of(make_home)
    ama, ben = await answered(home), await answered(home, "roads")
    code = await contribution(home, ama)
    await told(home, outcome("You asked for seeds.", section="seeds", contribution=code))
    assert "Would you like to know?" in await ama.says("told")
    heard = await ama.says("1")
    assert "You asked for seeds. It is in section 2: Seeds." in heard
    assert "Nothing is written." in await ben.says("told")


async def test_it_is_told_by_whose_answer_to_which_question_it_was(make_home: MakeHome) -> None:
    home = home_of(make_home)
    ama, ben = await answered(home), await answered(home)
    name = await pseudonym(home, ama)
    await told(home, outcome("You asked for seeds.", participant=name, step="missing"))
    await ama.says("told")
    assert "You asked for seeds." in await ama.says("1")
    await ben.says("told")
    assert "You asked for seeds." not in "".join(one.text for one in await ben.heard())


async def test_linked_people_are_told_under_either_of_their_names(make_home: MakeHome) -> None:
    home = home_of(make_home)
    ama, phone = await answered(home), await answered(home, "roads")
    before = await pseudonym(home, phone)
    one, other = await ama.id(), await phone.id()
    people = tables.participants
    link = update(people).where(people.c.id == other).values(merged_into=one)
    await home.write(lambda c: c.execute(link))
    await told(home, outcome("You asked for roads.", participant=before, step="missing"))
    await ama.says("told")
    assert "You asked for roads." in await ama.says("1")
    assert not await home.database.read(home.house.programmes.told().astray)


async def test_lines_about_nobodys_answer_are_found(make_home: MakeHome) -> None:
    home = home_of(make_home)
    ama = await answered(home)
    name, code = await pseudonym(home, ama), await contribution(home, ama)
    well = (outcome("A.", contribution=code), outcome("B.", participant=name, step="missing"))
    wrong = (outcome("C.", contribution="c9"), outcome("D.", participant=name, step="other"),
             outcome("E.", participant="nobody", step="missing"))  # fmt: skip
    await told(home, *well, *wrong)
    assert tuple(await home.database.read(home.house.programmes.told().astray)) == wrong


@pytest.mark.parametrize("end", ["withdrawn_at", "hidden_at"])
async def test_an_answer_that_was_taken_back_or_hidden_is_not_spoken_of(
    make_home: MakeHome, end: str
) -> None:
    home = home_of(make_home)
    ama = await answered(home)
    code = await contribution(home, ama)
    await told(home, outcome("You asked for seeds.", contribution=code))
    said = tables.contributions
    hide = update(said).where(said.c.id == code).values({end: home.moment})
    await home.write(lambda c: c.execute(hide))
    assert "Nothing is written." in await ama.says("told")


async def test_who_speaks_second_on_a_phone_hears_nothing_of_the_first(
    make_home: MakeHome,
) -> None:
    home = home_of(make_home)
    ama = await answered(home)
    await told(home, outcome("You asked for seeds.", contribution=await contribution(home, ama)))
    assert "Nothing is written." in await ama.says("someone else", "yes", "water")


async def test_a_table_that_changes_on_disk_is_looked_at_anew(make_home: MakeHome) -> None:
    home = home_of(make_home)
    ama = await answered(home)
    code = await contribution(home, ama)
    await told(home, outcome("First.", contribution=code))
    assert "Would you like to know?" in await ama.says("told")
    home.texts.outcomes = (outcome("Second.", contribution=code),)
    assert "Second." in await ama.says("1")


async def test_without_a_talk_that_tells_nothing_is_looked_up(make_home: MakeHome) -> None:
    home = make_home(texts=Texts(asked=ASKED))
    home.texts.outcomes = (outcome("Never.", contribution="c1"),)
    asked: list[str] = []
    event.listen(home.database.engine, "before_cursor_execute",
                 lambda _c, _cursor, statement, *_more: asked.append(statement))  # fmt: skip
    await answered(home)
    assert not any("merged_into" in one and "contributions" in one for one in asked)
    assert replace(home.house).programmes.told().outcomes is home.texts.outcomes
