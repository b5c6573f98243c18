"""Who refuses to take part: nothing is kept but the no."""

import pytest
from gateway.conftest import MakeHome
from houses import Home, Phone, Texts

from bot.store import tables

WELCOME = """
steps:
  where:
    ask: Where are you?
    answer: text or voice
    keep as: region
  part:
    ask: Will you take part?
    choices:
      yes: I agree
      no: No
    keep as: consent to take part
    if no: refused
  why:
    ask: Why?
    answer: text or voice
endings:
  thanks: Thank you.
  refused: We keep nothing but this no.
"""


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house that asks before it keeps."""
    return make_home(texts=Texts(welcome=WELCOME))


async def _refuses(home: Home) -> Phone:
    ama = home.person()
    await ama.says("hello", display_name="Aminatou")
    await home.receives(ama.voice())
    await home.answers()
    home.waits(seconds=9)
    await home.answers()
    await ama.says("in the north")
    assert "nothing but this no" in await ama.says("no")
    return ama


async def test_a_no_leaves_only_the_no_and_its_proof(home: Home) -> None:
    await _refuses(home)
    (row,) = await home.rows(tables.contributions)
    assert (row.fact, row.code, row.text) == ("consent to take part", "no", "")
    assert {one.name for one in await home.rows(tables.facts)} <= {
        "language", "consent to take part"}  # fmt: skip
    assert [one.answer for one in await home.rows(tables.consents)] == ["no"]
    assert await home.count(tables.media) == 0
    assert {one.sealed for one in await home.rows(tables.inbox)} == {None}


async def test_what_is_sent_after_a_no_is_not_kept(home: Home) -> None:
    ama = await _refuses(home)
    await home.receives(ama.voice())
    await home.answers()
    home.waits(seconds=9)
    await home.answers()
    await ama.says("and another thing")
    assert await home.count(tables.media) == 0
    assert await home.count(tables.contributions) == 1


async def test_who_agrees_after_all_takes_part(home: Home) -> None:
    ama = await _refuses(home)
    await ama.says("START")
    while "Why?" not in await ama.last():
        await ama.says("I agree" if "take part" in await ama.last() else "in the south")
    await ama.says("for the water")
    assert await home.kept("why") == ["for the water"]
