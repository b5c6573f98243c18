"""Talks go on with the flow with which they began, in every language, after a restart."""

from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Texts
from programme import ITEMS, flow_of

from bot.dialogue.flow import Item
from bot.store import tables

ITEM = """
  views:
    for each: agenda item
    steps:
      view:
        say: "About {item.title}."
        ask: What do you think?
        choices:
          agree: Agreed
          oppose: Against it
"""
HEAD = """
steps:
  ready:
    ask: Shall we begin?
    choices:
      yes: Go ahead
      no: Not now
    remind after: 3 days
"""
BEFORE = (
    HEAD
    + """
  missing:
    ask: What is missing?
    answer: text
"""
    + ITEM
    + """
endings:
  thanks: Thank you.
"""
)
REWORDED = BEFORE.replace("What is missing?", "What do we still need?")
CHANGED = (
    HEAD
    + """
  forgotten:
    ask: What did we forget?
    answer: text
  missing:
    ask: What is missing now?
    answer: text
"""
    + ITEM
    + """
endings:
  thanks: Many thanks.
"""
)


def french(text: str) -> str:
    """A flow's words in another language."""
    words = {"Shall we begin?": "On commence ?", "What is missing?": "Que manque-t-il ?",
             "What do we still need?": "De quoi avons-nous besoin ?", "Go ahead": "Allons-y",
             "What did we forget?": "Qu'avons-nous perdu ?", "What is missing now?": "Et là ?",
             "What do you think?": "Qu'en dites-vous ?", "About ": "De "}  # fmt: skip
    for one, other in words.items():
        text = text.replace(one, other)
    return text


def on_disk(text: str, items: tuple[Item, ...] = ITEMS) -> Texts:
    """The files as they are now, in English and French."""
    from msgspec.structs import replace

    texts = Texts(test=BEFORE)
    lists = {"agenda item": items}
    own, other = (replace(flow_of(one, "test"), lists=lists) for one in (text, french(text)))
    texts.write("test", own, fr=other)
    return texts


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house as it was before anything changed."""
    return make_home(texts=on_disk(BEFORE))


async def begins(home: Home, language: str) -> Any:
    """Someone begins in a language."""
    ama = home.person()
    await ama.says("hello")
    await ama.says({"fr": "français", "en": "english"}[language])
    return ama


def start_again(home: Home, texts: Texts) -> None:
    """Stop the process, change the files, and start it again a day later."""
    home.waits(hours=2)
    home.restarts(texts)
    home.database.write_now(home.house.programmes.keep, home.database, home.moment)


@pytest.mark.parametrize(("language", "asks"), [("en", "What is missing?"),
                                                ("fr", "Que manque-t-il ?")])  # fmt: skip
async def test_a_talk_that_began_before_the_flow_changed_goes_on_with_the_old_one(
    home: Home, language: str, asks: str
) -> None:
    ama = await begins(home, language)
    start_again(home, on_disk(CHANGED))
    assert asks in await ama.says("1")
    await ama.says("water")
    rows = await home.rows(tables.contributions, step="missing")
    assert [(row.question, row.revision) for row in rows] == [
        (asks, on_disk(BEFORE).current["test"])]  # fmt: skip
    assert len(await home.rows(tables.revisions)) == 2


async def test_a_talk_that_begins_afterwards_has_the_new_one(home: Home) -> None:
    await begins(home, "en")
    start_again(home, on_disk(CHANGED))
    ben = await begins(home, "en")
    assert "What did we forget?" in await ben.says("1")


@pytest.mark.parametrize(("language", "asks"), [("en", "What do we still need?"),
                                                ("fr", "De quoi avons-nous besoin ?")])  # fmt: skip
async def test_a_change_of_words_alone_reaches_a_talk_that_is_under_way(
    home: Home, language: str, asks: str
) -> None:
    ama = await begins(home, language)
    start_again(home, on_disk(REWORDED))
    assert asks in await ama.says("1")


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_list_that_grew_leaves_a_talk_under_way_with_its_own(
    home: Home, language: str
) -> None:
    ama = await begins(home, language)
    await ama.says("1", "water")
    start_again(home, on_disk(BEFORE, (*ITEMS, Item("wells", "Wells"))))
    for _ in ITEMS:
        answer = await ama.says("1")
    assert "Thank you." in answer
    items = {row.item for row in await home.rows(tables.contributions, step="view")}
    assert items == {item.code for item in ITEMS}


async def test_an_item_that_was_withdrawn_is_passed_over(home: Home) -> None:
    from msgspec.structs import replace

    ama = await begins(home, "en")
    await ama.says("1")
    start_again(home, on_disk(BEFORE, (ITEMS[0], replace(ITEMS[1], hidden=True), ITEMS[2])))
    assert f"About {ITEMS[0].title}" in await ama.says("water")
    assert f"About {ITEMS[2].title}" in await ama.says("1")


async def test_a_reminder_puts_the_old_question_once(home: Home) -> None:
    from bot.gateway.remind import remind_due

    ama = await begins(home, "fr")
    start_again(home, on_disk(CHANGED))
    home.waits(hours=72)
    before = len(home.post.said)
    for _ in range(3):
        await remind_due(home.house)
        await home.sends()
        start_again(home, on_disk(CHANGED))
    (said,) = home.post.said[before:]
    assert "On commence ?" in said
    assert "Que manque-t-il ?" in await ama.says("1")


async def test_a_revision_is_written_once_however_often_one_starts(home: Home) -> None:
    for _ in range(3):
        start_again(home, on_disk(BEFORE))
    assert await home.count(tables.revisions) == 1
