"""The outbox: at a pace, in order for each person, and every promise has an outcome."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import NO_PACE, Home, Phone, Post
from sqlalchemy import Connection, update

from bot.gateway import deliver as room
from bot.gateway.deliver import ATTEMPTS, Sender
from bot.gateway.pace import Bucket
from bot.store import deliveries, tables
from bot.store.database import DatabaseAway
from bot.store.participants import by_index
from bot.store.wire import NewDelivery
from channels.base import Outgoing, Pace
from channels.capabilities import TELEGRAM
from channels.errors import DeliveryError, Failure

TRANSIENT = Failure("busy", "transient", True, "message", "The provider is busy.")
REFUSED = Failure("too long", "refused", False, "message", "Too long.")
GONE = Failure("gone", "gone", False, "address", "Nobody is there.")
BLOCKED = Failure("blocked", "opted_out", False, "address", "They blocked us.")
UNCERTAIN = Failure("uncertain", "uncertain", False, "message", "No answer.")
THROTTLED = Failure("throttled", "throttled", True, "sender", "Too many.")
MOVED = Failure("moved", "moved", True, "address", "Moved.")
TOKEN = Failure("token", "sender", True, "sender", "Unknown token.")


def sender_of(home: Home) -> Sender:
    """A sender whose waits move the clock."""

    async def pause(seconds: float) -> None:
        home.waits(seconds=seconds)
        await asyncio.sleep(0)

    return Sender(home.house, home.post, pause)  # type: ignore[arg-type]


async def empties(home: Home, sender: Sender, *, until: int | None = None) -> None:
    """Send until nothing waits any more, moving the clock to whatever is next."""
    while until is None or home.moment < until:
        await sender.send_all_due()
        due = await home.database.read(deliveries.next_due, home.post.name, home.moment)
        due = max(due or 0, sender.hold_until) if due else None
        if due is None:
            return
        home.moment = max(home.moment, due)


async def knows(home: Home, *phones: Phone) -> None:
    """Let people be known, with nothing in the outbox."""
    for one in phones:
        await one.writes("hello")
    await home.answers()
    await home.write(lambda c: c.execute(tables.deliveries.delete()))


async def promises(home: Home, phone: Phone, *texts: str, **more: Any) -> None:
    """Promise messages to an address."""

    def work(connection: Connection) -> None:
        seal = home.house.seal
        index = seal.index(phone.channel, phone.address)
        found = by_index(connection, [index])[index]
        kind = {"kind": "reply"} | more
        new = [NewDelivery(found.participant, found.id, phone.channel,
                           outgoing=_body(Outgoing(phone.address, text=text)), **kind)
               for text in texts]  # fmt: skip
        deliveries.promise(connection, seal, new, home.moment)

    await home.write(work)


def _body(outgoing: Outgoing) -> bytes:
    import msgspec

    return msgspec.json.encode(outgoing)


async def test_what_is_sent_has_the_provider_s_id_and_its_time(home: Home) -> None:
    await home.person().says("hello")
    (row,) = await home.rows(tables.deliveries)
    assert (row.state, row.provider_id, row.attempts) == ("sent", "p1", 1)
    assert row.first_at == row.last_at == row.made_at


async def test_each_person_s_messages_go_out_in_their_order(home: Home) -> None:
    people = [home.person() for _ in range(30)]
    await knows(home, *people)
    for number in range(5):
        for one in people:
            await promises(home, one, str(number))
    await home.sends()
    for one in people:
        assert [out.text for _, out in home.post.sent if out.address == one.address] == list(
            "01234"
        )


async def test_a_failure_that_passes_is_tried_again_ever_later_and_nothing_overtakes_it(
    home: Home,
) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "one", "two")
    home.post.fails = [DeliveryError(TRANSIENT) for _ in range(4)]
    begun = home.moment
    await empties(home, sender_of(home))
    assert home.post.said == ["one", "two"]
    assert 15_000 < home.moment - begun < 40_000  # 1 + 2 + 5 + 15 seconds, and chance
    first, second = await home.rows(tables.deliveries)
    assert (first.attempts, second.attempts) == (5, 1)


async def test_a_failure_that_does_not_pass_ends_with_a_reason(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "one", "two")
    home.post.fails = [DeliveryError(TRANSIENT) for _ in range(ATTEMPTS)]
    await empties(home, sender_of(home))
    assert await home.states() == [("failed", "busy"), ("sent", "")]


@pytest.mark.parametrize(
    ("failure", "state", "reason", "address"),
    [
        (REFUSED, "failed", "too long", "good"),
        (GONE, "failed", "gone", "gone"),
        (BLOCKED, "failed", "blocked", "blocked"),
    ],
)
async def test_each_failure_says_what_it_means_for_the_message_and_the_address(
    home: Home, failure: Failure, state: str, reason: str, address: str
) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "one")
    home.post.fails = [DeliveryError(failure)]
    await empties(home, sender_of(home))
    assert await home.states() == [(state, reason)]
    assert [row.state for row in await home.rows(tables.addresses)] == [address]


async def test_to_an_address_that_is_gone_nothing_more_is_tried(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    home.post.fails = [DeliveryError(GONE)]
    await promises(home, ama, "one")
    await home.sends()
    await promises(home, ama, "two")
    await home.sends()
    assert await home.states() == [("failed", "gone"), ("failed", "gone")]
    assert home.post.sent == []


async def test_what_nobody_knows_is_sent_again_once_and_is_then_perhaps(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "one", "two")
    home.post.fails = [DeliveryError(UNCERTAIN), DeliveryError(UNCERTAIN)]
    await empties(home, sender_of(home))
    assert await home.states() == [("perhaps", "uncertain"), ("sent", "")]
    assert [row.attempts for row in await home.rows(tables.deliveries)] == [2, 1]


async def test_that_it_was_repeated_is_not_forgotten_over_another_failure(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "one")
    home.post.fails = [DeliveryError(one) for one in (UNCERTAIN, TRANSIENT, UNCERTAIN)]
    await empties(home, sender_of(home))
    assert await home.states() == [("perhaps", "uncertain")]


async def test_an_announcement_is_not_repeated(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "news", kind="broadcast", rank=2)
    home.post.fails = [DeliveryError(UNCERTAIN)]
    await empties(home, sender_of(home))
    assert await home.states() == [("perhaps", "uncertain")]
    assert home.post.sent == []


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


async def test_a_message_of_several_units_takes_as_many_from_the_pace() -> None:
    bucket = Bucket(Pace(10, 1), 0)
    bucket.take(5, 0)
    assert bucket.wait(1, 0) == 501
    assert bucket.wait(1, 600) == 0
    assert Bucket(Pace(10, 3), 0).wait(5, 0) == 0  # more than it ever holds goes out all the same


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


async def test_a_question_s_buttons_are_closed_on_the_message_that_asked_it(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "yes")
    asked = next(out for _, out in home.post.sent if out.buttons)
    (closed,) = [out for _, out in home.post.sent if out.do == "close"]
    assert closed.of == f"p{[out for _, out in home.post.sent].index(asked) + 1}"


async def test_buttons_are_closed_even_if_question_and_answer_go_out_together(home: Home) -> None:
    ama = home.person()
    await ama.writes("hello")
    await home.answers()
    await ama.writes("yes")
    await home.answers()
    await home.sends()
    closed = [out.of for _, out in home.post.sent if out.do == "close"]
    assert closed == ["p1"]


async def test_buttons_of_a_question_that_was_never_sent_need_no_closing(home: Home) -> None:
    ama = home.person()
    await ama.writes("hello")
    await home.answers()
    home.post.fails = [DeliveryError(REFUSED)]
    await home.sends()
    await ama.says("yes")
    assert ("skipped", "the question was never sent") in await home.states()


async def test_who_moved_gets_this_and_all_that_follows_at_the_new_number(home: Home) -> None:
    ama = home.person("-100")
    await knows(home, ama)
    await promises(home, ama, "one")
    home.post.fails = [DeliveryError(MOVED, moved_to="-200")]
    await empties(home, sender_of(home))
    assert [(out.address, out.text) for _, out in home.post.sent] == [("-200", "one")]
    assert "Shall we begin?" in await home.person("-200").says("repeat")
    assert await home.count(tables.participants) == 1


async def test_a_number_that_moves_again_and_again_is_given_up(home: Home) -> None:
    ama = home.person("-100")
    await knows(home, ama)
    await promises(home, ama, "one")
    home.post.fails = [DeliveryError(MOVED, moved_to=f"-{n}") for n in range(200, 240)]
    await empties(home, sender_of(home))
    assert await home.states() == [("failed", "moved")]


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
    assert sender.broken == "Unknown token."
    assert home.post.sent == []
    home.waits(seconds=30)
    assert await sender._begin_due() == 30_000
    await empties(home, sender)
    assert sender.broken == ""
    assert {at - begun >= 60_000 for at, _ in home.post.sent} == {True}
    assert await home.states() == [("sent", "")] * 3


async def test_what_a_crash_left_half_sent_goes_again_once_an_announcement_does_not(
    home: Home,
) -> None:
    ama, ben = home.person(), home.person()
    await knows(home, ama, ben)
    await promises(home, ama, "reply")
    await promises(home, ben, "news", kind="broadcast", rank=2)
    sending = update(tables.deliveries).values(state="sending", attempts=1, last_at=1)
    await home.write(lambda c: c.execute(sending))
    sender = sender_of(home)
    await sender.settle_what_a_crash_left()
    await empties(home, sender)
    assert home.post.said == ["reply"]
    assert [state for state, _ in await home.states()] == ["sent", "perhaps"]


async def test_what_another_process_has_in_hand_is_not_taken_for_a_crashs(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "reply")
    just_now = home.house.clock()
    sending = update(tables.deliveries).values(state="sending", attempts=1, last_at=just_now)
    await home.write(lambda c: c.execute(sending))
    await sender_of(home).settle_what_a_crash_left()
    alone = home.database.embedded  # then nobody else can have it in hand
    assert await home.states() == [("waiting", "uncertain") if alone else ("sending", "")]


async def test_after_two_crashes_nobody_is_written_to_a_third_time(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "reply")
    for _ in range(2):
        sending = update(tables.deliveries).values(state="sending", last_at=1)
        await home.write(lambda c, query=sending: c.execute(query))
        await sender_of(home).settle_what_a_crash_left()
    await home.sends()
    assert await home.states() == [("perhaps", "uncertain")]
    assert home.post.sent == []


async def test_a_fault_of_ours_is_borne_by_one_delivery_alone(home: Home) -> None:
    ama, ben = home.person(), home.person()
    await knows(home, ama, ben)
    await promises(home, ama, "one")
    await promises(home, ben, "two")
    spoilt = update(tables.deliveries).where(tables.deliveries.c.id == 1).values(sealed=b"spoilt")
    first = (await home.rows(tables.deliveries))[0].id
    spoilt = update(tables.deliveries).where(tables.deliveries.c.id == first)
    await home.write(lambda c: c.execute(spoilt.values(sealed=b"spoilt" * 5)))
    await home.sends()
    assert await home.states() == [("failed", "CannotOpen"), ("sent", "")]


async def test_outcomes_wait_for_the_database_and_nothing_is_sent_twice(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "one")
    monkeypatch.setattr(room.asyncio, "sleep", _at_once)
    settle, away = deliveries.settle, [True, True]

    def sometimes(*args: Any) -> None:
        if away:
            away.pop()
            raise DatabaseAway
        settle(*args)

    monkeypatch.setattr(room.deliveries, "settle", sometimes)
    await home.sends()
    assert home.post.said == ["one"]
    assert await home.states() == [("sent", "")]


async def _at_once(_seconds: float) -> None:
    """Do not wait."""


async def test_what_was_not_tried_was_not_handed_over(make_home: MakeHome) -> None:
    home = make_home(Post(can=replace(TELEGRAM, overall=NO_PACE, per_address=Pace(1, 1))))
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "one", "two")
    await sender_of(home).send_all_due()
    first, second = await home.rows(tables.deliveries)
    assert first.first_at is not None
    assert (second.state, second.first_at, second.attempts) == ("waiting", None, 0)


async def test_a_running_sender_wakes_for_what_is_promised_and_ends_when_asked(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    stopping = asyncio.Event()
    running = asyncio.create_task(Sender(home.house, home.post).run(stopping))  # type: ignore[arg-type]
    await asyncio.sleep(0.05)
    await promises(home, ama, "one")
    home.database.ring("outbox")
    async with asyncio.timeout(5):
        while not home.post.sent:
            await asyncio.sleep(0.01)
        stopping.set()
        home.database.ring_all()
        await running
    assert await home.states() == [("sent", "")]


async def test_no_outcome_is_lost_while_others_are_being_written(home: Home) -> None:
    people = [home.person() for _ in range(40)]
    await knows(home, *people)
    right, turn = home.post.send, iter(range(1000))

    async def slowly(outgoing: Outgoing) -> Any:
        await asyncio.sleep(0.003 * (next(turn) % 7))
        return await right(outgoing)

    home.post.send = slowly  # type: ignore[method-assign]
    stopping = asyncio.Event()
    running = asyncio.create_task(Sender(home.house, home.post).run(stopping))  # type: ignore[arg-type]
    for one in people:
        await promises(home, one, "one", "two")
        home.database.ring("outbox")
    async with asyncio.timeout(10):
        while len(home.post.sent) < 80:
            await asyncio.sleep(0.01)
        stopping.set()
        home.database.ring_all()
        await running
    assert await home.states() == [("sent", "")] * 80


async def test_a_status_moves_forward_and_never_back(home: Home) -> None:
    await home.person().says("hello")
    (row,) = await home.rows(tables.deliveries)
    moves = [("delivered", True), ("sent", False), ("read", True), ("delivered", False),
             ("failed", False), ("waiting", False)]  # fmt: skip
    for state, moved in moves:
        assert await home.write(deliveries.advance, row.id, state, "") is moved
    assert Counter(await home.states()) == {("read", ""): 1}
