"""Two channels of one person become one: the code, the yes, and the talks of both."""

import asyncio

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Post, Texts
from gateway.two_phones import PAPER, WELCOME, code_of, exported, house, linked, people_of
from sqlalchemy import select, update

from bot.gateway.unlinking import undo
from bot.store import links, tables
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.seal import Seal
from channels.capabilities import SMS

OTHER = """
steps:
  where:
    ask: Where is it?
    answer: text
endings:
  thanks: Thanks.
"""


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with a welcome and a paper, on Telegram and by SMS."""
    return house(make_home)


async def test_who_began_on_telegram_ends_by_sms(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    assert "What is missing?" in await ama.says("hello", "1", "1")
    said = await linked(ama, sms)
    assert "both are one talk now" in said
    assert said.endswith("What is missing?")
    assert "goes on by SMS too" in await ama.last()
    assert "What is best?" in await sms.says("water")
    assert "Thank you." in await sms.says("a market")
    assert await sms.id() == await ama.id()
    kept = {name for name, _, _ in await exported(home)}
    assert len(kept) == 1
    assert [words for _, step, words in await exported(home) if step in ("missing", "best")] == [
        "water", "a market"]  # fmt: skip


async def test_nothing_is_rewritten(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    await sms.says("hello", "1", "2", "well")
    one, two = await ama.id(), await sms.id()
    before = [(row.id, row.participant_id) for row in await home.rows(tables.contributions)]
    await linked(ama, sms)
    assert await people_of(home) == [(one, None), (two, one)]
    rows = await home.rows(tables.contributions)
    assert [(row.id, row.participant_id) for row in rows][: len(before)] == before


async def test_the_code_holds_for_some_minutes_and_once(home: Home) -> None:
    ama, sms, other = home.person(channel="telegram"), *(home.person(channel="sms") for _ in "ab")
    await ama.says("hello", "1", "1")
    await sms.says("hello")
    code = code_of(await ama.says("link"))
    home.waits(seconds=15 * 60)
    assert "does not hold" in await sms.says(f"link {code}")
    code = code_of(await ama.says("link"))
    await sms.says(code)
    assert "does not hold" in await other.says(f"link {code}")  # somebody is asked already
    await sms.says("1")
    assert "does not hold" in await other.says(f"link {code}")
    assert len(await home.rows(tables.links)) == 1


async def test_the_code_stands_nowhere_but_in_the_message(home: Home) -> None:
    ama = home.person(channel="telegram")
    code = code_of(await ama.says("link")).replace(" ", "")
    (row,) = await home.rows(tables.link_codes)
    assert code.encode() not in row.code_index
    assert row.code_index == home.house.seal.index("link code", code)


async def test_a_yes_that_comes_too_late_links_nothing(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    code = code_of(await ama.says("link"))
    await sms.says(code)
    home.waits(seconds=15 * 60)
    said = await sms.says("1")
    assert "does not hold" in said
    assert "Will you take part?" in said
    assert await home.rows(tables.links) == []


async def test_a_no_leaves_two_people(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    await sms.says(code_of(await ama.says("link")))
    said = await sms.says("no")
    assert "as it was" in said
    assert "Will you take part?" in said
    assert await sms.id() != await ama.id()


async def test_who_guesses_is_not_listened_to_for_an_hour(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    await sms.says("hello", "1", "1")
    code = code_of(await ama.says("link"))
    wrong = [f"{n:06d}" for n in range(999990, 999999) if f"{n:06d}" != code.replace(" ", "")]
    for guess in wrong[:5]:
        await sms.says(f"link {guess}")
    assert "in an hour" in await sms.says(f"link {code}")
    assert "What is best?" in await sms.says(code)  # any other number is an answer like any other
    home.waits(hours=1.1)
    code = code_of(await ama.says("link"))
    assert "shall I link the two?" in await sms.says(code)


async def test_codes_are_not_given_without_end(home: Home) -> None:
    ama = home.person(channel="telegram")
    for _ in range(5):
        code_of(await ama.says("link"))
    assert "in an hour" in await ama.says("link")
    holds = [row for row in await home.rows(tables.link_codes) if row.used_at is None]
    assert len(holds) == 1


async def test_a_number_that_is_no_code_is_an_answer(home: Home) -> None:
    ama = home.person(channel="telegram")
    assert "What is best?" in await ama.says("hello", "1", "1", "482 915")
    assert await home.kept("missing") == ["482 915"]


async def test_one_s_own_code_on_the_same_phone_links_nothing(home: Home) -> None:
    phone = home.person(channel="telegram")
    await phone.says("hello", "1", "1")
    code = code_of(await phone.says("link"))
    assert "does not hold" in await phone.says(f"link {code}")
    await phone.says("someone else", "1")
    assert "does not hold" in await phone.says(f"link {code}")


async def test_of_two_talks_in_one_flow_the_older_stays_and_the_other_waits(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await sms.says("hello", "1", "1", "ama's well")  # by SMS she is one question further
    await ama.says("hello", "1", "1")
    said = await linked(ama, sms)
    assert said.endswith("What is best?")
    assert "Thank you." in await ama.says("a market")
    kept = await sms.id()
    states = {(row.participant_id == kept, row.status)
              for row in await home.rows(tables.conversations, flow="paper")}  # fmt: skip
    assert states == {(True, "ended"), (False, "aside")}
    assert await home.kept("missing") == ["ama's well"]


async def test_talks_about_different_things_come_one_after_the_other(make_home: MakeHome) -> None:
    home = make_home(Post("telegram"), Post("sms", SMS),
                     texts=Texts(welcome=WELCOME, paper=PAPER, other=OTHER))  # fmt: skip
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")  # What is missing?
    await sms.says("hello", "1", "1", "menu", "2")
    assert "Where is it?" in await sms.last()
    assert (await linked(ama, sms)).endswith("What is missing?")
    assert "Where is it?" in await sms.says("water", "a market")
    assert "Thanks." in await ama.says("here")


async def test_a_shared_phone_stays_shared_when_one_of_them_links(home: Home) -> None:
    phone, ama = home.person(channel="sms"), home.person(channel="telegram")
    await ama.says("hello", "1", "1")
    await phone.says("hello", "1", "1", "first's well")
    first = await phone.id()
    await phone.says("someone else", "1")
    await linked(ama, phone)
    assert await phone.id() == await ama.id() != first
    assert "Who is speaking now?" in await phone.says("someone else")
    assert "What is best?" in await phone.says("1")
    assert await phone.id() == first
    assert "Who is speaking now?" not in await ama.says("someone else")
    (link,) = await home.database.read(links.all_links)
    await ama.says("no")
    await undo(home.house, link.id, "tester")
    assert await phone.id() == first
    speakers = await home.rows(tables.speakers)
    assert [row.number for row in speakers] == [1, 2]
    assert await ama.id() not in {row.participant_id for row in speakers}


async def test_trials_are_linked_with_trials_alone(make_home: MakeHome) -> None:
    home = make_home(Post("telegram"), Post("simulator:sms", SMS),
                     texts=Texts(welcome=WELCOME, paper=PAPER))  # fmt: skip
    ama, tab = home.person(channel="telegram"), home.person(channel="simulator:sms")
    other = home.person(channel="simulator:sms")
    await ama.says("hello", "1", "1")
    assert "does not hold" in await tab.says(f"link {code_of(await ama.says('link'))}")
    assert "both are one talk" in await linked(other, tab)


async def test_whom_a_person_is_helping_is_linked_later(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    await sms.says(code_of(await ama.says("link")))
    await ama.says("a person")
    assert "does not hold" in await sms.says("1")


async def test_all_in_one_breath(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    code = code_of(await ama.says("link"))
    for text in ("hello", code, "yes", "water"):
        await sms.writes(text)
    await ama.writes("a market")
    await home.answers()
    assert await home.kept("missing") == ["water"]
    assert await home.kept("best") == ["a market"]
    assert await sms.id() == await ama.id()


async def test_codes_of_yesterday_are_not_kept(home: Home) -> None:
    ama = home.person(channel="telegram")
    await ama.says("link")
    home.waits(hours=25)
    await ama.says("link")
    assert len(await home.rows(tables.link_codes)) == 1


async def test_two_workers_link_once_and_lose_nothing(
    seal: Seal, store: MediaStore, home: Home
) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    await sms.says(code_of(await ama.says("link")))
    await sms.writes("yes")
    await ama.writes("water")
    if home.database.embedded:
        await home.answers()
    else:
        other = Home(Database(home.database.url), seal, store, home.texts, *map(Post, home.posts))
        other.moment = home.moment
        await asyncio.gather(*(one.answers() for one in (home, other, home, other)))
        other.database.close()
    if await sms.id() != await ama.id():  # Telegram was in the middle of its answer
        assert "once more" in await sms.last()
        await sms.says("yes")
    assert await sms.id() == await ama.id()
    assert await home.kept("missing") == ["water"]
    assert len(await home.rows(tables.links)) == 1


async def test_while_the_other_row_is_held_one_is_asked_once_more(home: Home) -> None:
    if home.database.embedded:
        assert home.database.embedded  # there is one writer, and nobody to wait for
        return
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    await sms.says(code_of(await ama.says("link")))
    rows = tables.participants
    with home.database.engine.begin() as connection:
        connection.execute(select(rows.c.id).where(rows.c.id == await ama.id()).with_for_update())
        assert "once more" in await sms.says("yes")
    assert "both are one talk" in await sms.says("yes")


async def test_an_address_that_is_blocked_is_not_told(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    code = code_of(await ama.says("link"))
    blocked = update(tables.addresses).where(tables.addresses.c.channel == "telegram")
    await home.write(lambda c: c.execute(blocked.values(state="blocked")))
    await sms.says(code)
    assert "both are one talk" in await sms.says("1")
    assert "goes on by SMS" not in await ama.last()
