"""What the tests of the channels share: the local Bot API and our channel that speaks with it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from fakes.files import Known, Shelf
from fakes.telegram_server import TelegramServer

from channels.telegram import Telegram

SECRET = "s3cr_et-T"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(note=b"OggS" * 50, song=b"ID3" * 50, paper=b"%PDF-1.7", view=b"\xff\xd8\xff")


@pytest.fixture
def known() -> Known:
    return Known()


@pytest.fixture
def telegram(
    server: TelegramServer, session: aiohttp.ClientSession, shelf: Shelf, known: Known
) -> Telegram:
    return Telegram(
        server.token,
        session,
        api_url=server.url,
        secret=SECRET,
        files=shelf,
        known_files=known,
    )
