"""A person of the team speaks instead of the bot, and gives the talk back to it."""

from dataclasses import replace

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Texts
from sqlalchemy import update

from bot.gateway.handing import (
    HasLeft,
    NothingToSay,
    close_hand_over,
    reply_as_human,
    who_waits,
)
from bot.gateway.sit_with import NobodyThere, NotHere
from bot.store import handovers, tables

CALL = """
steps:
  call:
    ask: Shall someone call you?
    choices:
      yes: Gladly
      no: Better not
  person:
    only if: call is yes
    say: Someone will write to you here.
    hand over: yes
endings:
  thanks: Thank you.
"""


async def waiting(home: Home) -> Phone:
    """Someone in the middle of a talk who has asked for a person."""
    ama = home.person()
    await ama.says("hello", "yes", "a person", "my well is dry")
    return ama


async def replies(home: Home, phone: Phone, text: str) -> None:
    """Let a person of the team answer, and send it."""
    await reply_as_human(home.house, await phone.id(), text)
    await home.sends()


async def test_a_person_s_words_go_out_as_they_are_and_are_written_down_sealed(home: Home) -> None:
    ama = await waiting(home)
    await replies(home, ama, "Who dug it, please?")
    assert home.post.said[-1] == "Who dug it, please?"
    row = (await home.rows(tables.deliveries))[-1]
    assert (row.kind, row.rank, row.state) == ("human", 0, "sent")
    found = await home.database.read(handovers.words, home.house.seal, await ama.id())
    assert [(ours, text) for _, ours, text in found] == [
        (False, "my well is dry"), (True, "Who dug it, please?")]  # fmt: skip


async def test_when_it_is_closed_the_bot_goes_on_where_the_talk_was(home: Home) -> None:
    ama = await waiting(home)
    await replies(home, ama, "Someone comes on Monday.")
    assert await close_hand_over(home.house, await ama.id(), "promised a visit")
    await home.sends()
    assert home.post.said[-1].endswith("What is missing?")
    (row,) = await home.rows(tables.handovers)
    assert (row.note, row.closed_at) == ("promised a visit", home.moment)
    assert "What is best?" in await ama.says("water")
    assert await home.kept("missing") == ["water"]


async def test_a_hand_over_is_closed_once(home: Home) -> None:
    ama = await waiting(home)
    assert await close_hand_over(home.house, await ama.id(), "")
    before = len(await ama.heard())
    assert not await close_hand_over(home.house, await ama.id(), "")
    assert len(await ama.heard()) == before


async def test_who_is_written_to_unasked_answers_the_person_and_not_the_bot(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "yes")
    await replies(home, ama, "Is all well with you?")
    assert await ama.says("not quite") == ""
    assert await home.kept("missing") == []
    assert [one for one, _ in await home.database.read(handovers.waiting)] == [await ama.id()]


async def test_nobody_writes_to_who_said_stop(home: Home) -> None:
    ama = await waiting(home)
    await ama.says("stop")
    before = await ama.heard()
    with pytest.raises(HasLeft):
        await reply_as_human(home.house, await ama.id(), "But listen")
    assert await ama.heard() == before


async def test_a_stop_cancels_a_persons_reply_that_is_not_out_yet(home: Home) -> None:
    ama = await waiting(home)
    await reply_as_human(home.house, await ama.id(), "Who dug it?")
    home.waits(seconds=1)
    await ama.says("stop")
    assert "Who dug it?" not in home.post.said
    assert ("cancelled", "stopped") in await home.states()


async def test_a_reply_needs_words_and_somebody_to_hear_them(home: Home) -> None:
    ama = await waiting(home)
    with pytest.raises(NothingToSay):
        await reply_as_human(home.house, await ama.id(), "  ")
    with pytest.raises(NobodyThere):
        await reply_as_human(home.house, 4711, "hello")
    assert not await close_hand_over(home.house, 4711, "hello")


async def test_the_list_says_who_waits_since_when_where_and_with_which_last_words(
    home: Home,
) -> None:
    ama, ben = await waiting(home), await waiting(home)
    await replies(home, ben, "We are\non our way.")
    found = await home.database.read(who_waits, home.house)
    assert [(one.channel, one.words, one.ours) for one in found] == [
        ("telegram", "my well is dry", False),
        ("telegram", "We are on our way.", True)]  # fmt: skip
    assert found[0].since < found[1].since
    people = {row.id: row.pseudonym for row in await home.rows(tables.participants)}
    assert found[0].participant == people[await ama.id()]


async def test_what_the_team_did_is_in_the_audit_without_a_word_of_it(home: Home) -> None:
    ama = await waiting(home)
    await replies(home, ama, "Who dug it?")
    await close_hand_over(home.house, await ama.id(), "promised a visit", who="fatou")
    (name,) = [row.pseudonym for row in await home.rows(tables.participants)]
    assert [(row.who, row.did, row.about) for row in await home.rows(tables.audit)] == [
        ("coordinator", "hand-over reply", name), ("fatou", "hand-over closed", name)]  # fmt: skip


async def test_another_process_may_send_what_is_written_here(home: Home) -> None:
    ama = await waiting(home)
    elsewhere = replace(home.house, channels={})
    with pytest.raises(NotHere):
        await reply_as_human(elsewhere, await ama.id(), "Who dug it?")
    await reply_as_human(elsewhere, await ama.id(), "Who dug it?", anywhere=True)
    await home.sends()
    assert home.post.said[-1] == "Who dug it?"


async def test_it_can_be_closed_for_someone_who_cannot_be_reached_any_more(home: Home) -> None:
    ama = await waiting(home)
    where = tables.addresses.c.participant_id == await ama.id()
    await home.write(lambda c: c.execute(update(tables.addresses).where(where)
                                         .values(state="gone")))  # fmt: skip
    assert await close_hand_over(home.house, await ama.id(), "moved away")
    assert await home.database.read(handovers.waiting) == []
    assert "What is best?" in await ama.says("water")


async def test_the_wish_of_a_flow_reaches_the_list_and_the_talk_goes_on_behind_it(
    make_home: MakeHome,
) -> None:
    home = make_home(texts=Texts(test=CALL))
    ama = home.person()
    await ama.says("hello", "1", "after three")
    (found,) = await home.database.read(who_waits, home.house)
    assert found.words == "after three"
    assert await close_hand_over(home.house, await ama.id(), "called")
    await home.sends()
    assert home.post.said[-1] == "Thank you."
