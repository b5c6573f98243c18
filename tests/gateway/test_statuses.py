"""What providers tell later about a delivery: forwards only, and never about another's."""

from dataclasses import replace
from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import NO_PACE, Home, Post

from bot.store import tables
from channels.base import Incoming
from channels.capabilities import TELEGRAM


async def told(home: Home, status: str, **more: Any) -> None:
    """Bring a status of the first delivery, and let it be noted."""
    known = {"delivery": "1", "message_id": "p1"} | more
    number = len(await home.rows(tables.inbox))
    one = Incoming("telegram", f"s:{number}", "status", "addr", status=status, **known)
    await home.receives(one)
    await home.answers()


async def state(home: Home) -> tuple[str, str]:
    row = (await home.rows(tables.deliveries))[0]
    return row.state, row.reason


async def test_a_status_moves_forward_and_never_back(home: Home) -> None:
    await home.person().says("hello")
    for said, seen in (("delivered", "delivered"), ("sent", "delivered"), ("read", "read"),
                       ("failed", "read")):  # fmt: skip
        await told(home, said)
        assert (await state(home))[0] == seen


@pytest.mark.parametrize(
    ("means", "address"), [("gone", "gone"), ("opted_out", "blocked"), ("refused", "good")]
)
async def test_a_failure_says_what_it_means_for_the_address(
    home: Home, means: str, address: str
) -> None:
    await home.person().says("hello")
    await told(home, "failed", reason="30005", means=means)
    assert await state(home) == ("failed", "30005")
    assert (await home.rows(tables.addresses))[0].state == address


@pytest.mark.parametrize(
    "other", [{"delivery": "999"}, {"delivery": "x"}, {"delivery": ""}, {"message_id": "p9"}]
)
async def test_a_status_of_something_else_changes_nothing(home: Home, other: Any) -> None:
    await home.person().says("hello")
    await told(home, "failed", reason="x", means="gone", **other)
    assert (await state(home))[0] == "sent"
    assert (await home.rows(tables.addresses))[0].state == "good"
    assert len(await home.rows(tables.participants)) == 1


async def test_what_a_phone_that_was_off_did_not_get_comes_again_twice_and_then_no_more(
    home: Home,
) -> None:
    await home.person().says("hello")
    for hours in (1, 4):
        row = (await home.rows(tables.deliveries))[0]
        await told(home, "failed", reason="30003", means="transient", message_id=row.provider_id)
        assert await state(home) == ("waiting", "30003")
        await home.sends()
        assert await state(home) == ("waiting", "30003")
        home.waits(hours=hours)
        await home.sends()
        assert await state(home) == ("sent", "")
    row = (await home.rows(tables.deliveries))[0]
    await told(home, "failed", reason="30003", means="transient", message_id=row.provider_id)
    assert await state(home) == ("failed", "30003")
    assert len(home.post.said) == 3


async def test_what_is_said_late_of_the_attempt_before_changes_nothing(home: Home) -> None:
    await home.person().says("hello")
    await told(home, "failed", reason="30003", means="transient")
    await told(home, "delivered")
    assert await state(home) == ("waiting", "30003")
    home.waits(hours=1)
    await home.sends()
    await told(home, "failed", reason="30005", means="gone")
    assert await state(home) == ("sent", "")


async def test_a_phone_that_writes_is_on_so_what_waits_for_it_goes_at_once(
    make_home: MakeHome,
) -> None:
    home = make_home(Post("telegram", replace(TELEGRAM, reports=True, per_address=NO_PACE)))
    ama = home.person()
    await ama.says("hello")
    await told(home, "failed", reason="30003", means="transient")
    await ama.writes("are you there?")
    await home.answers()
    await home.sends()
    assert [one for one, _ in await home.states()] == ["sent", "sent"]
    assert home.post.said[1] == home.post.said[0]
