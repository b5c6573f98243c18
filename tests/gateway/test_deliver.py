"""The outbox: in order for each person, and every promise has an outcome."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import NO_PACE, Home, Post
from gateway.outbox import (
    BLOCKED,
    GONE,
    MOVED,
    REFUSED,
    TRANSIENT,
    empties,
    knows,
    promises,
    sender_of,
)
from sqlalchemy import update

from bot.gateway import deliver as room
from bot.gateway import settling
from bot.gateway.attempt import ATTEMPTS
from bot.gateway.deliver import Sender
from bot.store import deliveries, tables, told
from bot.store.database import DatabaseAway
from channels.base import Outgoing, Pace, Receipt
from channels.capabilities import TELEGRAM
from channels.errors import DeliveryError, Failure


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


async def test_who_is_sent_much_slowly_is_not_taken_for_one_whose_sender_died(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, *"12345")
    send, taken = home.post.send, []

    async def slowly(outgoing: Outgoing) -> Receipt:
        row = (await home.rows(tables.deliveries))[int(outgoing.text) - 1]
        taken.append(home.moment - row.last_at)
        home.waits(seconds=60)
        return await send(outgoing)

    home.post.send = slowly  # type: ignore[method-assign]
    await home.sends()
    assert home.post.said == list("12345")
    assert max(taken) <= room.BEGUN_MS


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
    monkeypatch.setattr(settling.asyncio, "sleep", _at_once)
    settle, away = deliveries.settle, [True, True]

    def sometimes(*args: Any) -> None:
        if away:
            away.pop()
            raise DatabaseAway
        settle(*args)

    monkeypatch.setattr(settling.deliveries, "settle", sometimes)
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


@pytest.mark.parametrize("error", [DatabaseAway("locked"), KeyError("odd")])
async def test_a_sender_whose_start_fails_settles_and_sends_later(
    home: Home, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "one")
    sending = update(tables.deliveries).values(state="sending", attempts=1, last_at=1)
    await home.write(lambda c: c.execute(sending))
    settle, fails = deliveries.uncertain, [error]

    def sometimes(*args: Any) -> tuple[int, int]:
        if fails:
            raise fails.pop()
        return settle(*args)

    monkeypatch.setattr(room.deliveries, "uncertain", sometimes)
    monkeypatch.setattr(room, "NET_MS", 50)
    stopping = asyncio.Event()
    running = asyncio.create_task(Sender(home.house, home.post).run(stopping))  # type: ignore[arg-type]
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
        assert await home.write(told.advance, row.id, state, "") is moved
    assert Counter(await home.states()) == {("read", ""): 1}
