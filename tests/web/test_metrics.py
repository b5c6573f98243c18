"""Figures are for whoever has the token, and there are none where no token is set."""

import pytest
from doors import Knock

from bot.store.database import DatabaseAway

TOKEN = "a-token-for-who-watches"


async def some() -> bytes:
    return b"palabre_stuck 0\n"


async def none() -> bytes:
    raise DatabaseAway


async def test_without_a_token_of_ours_there_is_no_such_page(knock: Knock) -> None:
    client = await knock()
    answer = await client.get("/metrics", headers={"Authorization": "Bearer "})
    assert answer.status == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", TOKEN[:-1]])
async def test_a_wrong_token_opens_nothing(knock: Knock, given: str) -> None:
    client = await knock(metrics_token=TOKEN, metrics=some)
    answer = await client.get("/metrics", headers={"Authorization": given})
    assert answer.status == 401
    assert "palabre" not in await answer.text()


async def test_the_right_token_shows_the_figures(knock: Knock) -> None:
    client = await knock(metrics_token=TOKEN, metrics=some)
    answer = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status == 200
    assert await answer.text() == "palabre_stuck 0\n"


async def test_without_the_database_it_says_so(knock: Knock) -> None:
    client = await knock(metrics_token=TOKEN, metrics=none)
    answer = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status == 503
