"""The window of a day: what goes out when it is closed, what waits, and what is drawn again."""

from dataclasses import replace

import msgspec
import pytest
from gateway.conftest import MakeHome
from gateway.houses import NO_PACE, Home, Phone, Post
from gateway.outbox import empties, promises, sender_of

from bot.gateway.window import is_open
from bot.store import tables
from channels.base import Incoming, Outgoing, Template
from channels.capabilities import SMS, WHATSAPP
from channels.errors import DeliveryError, Failure

CLOSED = Failure("63016", "window", False, "message", "A template is wanted.")
HOUR = 3_600_000
CALL = Template("HX1", ("Ama",), "Ama, we wait for you.")


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house on WhatsApp alone."""
    can = replace(WHATSAPP, overall=NO_PACE, per_address=NO_PACE)
    return make_home(Post("whatsapp", can))


@pytest.mark.parametrize(
    ("heard_at", "now", "is_it"),
    [(0, 23 * HOUR, True), (0, 24 * HOUR, False), (None, 0, False), (5, 4, True)],
)
def test_it_is_open_for_a_day_after_the_last_word(
    heard_at: int | None, now: int, is_it: bool
) -> None:
    assert is_open(WHATSAPP, heard_at, now) is is_it
    assert is_open(SMS, heard_at, now)


async def owed(home: Home, ama: Phone, **more: object) -> None:
    """Promise one message to somebody who wrote a day ago."""
    await ama.says("hello")
    home.post.sent.clear()
    home.waits(hours=24)
    await promises(home, ama, "And then?")
    (*_, row) = await home.rows(tables.deliveries)
    seal = home.house.seal
    told = msgspec.json.decode(seal.open(b"deliveries", row.sealed), type=Outgoing)
    body = seal.seal(b"deliveries", msgspec.json.encode(msgspec.structs.replace(told, **more)))
    await home.write(lambda c: c.execute(tables.deliveries.update().values(sealed=body)
                                         .where(tables.deliveries.c.id == row.id)))  # fmt: skip


async def test_outside_it_nothing_is_sent(home: Home) -> None:
    ama = home.person()
    await owed(home, ama)
    await home.sends()
    assert (await home.states())[-1] == ("skipped", "window")
    assert home.post.sent == []


async def test_outside_it_a_template_goes_in_the_place_of_the_words(home: Home) -> None:
    ama = home.person()
    await owed(home, ama, outside=CALL)
    await home.sends()
    ((_, sent),) = home.post.sent
    assert (sent.do, sent.outside) == ("template", CALL)
    assert (await home.states())[-1] == ("sent", "")


async def test_within_it_the_words_themselves_go(home: Home) -> None:
    ama = home.person()
    await owed(home, ama, outside=CALL)
    await ama.writes("here I am")
    await home.answers()
    await home.sends()
    assert [one.do for _, one in home.post.sent] == ["send", "send"]
    assert home.post.said[0] == "And then?"


async def test_what_waits_for_the_next_word_goes_before_its_answer(home: Home) -> None:
    ama = home.person()
    await owed(home, ama, waits=True)
    await home.sends()
    home.waits(hours=1000)
    await home.sends()
    assert (await home.states())[-1] == ("waiting", "window")
    await ama.says("here I am")
    assert home.post.said[0] == "And then?"
    assert len(home.post.said) == 2


async def test_what_waits_holds_up_nothing_that_comes_later(home: Home) -> None:
    ama = home.person()
    await owed(home, ama, waits=True)
    await home.sends()
    await owed(home, home.person(), outside=CALL)
    await promises(home, ama, "later")
    await home.sends()
    states = [one for one, _ in await home.states()]
    assert states == ["sent", "waiting", "sent", "sent", "skipped"]


async def test_a_message_leaves_from_the_sender_whose_window_is_open(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", account="+33700000001")
    await ama.writes("hello again", account="+33700000002")
    await promises(home, ama, "And then?")
    await home.answers()
    await home.sends()
    assert {one.account for _, one in home.post.sent[1:]} == {"+33700000002"}


async def test_a_window_that_is_closed_against_our_count_is_closed_from_then_on(
    home: Home,
) -> None:
    ama = home.person()
    await ama.says("hello")
    await promises(home, ama, "And then?", "And then again?")
    home.post.fails.append(DeliveryError(CLOSED))
    await empties(home, sender_of(home))
    assert [state for state, _ in await home.states()] == ["sent", "skipped", "skipped"]
    assert len(home.post.sent) == 1


async def told(home: Home, number: str, message: str, code: str = "63016") -> None:
    """Bring the status of a message that the window refused."""
    status = Incoming("whatsapp", f"s:{message}", "status", status="failed", reason=code,
                      means="window", delivery=number, message_id=message)  # fmt: skip
    await home.receives(status)
    await home.answers()
    await home.sends()


async def test_a_question_that_the_window_refused_is_drawn_again_and_not_answered_unseen(
    home: Home,
) -> None:
    ama = home.person()
    await ama.says("hello")
    assert await ama.presses("Go ahead") == "What is missing?"
    asked = (await home.rows(tables.deliveries))[-1]
    await told(home, str(asked.id), asked.provider_id)
    assert (await home.states())[-1] == ("skipped", "window")
    home.waits(hours=2)
    assert await ama.says("are you still there?") == "What is missing?"
    assert await home.kept("missing") == []
    assert await ama.says("seeds") == "What is best?"
    assert await home.kept("missing") == ["seeds"]


async def test_two_messages_at_once_do_not_answer_what_was_never_seen(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    await ama.presses("Go ahead")
    asked = (await home.rows(tables.deliveries))[-1]
    await told(home, str(asked.id), asked.provider_id)
    home.post.sent.clear()
    await home.receives(ama.message("are you"), ama.message("still there?"))
    home.waits(seconds=1)
    await home.answers()
    await home.sends()
    assert home.post.said == ["What is missing?"]
    assert await home.kept("missing") == []


async def test_a_command_is_heard_at_a_question_that_was_never_seen(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    await ama.presses("Go ahead")
    asked = (await home.rows(tables.deliveries))[-1]
    await told(home, str(asked.id), asked.provider_id)
    assert (await ama.says("help")).endswith("What is missing?")


async def test_a_question_that_was_refused_at_once_is_drawn_again_too(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    home.post.fails.append(DeliveryError(CLOSED))
    await ama.presses("Go ahead")
    await home.sends()
    assert (await home.states())[-1] == ("skipped", "window")
    assert await ama.says("seeds") == "What is missing?"


async def test_a_template_that_is_refused_ends_there(home: Home) -> None:
    ama = home.person()
    await owed(home, ama, outside=CALL)
    await home.sends()
    row = (await home.rows(tables.deliveries))[-1]
    await told(home, str(row.id), row.provider_id)
    assert (await home.states())[-1] == ("failed", "63016")
    assert len(home.post.sent) == 1
