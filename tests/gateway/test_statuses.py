"""What providers tell later about a delivery: forwards only, and never about another's."""

from typing import Any

import pytest
from gateway.houses import Home

from bot.store import tables
from channels.base import Incoming


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
    ("means", "address"), [("gone", "gone"), ("opted_out", "blocked"), ("transient", "good")]
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
