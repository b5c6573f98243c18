"""What a provider gets to hear, and what is stored then."""

import asyncio
import io
from typing import Any

import pytest
from doors import HEADER, SECRET, Database, Knock, ListReceiver, a_door

from bot.gateway.receive import Busy
from bot.store.database import DatabaseAway

TEXT = b'{"update_id": 1, "text": "hello"}'
RIGHT = {HEADER: SECRET}

CALLS: dict[str, tuple[dict[str, str], bytes, int, int]] = {
    "the right secret": (RIGHT, TEXT, 200, 1),
    "a wrong secret": ({HEADER: "wrong"}, TEXT, 403, 0),
    "no secret": ({}, TEXT, 403, 0),
    "an empty secret": ({HEADER: ""}, TEXT, 403, 0),
    "a wrong secret and no JSON": ({HEADER: "wrong"}, b"what?", 403, 0),
    "no JSON": (RIGHT, b"what?", 400, 0),
    "an empty body": (RIGHT, b"", 400, 0),
    "an update that cannot be understood": (RIGHT, b'{"odd": 1}', 200, 1),
    "a body of 1 MiB": (RIGHT, b'{"text": "' + b"a" * (1024 * 1024 - 12) + b'"}', 200, 1),
    "a body above 1 MiB": (RIGHT, b'{"text": "' + b"a" * 1024 * 1024 + b'"}', 413, 0),
}


@pytest.mark.parametrize("what", CALLS)
async def test_a_call_is_answered_as_the_contract_says(knock: Knock, what: str) -> None:
    """A call is answered with the contract's number, and stored or not."""
    headers, body, status, stored = CALLS[what]
    receiver = ListReceiver()
    client = await knock(receiver=receiver)
    answer = await client.post("/hooks/telegram", data=io.BytesIO(body), headers=headers)
    assert (answer.status, len(receiver.taken)) == (status, stored)
    assert all(raw == body for _, raw in receiver.taken)


@pytest.mark.parametrize("why", [DatabaseAway(), Busy()])
async def test_a_provider_is_asked_to_come_again(knock: Knock, why: Exception) -> None:
    """While nothing can be stored, the answer is 503."""
    client = await knock(receiver=ListReceiver(fails=why))
    answer = await client.post("/hooks/telegram", data=TEXT, headers=RIGHT)
    assert answer.status == 503


async def test_a_call_is_answered_only_after_the_commit(knock: Knock) -> None:
    """Nobody hears 200 before what they sent is committed."""
    receiver = ListReceiver()
    receiver.committed.clear()
    client = await knock(receiver=receiver)
    call = asyncio.ensure_future(client.post("/hooks/telegram", data=TEXT, headers=RIGHT))
    await asyncio.sleep(0.05)
    assert not call.done()
    receiver.committed.set()
    assert (await call).status == 200


async def test_without_a_bot_no_secret_is_right(knock: Knock) -> None:
    """Where Telegram is not set up, every call for it is forged."""
    client = await knock(a_door(channels={}))
    answer = await client.post("/hooks/telegram", data=TEXT, headers=RIGHT)
    assert answer.status == 403


async def test_a_webhook_is_not_for_reading(knock: Knock) -> None:
    """Who opens a webhook in a browser is told what it takes, and gets no page."""
    client = await knock()
    answer = await client.get("/hooks/telegram")
    assert (answer.status, answer.headers["Allow"], await answer.read()) == (405, "POST", b"")


STATES: dict[str, tuple[dict[str, Any], int]] = {
    "all is well": ({}, 200),
    "migrations are missing": ({"trouble": "The database is not migrated."}, 503),
    "the database is away": ({"away": True}, 503),
    "the database does not answer": ({"slow": True}, 503),
}


@pytest.mark.parametrize("what", STATES)
async def test_readiness(knock: Knock, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ready when the database answers and is migrated; alive in any case."""
    monkeypatch.setattr("bot.web.health.SECONDS", 0.05)
    state, status = STATES[what]
    client = await knock(trouble=Database(**state))
    assert (await client.get("/ready")).status == status
    assert (await client.get("/health")).status == 200
