"""A client at the door."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from doors import Knock, a_door

from bot.web.app import make_app
from bot.web.needs import Door


@pytest.fixture
async def knock() -> AsyncIterator[Knock]:
    """Return a function that opens a door and gives a client in front of it."""
    clients: list[TestClient[Any, Any]] = []

    async def open_(door: Door | None = None, **parts: Any) -> TestClient[Any, Any]:
        client = TestClient(TestServer(make_app(door or a_door(**parts))))
        await client.start_server()
        clients.append(client)
        return client

    yield open_
    for client in clients:
        await client.close()
