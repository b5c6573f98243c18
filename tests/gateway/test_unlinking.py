"""A link that is taken back: each has their talk and their phone again."""

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Post, Texts
from gateway.two_phones import PAPER, WELCOME, house, linked, people_of

from bot.gateway.unlinking import LaterFirst, NoSuchLink, UndoneAlready, undo
from bot.store import links, tables
from channels.capabilities import SMS


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with a welcome and a paper, on Telegram and by SMS."""
    return house(make_home)


async def test_undoing_gives_each_their_talk_and_their_phone_back(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1", "ama's water")
    await sms.says("hello", "1", "2")
    one, two = await ama.id(), await sms.id()
    await linked(ama, sms)
    (link,) = await home.database.read(links.all_links)
    await undo(home.house, link.id, "tester")
    assert (await ama.id(), await sms.id()) == (one, two)
    assert await people_of(home) == [(one, None), (two, None)]
    assert "Thank you." in await ama.says("ama's market")
    assert "What is best?" in await sms.says("ben's well")
    rows = await home.rows(tables.contributions)
    said = {(row.participant_id, row.text) for row in rows if not row.code}
    assert said == {(one, "ama's water"), (one, "ama's market"), (two, "ben's well")}
    facts = await home.rows(tables.facts, participant_id=one, name="consent to be quoted")
    assert [row.value for row in facts] == ['"yes"', '"no"', '"yes"']
    (row,) = await home.rows(tables.links)
    assert row.undone_at is not None
    with pytest.raises(UndoneAlready):
        await undo(home.house, link.id, "tester")
    with pytest.raises(NoSuchLink):
        await undo(home.house, 99, "tester")


async def test_what_was_answered_meanwhile_stays_with_the_talk_it_was_said_in(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await sms.says("hello", "1", "1", "ben's well")
    await ama.says("hello", "1", "1")
    two = await sms.id()
    await linked(ama, sms)
    await ama.says("said on telegram, in the talk begun by SMS")
    (link,) = await home.database.read(links.all_links)
    await undo(home.house, link.id, "tester")
    (row,) = await home.rows(tables.contributions, step="best")
    assert row.participant_id == two
    assert "What is missing?" in await ama.says("repeat")


async def test_a_stop_and_a_consent_taken_back_outlive_the_link(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    await sms.says("hello", "1", "1")
    await linked(ama, sms)
    await ama.says("privacy", "2")  # do not quote my words
    await ama.says("stop")
    (link,) = await home.database.read(links.all_links)
    await undo(home.house, link.id, "tester")
    assert "write START" in await sms.says("hello")
    values = {
        row.participant_id: row.value
        for row in await home.rows(tables.facts, name="consent to be quoted")
    }
    assert set(values.values()) == {'"no"'}
    assert len(values) == 2


async def test_three_channels_come_apart_in_the_order_in_which_they_were_linked(
    make_home: MakeHome,
) -> None:
    home = make_home(Post("telegram"), Post("sms", SMS), Post("whatsapp"),
                     texts=Texts(welcome=WELCOME, paper=PAPER))  # fmt: skip
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    whatsapp = home.person(channel="whatsapp")
    await whatsapp.says("hello", "1", "1")
    await ama.says("hello", "1", "1")
    await sms.says("hello")
    first, second, third = await whatsapp.id(), await ama.id(), await sms.id()
    await linked(ama, sms)
    await linked(sms, whatsapp)
    assert {await one.id() for one in (ama, sms, whatsapp)} == {first}
    assert await people_of(home) == [(first, None), (second, first), (third, first)]
    one, two = await home.database.read(links.all_links)
    with pytest.raises(LaterFirst, match=str(two.id)):
        await undo(home.house, one.id, "tester")
    await undo(home.house, two.id, "tester")
    assert await people_of(home) == [(first, None), (second, None), (third, second)]
    assert [await one.id() for one in (whatsapp, ama, sms)] == [first, second, second]
    await undo(home.house, one.id, "tester")
    assert [await one.id() for one in (whatsapp, ama, sms)] == [first, second, third]
