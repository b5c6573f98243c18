"""A broadcast paused, cancelled, sent again; and the ledger of what became of each."""

import pytest
from gateway.announcing import GONE, NEWS, carried, house, joined, ordered, sent, table
from gateway.conftest import MakeHome
from gateway.houses import Home
from gateway.outbox import TRANSIENT

from bot.gateway.broadcasts import control
from bot.gateway.broadcasts.carrying import Carrier
from bot.gateway.broadcasts.control import NotNow
from bot.gateway.broadcasts.plan import NoSuchBroadcast, Plan
from bot.store import fates, tables
from channels.base import Outgoing, Receipt
from channels.errors import DeliveryError, Failure

REFUSED = Failure("refused", "refused", False, "message", "refused")
UNCERTAIN = Failure("uncertain", "uncertain", False, "message", "no answer")
BLOCKED = Failure("blocked", "opted_out", False, "address", "blocked")


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with three channels; NOON is in nobody's night."""
    return house(make_home)


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


async def test_paused_it_reaches_nobody_who_writes_though_it_was_tried_before(home: Home) -> None:
    ama, post = await joined(home, "sms"), home.posts["sms"]
    post.fails = [DeliveryError(TRANSIENT)]
    number = await ordered(home)
    assert await carried(home, number) == {"waiting": 1}
    await home.write(control.pause, number, home.moment)
    await ama.says("hello")
    assert NEWS not in post.said
    await home.write(control.resume, number, home.moment)
    assert await carried(home, number) == {"sent": 1}


async def test_paused_it_reaches_nobody_though_it_was_just_being_tried(home: Home) -> None:
    ama, post = await joined(home, "sms"), home.posts["sms"]
    number, send = await ordered(home), post.send

    async def pauses(outgoing: Outgoing) -> Receipt:
        await home.write(control.pause, number, home.moment)
        raise DeliveryError(TRANSIENT)

    post.send = pauses  # type: ignore[method-assign]
    assert await carried(home, number) == {"waiting": 1}
    post.send = send  # type: ignore[method-assign]
    home.waits(hours=1)
    await ama.says("hello")
    assert NEWS not in post.said
    await home.write(control.resume, number, home.moment)
    assert await carried(home, number) == {"sent": 1}


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
    assert sorted(int(row["attempts"]) for row in await table(home)) == [1, 1, 1]


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
