"""What the tests of the channels share: local providers and our channels that speak with them."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from fakes.files import Known, Shelf
from fakes.telegram_server import TelegramServer
from fakes.twilio_server import PUBLIC, TwilioServer
from fakes.twilio_shapes import Shapes

from channels.telegram import Telegram
from channels.twilio_account import TwilioAccount
from channels.twilio_sms import TwilioSms
from channels.twilio_whatsapp import TwilioWhatsApp

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


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as running:
        running.hooks = PUBLIC
        yield running


@pytest.fixture
def account(twilio: TwilioServer, session: aiohttp.ClientSession) -> TwilioAccount:
    callback = f"{PUBLIC}/hooks/twilio/status"
    return TwilioAccount(
        twilio.sid, twilio.token, session, api_url=twilio.url, callback=callback, read=0.5
    )


@pytest.fixture
def shapes() -> Shapes:
    return Shapes()


@pytest.fixture
def sms(account: TwilioAccount) -> TwilioSms:
    return TwilioSms(account, ["+33700000000", "+221300000000"])


@pytest.fixture
def whatsapp(account: TwilioAccount, shapes: Shapes) -> TwilioWhatsApp:
    def link(key: str) -> str:
        return f"{PUBLIC}/d/{key}" if key else ""

    return TwilioWhatsApp(account, ["+33700000001"], media_link=link, contents=shapes)
