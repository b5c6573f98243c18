"""One message to many: whom it reaches, when, by what, and what became of each."""

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import NO_PACE, QUESTIONS, Home, Phone, Post, Texts
from gateway.test_importing import WELCOME
from sqlalchemy import insert, update

from bot.gateway import phases
from bot.gateway.broadcasts import control
from bot.gateway.broadcasts.carrying import Carrier
from bot.gateway.broadcasts.control import NotNow
from bot.gateway.broadcasts.ledger import lines, write_csv
from bot.gateway.broadcasts.plan import HELD, NoSuchBroadcast, Plan, make, row_of
from bot.gateway.broadcasts.preview import Preview, preview
from bot.gateway.broadcasts.prices import read_prices
from bot.store import fates, tables
from bot.store.imports import Listed, begin, bring_in
from bot.store.tables import participants
from channels.capabilities import SMS, WHATSAPP
from channels.errors import DeliveryError, Failure

NEWS = "The meeting is on Monday."
NEW = Plan(texts={"en": NEWS, "fr": "La rencontre est lundi."})
GONE = Failure("gone", "gone", False, "address", "gone")
REFUSED = Failure("refused", "refused", False, "message", "refused")
UNCERTAIN = Failure("uncertain", "uncertain", False, "message", "no answer")
BLOCKED = Failure("blocked", "opted_out", False, "address", "blocked")


def free(can: Any) -> Any:
    """A channel's abilities without its pace."""
    return replace(can, overall=NO_PACE, per_address=NO_PACE)


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with three channels; NOON is in nobody's night."""
    posts = Post("telegram"), Post("sms", free(SMS)), Post("whatsapp", free(WHATSAPP))
    planned = {"ships": "planned"}
    texts = Texts(phases={"reactions": planned}, welcome=WELCOME, reactions=QUESTIONS)
    return make_home(*posts, texts=texts)


async def opened(home: Home) -> None:
    """Let people talk about reactions."""
    found = phases.find(home.texts.consultation, "reactions")
    await home.write(phases.open_quietly, home.house, found)
    await home.write(lambda c: c.execute(tables.recipients.delete()))
    await home.write(lambda c: c.execute(tables.invitations.delete()))
    await home.write(lambda c: c.execute(tables.broadcasts.delete()))


async def joined(home: Home, channel: str = "telegram", language: str = "en") -> Phone:
    """Someone who takes part."""
    ama = home.person("+3361234" + str(len(await home.rows(participants)) + 1000), channel)
    await ama.says("hello", "yes")
    owner = await ama.id()
    mine = participants.c.id == owner
    await home.write(lambda c: c.execute(
        update(participants).where(mine).values(language=language)))  # fmt: skip
    return ama


async def ordered(home: Home, plan: Plan = NEW, rule: str = "", **more: Any) -> int:
    """Order a broadcast."""
    number: int = await home.write(lambda c: make(c, plan, rule, home.moment, **more))
    return number


async def carried(home: Home, number: int) -> dict[str, int]:
    """Carry it as far as it goes now; return how its recipients stand."""
    carrier = Carrier(home.house)
    await carrier.once(number)
    for channel in home.posts:
        await home.sends(channel)
    await carrier.once(number)
    return await home.database.read(fates.states, number)


async def sent(home: Home, plan: Plan = NEW, rule: str = "", **more: Any) -> dict[str, int]:
    """Send a broadcast; return how its recipients stand."""
    return await carried(home, await ordered(home, plan, rule, **more))


async def state(home: Home, number: int = 1) -> str:
    """How the broadcast stands."""
    return (await home.database.read(row_of, number)).state


async def table(home: Home, number: int = 1) -> list[dict[str, str]]:
    """The ledger as a spreadsheet would read it."""
    out = io.StringIO()
    prices = read_prices(Path("/nowhere"))
    await home.database.read(lambda c: write_csv(out, lines(c, number, prices, {"gone": GONE})))
    return list(csv.DictReader(io.StringIO(out.getvalue())))


async def previewed(home: Home, plan: Plan = NEW, rule: str = "") -> Preview:
    """Preview a broadcast."""
    prices = read_prices(Path("/nowhere"))
    return await home.database.read(lambda c: preview(c, home.house, plan, rule, prices))


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


# ── pause, resume, cancel ──


async def test_paused_nothing_goes_out_and_resumed_all_does(home: Home) -> None:
    for _ in range(3):
        await joined(home)
    number = await ordered(home)
    carrier = Carrier(home.house)
    await carrier.once(number)
    await home.write(control.pause, number, home.moment)
    assert await carried(home, number) == {"waiting": 3}
    assert NEWS not in home.post.said
    await home.write(control.resume, number, home.moment)
    assert await carried(home, number) == {"sent": 3}
    assert home.post.said.count(NEWS) == 3


async def test_a_paused_one_stands_in_no_other_s_way(home: Home) -> None:
    await joined(home)
    number = await ordered(home)
    await Carrier(home.house).once(number)
    await home.write(control.pause, number, home.moment)
    assert await sent(home, Plan(texts={"en": "Another."})) == {"sent": 1}


async def test_cancelled_nobody_gets_it_any_more(home: Home) -> None:
    for _ in range(2):
        await joined(home)
    number = await ordered(home)
    await Carrier(home.house).once(number)
    await home.write(control.cancel, number, home.moment)
    assert await carried(home, number) == {"cancelled": 2}
    with pytest.raises(NotNow):
        await home.write(control.resume, number, home.moment)
    with pytest.raises(NoSuchBroadcast):
        await home.write(control.pause, 99, home.moment)


# ── sending again, and the ledger ──


async def test_sent_again_it_reaches_those_whom_it_did_not_and_nobody_twice(home: Home) -> None:
    for _ in range(3):
        await joined(home)
    home.post.fails = [DeliveryError(REFUSED), DeliveryError(BLOCKED)]
    number = await ordered(home)
    assert await carried(home, number) == {"failed": 2, "sent": 1}
    again = await home.write(lambda c: control.retry(c, number, home.moment))
    assert again == 1
    assert await carried(home, number) == {"failed": 1, "sent": 2}
    assert home.post.said.count(NEWS) == 2
    assert await home.write(lambda c: control.retry(c, number, home.moment)) == 0
    assert sorted(int(row["attempts"]) for row in await table(home)) == [1, 1, 2]


async def test_whom_it_perhaps_reached_gets_it_again_only_if_it_is_wished(home: Home) -> None:
    await joined(home)
    home.post.fails = [DeliveryError(UNCERTAIN)]
    number = await ordered(home)
    assert await carried(home, number) == {"perhaps": 1}
    assert await home.write(lambda c: control.retry(c, number, home.moment)) == 0
    assert await home.write(lambda c: control.retry(c, number, home.moment, perhaps=True)) == 1
    assert await carried(home, number) == {"sent": 1}


async def test_sent_again_on_another_channel(home: Home) -> None:
    ama = await joined(home, "whatsapp")
    owner = await ama.id()
    await home.write(lambda c: c.execute(tables.addresses.insert(), {
        "participant_id": owner, "channel": "sms", "made_at": home.moment,
        "address_index": home.house.seal.index("sms", "+33612349999"),
        "sealed": home.house.seal.seal(b"addresses", b"+33612349999")}))  # fmt: skip
    home.posts["whatsapp"].fails = [DeliveryError(GONE)]
    number = await ordered(home)
    assert await carried(home, number) == {"failed": 1}
    assert await home.write(
        lambda c: control.retry(c, number, home.moment + 1, channel="sms")) == 1  # fmt: skip
    home.waits(seconds=1)
    assert await carried(home, number) == {"sent": 1}
    assert home.posts["sms"].said == [NEWS]


async def test_the_ledger_has_a_line_for_each_and_adds_up(home: Home) -> None:
    for channel in ("telegram", "sms", "telegram"):
        await joined(home, channel)
    await (await joined(home)).says("stop")
    home.posts["telegram"].fails = [DeliveryError(GONE)]
    number = await ordered(home)
    counted = await carried(home, number)
    rows = await table(home)
    assert list(rows[0]) == ["participant", "channel", "language", "state", "reason", "segments",
                             "cost", "attempts", "first_at", "last_at", "words"]  # fmt: skip
    found: dict[str, int] = {}
    for row in rows:
        found[row["state"]] = found.get(row["state"], 0) + 1
    assert found == counted == {"failed": 1, "sent": 2, "skipped": 1}
    assert all(row["reason"] and row["words"] for row in rows if row["state"] != "sent")
    assert len({row["participant"] for row in rows}) == 4
    assert sum(found.values()) == await home.count(tables.recipients)


async def test_how_each_stands_outlives_the_deliveries(home: Home) -> None:
    await joined(home, "sms")
    number = await ordered(home)
    before = (await carried(home, number), await table(home))
    await home.write(lambda c: c.execute(tables.deliveries.delete()))
    assert (await home.database.read(fates.states, number), await table(home)) == before


async def test_who_is_forgotten_leaves_the_sum_as_it_is(home: Home) -> None:
    from bot.store.forget import forget

    await joined(home)
    ama = await joined(home)
    number = await ordered(home)
    await carried(home, number)
    owner = await ama.id()
    before = await home.database.read(fates.states, number)
    await home.write(lambda c: forget(c, home.house.media, owner, home.moment))
    assert await home.database.read(fates.states, number) == before == {"sent": 2}


async def test_who_is_forgotten_while_it_runs_had_got_it_all_the_same(home: Home) -> None:
    from bot.store.forget import forget

    ama = await joined(home)
    number = await ordered(home)
    await Carrier(home.house).once(number)
    await home.sends()
    owner = await ama.id()
    await home.write(lambda c: forget(c, home.house.media, owner, home.moment))
    assert await home.database.read(fates.states, number) == {"sent": 1}


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
