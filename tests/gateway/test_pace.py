"""How fast a sender sends, who goes first, and that nobody holds up the others."""

import asyncio
import bisect
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from gateway.conftest import MakeHome
from gateway.houses import NO_PACE, Home, Phone, Post
from gateway.outbox import THROTTLED, TOKEN, TRANSIENT, empties, knows, promises, sender_of
from sqlalchemy import update

from bot.gateway.deliver import Sender
from bot.gateway.pace import Bucket, Gone, Metronome
from bot.store import tables, waiting
from channels.base import Pace
from channels.capabilities import TELEGRAM
from channels.errors import DeliveryError


async def test_retry_after_holds_the_whole_bot(home: Home) -> None:
    people = [home.person() for _ in range(5)]
    await knows(home, *people)
    for one in people:
        await promises(home, one, "one")
    home.post.fails = [DeliveryError(THROTTLED, retry_after=30)]
    begun = home.moment
    await empties(home, sender_of(home))
    assert len(home.post.sent) == 5
    late = [at - begun for at, _ in home.post.sent if at - begun >= 30_000]
    assert late, "the one that was refused comes again after the wait"
    assert await home.states() == [("sent", "")] * 5


async def test_while_the_bot_must_wait_nobody_who_stood_in_line_is_sent_to(
    make_home: MakeHome,
) -> None:
    home = make_home(Post(can=replace(TELEGRAM, overall=Pace(10, 1), per_address=NO_PACE)))
    people = [home.person() for _ in range(20)]
    await knows(home, *people)
    for one in people:
        await promises(home, one, "one")
    home.post.fails = [DeliveryError(THROTTLED, retry_after=30)]
    begun = home.moment
    await empties(home, sender_of(home))
    assert min(at for at, _ in home.post.sent) >= begun + 30_000
    assert len(home.post.sent) == 20


@pytest.mark.parametrize("per_second", [5, 30, 100])
async def test_the_pace_is_reached_and_never_passed_in_any_one_second(
    make_home: MakeHome, per_second: int
) -> None:
    home = make_home(Post(can=replace(TELEGRAM, overall=Pace(per_second, 1), per_address=NO_PACE)))
    people = [home.person() for _ in range(per_second * 4)]
    await knows(home, *people)
    for one in people:
        await promises(home, one, "one")
    begun = home.moment
    await empties(home, sender_of(home))
    times = sorted(at for at, _ in home.post.sent)
    assert len(times) == len(people)
    for start in times:
        assert sum(start <= at < start + 1000 for at in times) <= per_second
    assert len(times) / ((times[-1] - begun) / 1000) >= 0.9 * per_second


async def test_one_chat_gets_three_at_once_and_then_one_a_second(make_home: MakeHome) -> None:
    home = make_home(Post(can=replace(TELEGRAM, overall=NO_PACE, per_address=Pace(1, 3))))
    ama, ben = home.person(), home.person()
    await knows(home, ama, ben)
    await promises(home, ama, *"123456")
    await promises(home, ben, "to ben")
    begun = home.moment
    await empties(home, sender_of(home))
    assert [out.text for _, out in home.post.sent if out.address == ama.address] == list("123456")
    waits = [round((at - begun) / 1000) for at, out in home.post.sent if out.address == ama.address]
    assert waits == [0, 0, 0, 1, 2, 3]
    (at,) = [at for at, out in home.post.sent if out.address == ben.address]
    assert at - begun < 100


async def test_a_group_gets_never_more_than_twenty_a_minute(make_home: MakeHome) -> None:
    home = make_home(Post(can=replace(TELEGRAM, overall=NO_PACE)))
    group, ama = home.person("-1001234567890"), home.person()
    await knows(home, group, ama)
    await promises(home, group, *map(str, range(45)))
    await promises(home, ama, "1", "2", "3")
    begun = home.moment
    await empties(home, sender_of(home))
    times = [at - begun for at, out in home.post.sent if out.address == group.address]
    assert [out.text for _, out in home.post.sent if out.address == group.address] == [
        str(number) for number in range(45)
    ]
    for start in times:
        assert sum(start <= at < start + 60_000 for at in times) <= 20
    assert times[-1] < 140_000
    assert all(at - begun < 1000 for at, out in home.post.sent if out.address == ama.address)


async def test_a_message_of_several_units_takes_as_many_from_the_pace() -> None:
    bucket = Bucket(Pace(10, 1), 0)
    bucket.take(5, 0)
    assert bucket.wait(1, 0) == 501
    assert bucket.wait(1, 600) == 0
    assert Bucket(Pace(10, 3), 0).wait(5, 0) == 0  # more than it ever holds goes out all the same


@pytest.mark.parametrize("per_second", [0.5, 1, 7, 30, 1000])
@pytest.mark.parametrize("late", [0, 3, 40])
def test_however_late_one_wakes_up_no_second_holds_more_than_the_pace(
    per_second: float, late: int
) -> None:
    pace, moment, times = Metronome(Pace(per_second, 1), 0), 0, []
    while moment < 20_000:
        if wait := pace.wait(1, moment):
            moment += wait + random.randint(0, late)
        else:
            pace.take(1, moment)
            times.append(moment)
    for place, start in enumerate(times):
        assert bisect.bisect_left(times, start + 1000) - place <= max(1, per_second)
    assert len(times) >= (0.98 if late < 40 else 0.9) * 20 * per_second - 1


@pytest.mark.parametrize("stalls_for", [0, 15, 60, 200])
@pytest.mark.parametrize("way", [1, 80, 400])
def test_no_second_holds_more_than_the_pace_where_it_arrives_after_we_were_held_up(
    stalls_for: int, way: int
) -> None:
    pace, moment, per_second = Metronome(Pace(300, 1), 0), 0, 300
    under_way: deque[tuple[int, Gone]] = deque()
    arrived: list[int] = []
    while moment < 20_000:
        while under_way and under_way[0][0] + way <= moment:
            pace.came(under_way.popleft()[1], moment)
        if wait := pace.wait(1, moment):
            moment += min(wait, 3)
            continue
        until_stall = 1000 - moment % 1000  # of what is taken just before it, nothing leaves
        leaves = moment + until_stall + stalls_for if until_stall <= 30 else moment
        under_way.append((leaves, pace.take(1, moment)))
        arrived.append(leaves)
        moment = max(moment, leaves) if until_stall == 1 else moment
    arrived.sort()
    for place, start in enumerate(arrived):
        assert bisect.bisect_left(arrived, start + 1000) - place <= per_second
    assert len(arrived) >= 0.9 * 20 * per_second


def test_who_gets_no_answer_counts_a_quarter_of_a_second_longer_and_then_no_more() -> None:
    pace = Metronome(Pace(1, 1), 0)
    pace.came(pace.take(1, 0), 5)
    pace.take(1, 2000)
    moment = 2000
    while wait := pace.wait(1, moment):
        moment += wait
    assert 3250 <= moment <= 3260


def test_what_counts_as_more_than_a_second_holds_goes_and_is_owed() -> None:
    pace = Metronome(Pace(10, 1), 0)
    pace.take(12, 0)
    assert pace.wait(1, 1000) > 0
    assert pace.wait(1, 1300) == 0


async def test_replies_go_out_before_announcements(home: Home) -> None:
    people = [home.person() for _ in range(10)]
    await knows(home, *people)
    for one in people[:9]:
        await promises(home, one, "news", kind="broadcast", rank=2)
    await promises(home, people[9], "reminder", kind="reminder", rank=1)
    await promises(home, people[9], "reply")
    await home.sends()
    assert home.post.said == ["reply", "reminder"] + ["news"] * 9 or home.post.said[0] == "reply"
    assert home.post.said.index("reply") < home.post.said.index("news")


async def begins(home: Home, people: list[Phone]) -> asyncio.Task[None]:
    """A sender at work that has sent the first few of many announcements."""
    await knows(home, *people)
    for one in people:
        await promises(home, one, "news", kind="broadcast", rank=2)
    sender = Sender(home.house, home.post, _tenfold(home))  # type: ignore[arg-type]
    running = asyncio.create_task(sender.run(asyncio.Event()))
    async with asyncio.timeout(5):
        while len(home.post.sent) < 3:
            await asyncio.sleep(0.005)
    return running


def _tenfold(home: Home) -> Callable[[float], Awaitable[None]]:
    """Return a wait that moves the clock, a tenth as long."""

    async def pause(seconds: float) -> None:
        await asyncio.sleep(seconds / 10)
        home.waits(seconds=seconds)

    return pause


async def test_a_reply_and_a_stop_overtake_announcements_that_were_not_sent_yet(
    make_home: MakeHome,
) -> None:
    home = make_home(Post(can=replace(TELEGRAM, overall=Pace(5, 1), per_address=NO_PACE)))
    people = [home.person() for _ in range(40)]
    running = await begins(home, people)
    assert Counter(state for state, _ in await home.states())["sending"] <= 3
    stopped = await people[-1].id()
    assert await home.write(waiting.cancel, stopped, "stopped") == 1
    before = len(home.post.sent)
    await promises(home, people[-2], "reply")
    home.database.ring("outbox")
    async with asyncio.timeout(5):
        while "reply" not in home.post.said:
            await asyncio.sleep(0.005)
    running.cancel()
    assert home.post.said.index("reply") - before <= 3


async def test_who_says_stop_while_a_message_stands_in_line_is_not_sent_it(
    make_home: MakeHome,
) -> None:
    home = make_home(Post(can=replace(TELEGRAM, overall=Pace(5, 1), per_address=NO_PACE)))
    ama, ada, ben, cleo = (home.person() for _ in range(4))
    await knows(home, ama, ada, ben, cleo)  # the first two go at once
    for one in (ama, ada, ben, cleo):
        await promises(home, one, "news", kind="broadcast", rank=2)
    people, places = tables.participants, tables.addresses
    stops = update(people).where(people.c.id == await ben.id()).values(stopped_at=home.moment)
    gone = update(places).where(places.c.participant_id == await cleo.id()).values(state="blocked")

    async def pause(seconds: float) -> None:
        """Let them leave while they wait."""
        home.waits(seconds=seconds)
        if home.post.sent:
            await home.write(lambda c: c.execute(stops) and None)
            await home.write(lambda c: c.execute(gone) and None)

    sender = Sender(home.house, home.post, pause)  # type: ignore[arg-type]
    await empties(home, sender)
    assert [out.address for _, out in home.post.sent] == [ama.address, ada.address]
    assert (await home.states())[2:] == [("cancelled", "stopped"), ("failed", "blocked")]


async def test_what_was_erased_while_it_stood_in_line_is_not_sent(make_home: MakeHome) -> None:
    home = make_home(Post(can=replace(TELEGRAM, overall=Pace(5, 1), per_address=NO_PACE)))
    ama, ada, ben = home.person(), home.person(), home.person()
    await knows(home, ama, ada, ben)  # the first two go at once
    for one, words in ((ama, "one"), (ada, "two"), (ben, "three")):
        await promises(home, one, words)

    async def pause(seconds: float) -> None:
        home.waits(seconds=seconds)
        await home.write(lambda c: c.execute(tables.deliveries.delete()) and None)

    await Sender(home.house, home.post, pause).send_all_due()  # type: ignore[arg-type]
    assert home.post.said == ["one", "two"]


async def test_who_gets_no_answer_from_the_provider_holds_up_nobody_else(
    make_home: MakeHome,
) -> None:
    slow = replace(TELEGRAM, overall=Pace(30, 1), per_address=NO_PACE)
    home = make_home(Post(can=slow))
    ama, ben = home.person(), home.person()
    await knows(home, ama, ben)
    await promises(home, ama, *map(str, range(40)))  # more than are taken at a time
    await promises(home, ben, "to ben")
    home.post.hangs_for = ama.address
    stopping = asyncio.Event()
    running = asyncio.create_task(Sender(home.house, home.post).run(stopping))  # type: ignore[arg-type]
    async with asyncio.timeout(5):
        while "to ben" not in home.post.said:
            home.waits(seconds=0.01)
            await asyncio.sleep(0.01)
    running.cancel()


async def test_who_must_be_tried_later_holds_up_nobody_else(make_home: MakeHome) -> None:
    home = make_home(Post(can=replace(TELEGRAM, overall=Pace(30, 1), per_address=NO_PACE)))
    ama, ben = home.person(), home.person()
    await knows(home, ama, ben)
    await promises(home, ama, *map(str, range(40)))
    await promises(home, ben, "to ben")
    home.post.fails = [DeliveryError(TRANSIENT)]
    await sender_of(home).send_all_due()
    assert home.post.said == ["to ben"]


async def test_a_provider_that_does_not_know_us_is_asked_again_a_minute_later_not_sooner(
    home: Home,
) -> None:
    people = [home.person() for _ in range(3)]
    await knows(home, *people)
    for one in people:
        await promises(home, one, "one")
    begun, sender = home.moment, sender_of(home)
    home.post.fails = [DeliveryError(TOKEN)] * 3
    await sender.send_all_due()
    assert sender.attempts.broken == "Unknown token."
    assert home.post.sent == []
    home.waits(seconds=30)
    assert await sender._begin_due() == 30_000
    await empties(home, sender)
    assert sender.attempts.broken == ""
    assert {at - begun >= 60_000 for at, _ in home.post.sent} == {True}
    assert await home.states() == [("sent", "")] * 3
