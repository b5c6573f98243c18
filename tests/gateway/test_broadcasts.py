"""One message to many: whom it reaches, when, and by what."""

from typing import Any

import pytest
from gateway.announcing import NEWS, carried, house, joined, ordered, previewed, sent, state, table
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone
from sqlalchemy import insert, update

from bot.gateway import phases
from bot.gateway.broadcasts.carrying import Carrier, begun
from bot.gateway.broadcasts.plan import HELD, Plan
from bot.store import tables
from bot.store.imports import Listed, begin, bring_in
from bot.store.tables import participants


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with three channels; NOON is in nobody's night."""
    return house(make_home)


async def opened(home: Home) -> None:
    """Let people talk about reactions."""
    found = phases.find(home.texts.consultation, "reactions")
    await begun(home.house, await home.write(phases.open_quietly, home.house, found))
    await home.write(lambda c: c.execute(tables.recipients.delete()))
    await home.write(lambda c: c.execute(tables.invitations.delete()))
    await home.write(lambda c: c.execute(tables.broadcasts.delete()))


async def test_everybody_who_takes_part_gets_it_and_has_an_outcome(home: Home) -> None:
    for channel in home.posts:
        await joined(home, channel)
    await home.person().says("hello")
    assert await sent(home) == {"sent": 3, "skipped": 1}
    assert [post.said.count(NEWS) for post in home.posts.values()] == [1, 1, 1]
    assert await state(home) == "done"


async def test_each_reads_it_in_their_language(home: Home) -> None:
    ama = await joined(home, "sms")
    await sent(home, Plan(texts={"fr": "Lundi.", "en": "Monday."}), "channel is sms")
    assert await ama.last() == "Monday."


async def test_only_whom_the_rule_means_gets_it(home: Home) -> None:
    await joined(home, "sms")
    await joined(home, "telegram")
    assert await sent(home, rule="channel is sms") == {"sent": 1}
    assert home.posts["telegram"].said.count(NEWS) == 0


async def test_who_wants_to_hear_no_more_is_left_in_peace(home: Home) -> None:
    ama, ben = await joined(home), await joined(home)
    no = {"participant_id": await ama.id(), "name": "stay in touch", "value": '"no"',
          "source": "answer", "at": home.moment}  # fmt: skip
    await home.write(lambda c: c.execute(insert(tables.facts), no) and None)
    assert (await previewed(home)).excluded == {"does not want to be written to again": 1}
    assert await sent(home) == {"sent": 1, "skipped": 1}
    assert await ben.last() == NEWS
    assert await ama.last() != NEWS


async def test_the_preview_says_what_then_happens(home: Home) -> None:
    for channel in ("sms", "sms", "telegram"):
        await joined(home, channel)
    await (await joined(home, "sms")).says("stop")
    await home.person().says("hello")
    found = await previewed(home)
    assert (found.recipients, found.by_channel) == (3, {"sms": 2, "telegram": 1})
    assert found.excluded == {"said stop": 1, "has not agreed to take part": 1}
    assert (found.messages, found.segments, found.cost) == (3, 2, 0.16)
    assert found.begins_at == home.moment
    assert await sent(home) == {"sent": 3, "skipped": 2}
    assert sum(float(row["cost"]) for row in await table(home)) == found.cost
    assert sum(int(row["segments"]) for row in await table(home)) == found.segments


async def test_the_preview_knows_the_night_by_the_country_of_a_number(home: Home) -> None:
    await home.person("+33612341000", "sms").says("hello", "yes")
    await home.person("+573001234567", "sms").says("hello", "yes")
    home.waits(hours=11)  # nearly midnight in Paris, a quarter to six in Bogotá
    assert (await previewed(home, rule="country is CO")).begins_at == home.moment
    assert (await previewed(home, rule="country is FR")).begins_at > home.moment


async def test_nothing_is_written_by_a_preview(home: Home) -> None:
    await joined(home)
    await previewed(home)
    assert await home.count(tables.recipients) == await home.count(tables.broadcasts) == 0


async def test_by_night_it_waits_for_the_morning_where_they_are(home: Home) -> None:
    await joined(home, "sms")
    awake = await joined(home, "sms")
    home.waits(hours=11)  # nearly midnight in UTC
    await awake.says("/language")  # anything: what counts is the zone below
    owner = await awake.id()
    await home.write(lambda c: _with_fact(home, c, owner, "time zone", "America/Bogota"))
    number = await ordered(home)
    assert await carried(home, number) == {"waiting": 1, "sent": 1}
    assert await state(home) == "running"
    home.waits(hours=10)
    assert await carried(home, number) == {"sent": 2}


def _with_fact(home: Home, connection: Any, owner: int, name: str, value: str) -> None:
    from msgspec.structs import replace as changed

    from bot.store.persons import open_state, seal_state, states

    person = open_state(home.house.seal, states(connection, [owner])[owner].state)
    person = changed(person, facts={**person.facts, name: value})
    connection.execute(
        update(participants).where(participants.c.id == owner)
        .values(state=seal_state(home.house.seal, person))
    )  # fmt: skip


async def test_at_a_time_it_begins_only_then(home: Home) -> None:
    await joined(home)
    number = await ordered(home, begins_at=home.moment + 3_600_000)
    assert await carried(home, number) == {}
    assert await state(home) == "planned"
    home.waits(hours=1)
    assert await carried(home, number) == {"sent": 1}


async def test_spread_over_hours_each_has_a_turn(home: Home) -> None:
    for _ in range(8):
        await joined(home)
    number = await ordered(home, Plan(texts={"en": NEWS}, spread_ms=4 * 3_600_000))
    seen = []
    for _hour in range(5):
        seen.append((await carried(home, number)).get("sent", 0))
        home.waits(hours=1)
    assert seen[0] < seen[2] < seen[4] == 8


async def test_who_stops_gets_nothing_more_on_any_channel(home: Home) -> None:
    ama = await joined(home)
    number = await ordered(home)
    await Carrier(home.house).once(number)
    await ama.says("stop")
    assert await carried(home, number) == {"cancelled": 1}
    assert NEWS not in home.post.said
    assert await sent(home) == {"skipped": 1}


async def test_a_talk_that_it_interrupts_is_offered_again_where_it_was(home: Home) -> None:
    await opened(home)
    ama = await joined(home)
    await ama.says("reactions", "yes")
    await sent(home)
    heard = await ama.last()
    assert NEWS in heard
    assert "What is missing?" in heard
    assert heard.index(NEWS) < heard.index("What is missing?")
    assert "What is best?" in await ama.says("Water")
    assert await home.kept("missing") == ["Water"]


async def test_who_is_in_a_conversation_may_be_spared(home: Home) -> None:
    await opened(home)
    ama = await joined(home)
    await ama.says("reactions")
    found = await previewed(home, Plan(texts={"en": NEWS}, spare_talks=True))
    assert found.excluded == {"is in a conversation now": 1}


async def test_who_was_written_to_lately_may_be_spared_and_is_counted(home: Home) -> None:
    await joined(home)
    await sent(home)
    assert (await previewed(home)).asked_lately == 1
    found = await previewed(home, Plan(texts={"en": NEWS}, spare_days=2))
    assert (found.recipients, found.excluded) == (0, {"was written to lately": 1})
    home.waits(hours=49)
    assert (await previewed(home, Plan(texts={"en": NEWS}, spare_days=2))).recipients == 1


# ── WhatsApp's window ──


async def test_past_the_window_who_has_no_other_way_is_skipped(home: Home) -> None:
    await joined(home, "whatsapp")
    home.waits(hours=24)
    assert (await previewed(home)).excluded == {"window": 1}
    assert await sent(home) == {"skipped": 1}
    assert [row["reason"] for row in await table(home)] == ["window"]


async def test_held_it_goes_out_when_they_write(home: Home) -> None:
    ama = await joined(home, "whatsapp")
    home.waits(hours=24)
    number = await ordered(home, Plan(texts={"en": NEWS}, hold=True))
    assert await carried(home, number) == {"waiting": 1}
    assert await state(home) == "running"
    await ama.says("hello again")
    assert await carried(home, number) == {"sent": 1}
    assert NEWS in home.posts["whatsapp"].said


async def test_past_the_window_it_may_go_by_sms_instead(home: Home) -> None:
    ama = await joined(home, "whatsapp")
    owner, number = await ama.id(), "+33612349999"
    await home.write(lambda c: c.execute(tables.addresses.insert(), {
        "participant_id": owner, "channel": "sms", "made_at": home.moment,
        "address_index": home.house.seal.index("sms", number),
        "sealed": home.house.seal.seal(b"addresses", number.encode())}))  # fmt: skip
    home.waits(hours=24)
    plan = Plan(texts={"en": NEWS}, by_sms=True)
    assert (await previewed(home, plan)).by_channel == {"sms": 1}
    assert await sent(home, plan) == {"sent": 1}
    assert home.posts["sms"].said == [NEWS]


# ── invitations ──


async def invited(home: Home, *, proven: bool) -> Phone:
    """Someone of a list."""
    index = home.house.seal.index("sms", "+221771234567")
    row = Listed("sms", "+221771234567", index, "", {"language": "en"})
    brought = await home.write(begin, "list.csv", "They signed." if proven else "", home.moment)
    await home.write(bring_in, home.house.seal, [row], brought, home.moment)
    return home.person("+221771234567", "sms")


async def test_who_was_brought_in_with_a_proof_is_invited_and_still_asked(home: Home) -> None:
    await opened(home)
    ama = await invited(home, proven=True)
    assert await sent(home, Plan(flow="reactions")) == {"sent": 1}
    assert "reactions" in (await ama.last()).lower()
    assert "Will you take part?" in await ama.says("hello")
    assert "We keep nothing" in await ama.says("no")
    assert await sent(home, Plan(flow="reactions")) == {"skipped": 1}


async def test_without_a_proof_nobody_is_written_to(home: Home) -> None:
    await invited(home, proven=False)
    assert (await previewed(home)).excluded == {"has not agreed to take part": 1}


async def test_an_invitation_is_taken_up_by_its_button(home: Home) -> None:
    ama = await joined(home)
    await opened(home)
    assert await sent(home, Plan(flow="reactions")) == {"sent": 1}
    assert "Shall we begin?" in await ama.presses("Begin")
    assert await sent(home, Plan(flow="reactions")) == {"skipped": 1}


async def test_to_oneself_first_it_goes_to_nobody_else(home: Home) -> None:
    await joined(home)
    me = await joined(home, "sms")
    assert await sent(home, Plan(texts={"en": NEWS}, to=await me.id())) == {"sent": 1}
    assert home.posts["telegram"].said.count(NEWS) == 0


async def test_a_reply_goes_before_what_is_announced(home: Home) -> None:
    await opened(home)
    ama = await joined(home)
    for _ in range(3):
        await joined(home)
    number = await ordered(home)
    await Carrier(home.house).once(number)
    await ama.writes("reactions")
    await home.answers()
    home.post.sent.clear()
    await home.sends()
    assert "Shall we begin?" in home.post.said[0]


async def test_a_held_moment_is_never_reached(home: Home) -> None:
    assert home.moment + 1000 * 365 * 86_400_000 < HELD
