"""Opening a phase invites those concerned and tells them; each recipient has an outcome."""

from typing import Any

import msgspec
import pytest
from gateway.announcing import goes_out
from gateway.conftest import MakeHome
from gateway.houses import QUESTIONS, Home, Phone, Post, Texts
from programme import TAKING_PART
from sqlalchemy import update

from bot.gateway import phases
from bot.gateway.broadcasts.carrying import begun
from bot.gateway.house import House
from bot.gateway.phases import NoFlow, NoSuchPhase
from bot.store import tables
from channels.errors import DeliveryError, Failure

WELCOME = (
    TAKING_PART
    + """\
    if no: refused
  role:
    ask: What are you?
    choices:
      activist: Activist
      partner: Partner
    keep as: role
endings:
  thanks: Thank you.
  refused: We keep nothing.
"""
)
NEWS = "Reactions are open. To begin, write REACTIONS."


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house whose second phase is still planned."""
    planned = {"ships": "planned", "announce": {"en": NEWS}}
    texts = Texts(phases={"reactions": planned}, welcome=WELCOME, reactions=QUESTIONS)
    return make_home(texts=texts)


def phase(home: Home, code: str = "reactions", **changes: Any) -> Any:
    """A phase."""
    return msgspec.structs.replace(phases.find(home.texts.consultation, code), **changes)


async def joined(home: Home, role: str = "Activist") -> Phone:
    """Someone who takes part."""
    ama = home.person()
    await ama.says("hello", "yes", role)
    return ama


async def opens(home: Home, found: Any = None, *, quietly: bool = False) -> dict[str, int]:
    """Open a phase and send; return how its recipients stand."""
    verb = phases.open_quietly if quietly else phases.open_and_announce
    number = await home.write(verb, home.house, found or phase(home))
    return await goes_out(home, number)


async def test_the_calendar_shows_each_phase_with_its_state(home: Home) -> None:
    lines = await home.database.read(phases.calendar, home.texts.consultation, "en")
    assert [(line.code, line.state, line.title) for line in lines] == [
        ("welcome", "open", "The welcome"), ("reactions", "planned", "The reactions")]  # fmt: skip


async def test_who_takes_part_is_told_and_begins_by_any_of_its_ways(home: Home) -> None:
    people = [await joined(home) for _ in range(3)]
    assert await opens(home) == {"sent": 3}
    assert home.post.said.count(NEWS) == 3
    assert "Shall we begin?" in await people[0].presses("Begin")
    assert "Shall we begin?" in await people[1].says("reactions")
    assert "Shall we begin?" in await people[2].says("hello")
    assert [row.state for row in await home.rows(tables.invitations)] == ["taken"] * 3


async def test_the_preview_counts_whom_it_reaches_and_why_not_the_others(home: Home) -> None:
    await joined(home)
    await joined(home)
    stopped, gone, refused, stranger = [await joined(home), await joined(home), home.person(),
                                        home.person()]  # fmt: skip
    await stopped.says("stop")
    where = tables.addresses.c.participant_id == await gone.id()
    await home.write(lambda c: c.execute(update(tables.addresses).where(where)
                                         .values(state="gone")))  # fmt: skip
    await refused.says("hello", "no")
    await stranger.says("hello")
    found = await home.database.read(phases.preview, home.house, phase(home))
    assert (found.recipients, found.by_channel, found.by_language) == (
        2, {"telegram": 2}, {"en": 2})  # fmt: skip
    assert found.excluded == {"said stop": 1, "no address that can be reached": 1,
                              "has not agreed to take part": 2}  # fmt: skip


async def test_what_the_preview_says_is_what_happens(home: Home) -> None:
    await joined(home)
    await (await joined(home)).says("stop")
    await home.person().says("hello")
    assert await opens(home) == {
        "sent": 1, "skipped: said stop": 1, "skipped: has not agreed to take part": 1}  # fmt: skip
    assert await home.count(tables.recipients) == 3


async def test_only_the_roles_that_it_concerns_are_told(home: Home) -> None:
    await joined(home, "Activist")
    await joined(home, "Partner")
    found = phase(home, roles=("partner",))
    assert await opens(home, found) == {"sent": 1, "skipped: another role": 1}


async def test_opened_quietly_it_is_announced_to_nobody_and_start_begins_it(home: Home) -> None:
    ama = await joined(home)
    assert await opens(home, quietly=True) == {"skipped: opened quietly": 1}
    assert NEWS not in home.post.said
    assert await home.count(tables.invitations) == 1
    assert "Shall we begin?" in await ama.says("START")


async def test_opened_twice_it_is_announced_once_and_to_newcomers_then(home: Home) -> None:
    await joined(home)
    assert await opens(home) == {"sent": 1}
    await joined(home)
    found = await home.database.read(phases.preview, home.house, phase(home))
    assert found.excluded["was told already"] == 1
    again = await opens(home)
    assert again["skipped: was told already"] == 1
    assert home.post.said.count(NEWS) <= 2
    assert len(await home.rows(tables.audit, did="phase open")) == 1


async def test_after_it_was_opened_quietly_it_can_still_be_announced(home: Home) -> None:
    await joined(home)
    await opens(home, quietly=True)
    home.waits(hours=1)
    assert await opens(home) == {"sent": 1}


async def test_closed_and_opened_again_it_is_announced_again(home: Home) -> None:
    await joined(home)
    await opens(home)
    home.waits(hours=24)
    await home.write(phases.close, home.house, phase(home))
    home.waits(hours=24)
    assert await opens(home) == {"sent": 1}


async def test_a_closed_phase_answers_kindly(home: Home) -> None:
    ama = await joined(home)
    await opens(home)
    await home.write(phases.close, home.house, phase(home))
    answer = await ama.says("reactions")
    assert "is not open now" in answer
    assert await home.kept("ready") == []


async def test_a_talk_that_began_before_the_phase_was_closed_may_be_ended(home: Home) -> None:
    ama = await joined(home)
    await opens(home)
    await ama.says("reactions", "yes")
    await home.write(phases.close, home.house, phase(home))
    await ama.says("water", "market")
    assert await home.kept("best") == ["market"]


async def test_who_is_in_the_middle_of_it_is_not_told_and_has_an_outcome(home: Home) -> None:
    ama = await joined(home)
    await opens(home, quietly=True)
    await ama.says("START")
    assert await opens(home) == {"skipped: is answering already": 1}


async def test_who_has_done_it_is_not_told(home: Home) -> None:
    ama = await joined(home)
    await opens(home, quietly=True)
    await ama.says("START", "yes", "water", "market")
    assert await opens(home) == {"skipped: has taken part already": 1}


async def test_who_stops_before_it_is_sent_gets_nothing(home: Home) -> None:
    ama = await joined(home)
    number = await home.write(phases.open_and_announce, home.house, phase(home))
    await begun(home.house, number)
    await ama.writes("stop")
    await home.answers()
    await home.sends()
    assert NEWS not in home.post.said
    assert await begun(home.house, number) == {"cancelled": 1}


async def test_a_failed_announcement_is_counted_as_failed(home: Home) -> None:
    await joined(home)
    home.post.fails = [DeliveryError(Failure("gone", "gone", False, "address", "gone"))]
    assert await opens(home) == {"failed": 1}


async def test_of_two_on_a_phone_the_one_who_speaks_is_told_and_both_are_invited(
    home: Home,
) -> None:
    phone = await joined(home)
    await phone.says("someone else", "1", "yes", "Activist")
    assert await opens(home) == {"sent": 1, "skipped: no address that can be reached": 1}
    assert await home.count(tables.invitations) == 2


async def test_trials_are_left_out_once_a_real_channel_is_set_up(home: Home) -> None:
    await joined(home)
    await home.write(lambda c: c.execute(update(tables.participants).values(trial=True)))
    home.house.leaves_trials_out = True
    assert await opens(home) == {"skipped: only tried it out": 1}


async def test_whom_a_worker_has_in_hand_is_waited_for(home: Home) -> None:
    """What they are saying at this moment must not be written over."""
    import asyncio
    import threading

    if home.database.embedded:
        return
    ama = await joined(home)
    owner, held = await ama.id(), threading.Event()
    free = threading.Event()

    def hold(connection: Any) -> None:
        home.database.lock_participants(connection, [owner])
        held.set()
        free.wait(10)

    holding = asyncio.create_task(home.write(hold))
    await asyncio.to_thread(held.wait, 10)
    opening = asyncio.create_task(opens(home))
    await asyncio.sleep(0.2)
    assert not opening.done()
    free.set()
    assert await opening == {"sent": 1}
    await holding


async def test_a_phase_without_a_flow_cannot_be_opened(home: Home) -> None:
    with pytest.raises(NoFlow):
        await home.write(phases.open_quietly, home.house, phase(home, flow=""))


def test_an_unknown_phase_is_refused_with_a_sentence(home: Home) -> None:
    with pytest.raises(NoSuchPhase, match="palabre phase list"):
        phases.find(home.texts.consultation, "nowhere")


async def test_a_network_s_link_is_remembered_and_not_asked_again(home: Home) -> None:
    ama = home.person()
    await ama.says(kind="start", start="tejido")
    facts = await home.rows(tables.facts, name="network")
    assert [(row.value, row.source) for row in facts] == [('"tejido"', "link")]
    (row,) = await home.rows(tables.participants)
    assert row.network == "tejido"


async def test_an_unknown_link_welcomes_all_the_same(home: Home) -> None:
    assert "Will you take part?" in await home.person().says(kind="start", start="nobody-knows")


async def test_consents_are_kept_with_their_words_revision_and_place(home: Home) -> None:
    await joined(home)
    (row,) = await home.rows(tables.consents)
    assert (row.kind, row.answer, row.words) == ("consent to take part", "yes",
                                                 "Will you take part?")  # fmt: skip
    assert (row.revision, row.channel) == (home.texts.current["welcome"], "telegram")


def test_a_house_knows_what_another_process_s_channel_can_show(make_home: MakeHome) -> None:
    house: House = make_home(Post("telegram")).house
    assert house.can("simulator:sms").text_unit == "segments"
    assert house.can("terminal:0a1b").buttons > 0
