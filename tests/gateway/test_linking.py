"""One person on two channels: who began on Telegram ends by SMS, and it can be taken back."""

import asyncio
import re

import pytest
from gateway.conftest import MakeHome
from gateway.houses import REMINDED, TAKING_PART, Home, Phone, Post, Texts
from sqlalchemy import select, update

from bot.gateway import linking, phases
from bot.gateway.explaining import explain_participant
from bot.gateway.unlinking import LaterFirst, NoSuchLink, UndoneAlready, undo
from bot.store import links, tables
from bot.store.contributions import Wanted, lines
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.seal import Seal
from channels.capabilities import SMS, WHATSAPP

WELCOME = (
    TAKING_PART
    + """\
  quote:
    ask: May we quote you?
    choices:
      yes: Quote me
      no: No
    keep as: consent to be quoted
endings:
  thanks: Welcome.
"""
)
PAPER = "steps:\n" + REMINDED
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
    return make_home(Post("telegram"), Post("sms", SMS),
                     texts=Texts(welcome=WELCOME, paper=PAPER))  # fmt: skip


def code_of(words: str) -> str:
    """Return the code that stands in a message."""
    found = re.search(r"\d{3} \d{3}", words)
    assert found, words
    return found[0]


async def linked(one: Phone, other: Phone) -> str:
    """Ask for a code on one phone, write it on the other, agree; return what is said there."""
    code = code_of(await one.says("link"))
    assert "shall I link the two?" in await other.says(code)
    return await other.says("1")


async def people_of(home: Home) -> list[tuple[int, int | None]]:
    """Who there is, and into whom they were merged."""
    rows = await home.rows(tables.participants)
    return [(row.id, row.merged_into) for row in rows]


async def exported(home: Home) -> list[tuple[str, str, str]]:
    """Pseudonym, step and words of all that drafters get."""

    def work(connection: object) -> list[tuple[str, str, str]]:
        return [(one.pseudonym, one.step, one.code or one.text)
                for one in lines(connection, Wanted())]  # fmt: skip

    return await home.database.read(work)


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
