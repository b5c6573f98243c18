"""One person on two channels: consents, STOP, being forgotten, counts and reminders are of both."""

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Post, Texts
from gateway.two_phones import PAPER, WELCOME, code_of, exported, house, linked

from bot.gateway import linking, phases
from bot.gateway.explaining import explain_participant
from bot.store import tables
from channels.capabilities import SMS, WHATSAPP


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with a welcome and a paper, on Telegram and by SMS."""
    return house(make_home)


async def test_the_strictest_consent_wins_and_is_proven(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    await sms.says("hello", "1", "2")
    await linked(ama, sms)
    rows = await home.rows(tables.facts, participant_id=await ama.id(), name="consent to be quoted")
    assert [row.value for row in rows] == ['"yes"', '"no"']
    proofs = await home.rows(tables.consents, participant_id=await ama.id())
    assert [(row.kind, row.answer) for row in proofs][-2:] == [
        (linking.CONSENT, "yes"), ("consent to be quoted", "no")]  # fmt: skip


async def test_a_stop_on_either_channel_stops_both_and_start_opens_both(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    await sms.says("hello", "1", "1")
    await linked(ama, sms)
    await ama.writes("water")
    await home.answers()  # what is said on Telegram still waits
    assert "Goodbye" in await sms.says("stop")
    await home.sends("telegram")
    assert ("cancelled", "stopped") in await home.states()
    rows = await home.rows(tables.participants)
    assert all(row.stopped_at is not None for row in rows)
    assert "write START" in await ama.says("hello?")
    assert "What is best?" in await ama.says("START")
    rows = await home.rows(tables.participants)
    assert all(row.stopped_at is None for row in rows)
    assert "Thank you." in await sms.says("a market")


async def test_a_stop_makes_codes_void(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    code = code_of(await ama.says("link"))
    await sms.says(code)
    await ama.says("stop")
    assert "does not hold" in await sms.says("1")
    assert await home.rows(tables.links) == []


async def test_forget_me_reaches_both_channels(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1", "ama's dry well")
    await sms.says("hello", "1", "1", "ben's market")
    await linked(ama, sms)
    await sms.says("forget me", "1")
    assert await home.rows(tables.contributions) == []
    assert await home.rows(tables.addresses) == []
    assert await home.rows(tables.links) == await home.rows(tables.link_codes) == []
    assert len(await home.rows(tables.forgotten)) == 4  # two pseudonyms, two addresses
    assert "Will you take part?" in await ama.says("hello")


async def test_announcements_and_figures_count_one_person(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    await sms.says("hello", "1", "1")
    found = phases.find(home.texts.consultation, "paper")
    assert (await home.database.read(phases.preview, home.house, found)).recipients == 2
    await linked(ama, sms)
    preview = await home.database.read(phases.preview, home.house, found)
    assert (preview.recipients, preview.by_channel) == (1, {"sms": 1})


async def test_privacy_counts_both(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1", "water")
    await sms.says("hello", "1", "1", "a well")
    await linked(ama, sms)
    assert "choices: 4, written answers: 2" in await ama.says("privacy")


async def test_an_answer_given_on_both_channels_is_exported_once_the_newest(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1", "water")
    await sms.says("hello", "1", "2", "a well")
    await linked(ama, sms)
    rows = await exported(home)
    assert [(step, words) for _, step, words in rows] == [
        ("part", "yes"), ("quote", "no"), ("missing", "a well")]  # fmt: skip
    assert {name for name, _, _ in rows} == {(await home.rows(tables.participants))[0].pseudonym}


async def test_one_may_ask_where_either_pseudonym_is(home: Home) -> None:
    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await ama.says("hello", "1", "1")
    await linked(ama, sms)
    names = [row.pseudonym for row in await home.rows(tables.participants)]
    one, two = [await home.database.read(explain_participant, home.house, name, "en")
                for name in names]  # fmt: skip
    assert one == two


async def test_a_reminder_of_either_talk_goes_to_the_phone_last_used(home: Home) -> None:
    from bot.gateway.remind import remind_due

    ama, sms = home.person(channel="telegram"), home.person(channel="sms")
    await sms.says("hello", "1", "1")  # the older talk, begun by SMS
    await ama.says("hello", "1", "1")
    await linked(sms, ama)
    home.waits(hours=25)
    await remind_due(home.house)
    await home.sends()
    states = [(row.state, row.reason) for row in await home.rows(tables.reminders)]
    assert ("sent", "") in states
    kinds = [row.channel for row in await home.rows(tables.deliveries, kind="reminder")]
    assert kinds == ["telegram"]


async def test_a_reminder_goes_where_one_may_write(make_home: MakeHome) -> None:
    from bot.gateway.remind import remind_due

    home = make_home(Post("sms", SMS), Post("whatsapp", WHATSAPP),
                     texts=Texts(welcome=WELCOME, paper=PAPER))  # fmt: skip
    ama, whatsapp = home.person(channel="sms"), home.person(channel="whatsapp")
    await ama.says("hello", "1", "1")
    await linked(ama, whatsapp)  # last heard from on WhatsApp, whose window closes after a day
    home.waits(hours=25)
    await remind_due(home.house)
    kinds = [row.channel for row in await home.rows(tables.deliveries, kind="reminder")]
    assert kinds == ["sms"]
