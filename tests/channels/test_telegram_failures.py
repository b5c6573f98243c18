"""Each way in which Telegram fails, and what it means for the delivery."""

import asyncio
import json
import logging
import socket
import time
import traceback

import aiohttp
import pytest
from fakes.telegram_faults import (
    Fault,
    bad_gateway,
    cut_off,
    garbage,
    half,
    hang,
    refusal,
    too_many,
)
from fakes.telegram_phone import Phone
from fakes.telegram_server import TelegramServer

from channels.base import Outgoing
from channels.errors import DeliveryError
from channels.telegram import Telegram
from channels.telegram_errors import TABLE
from channels.telegram_request import AiohttpRequest

MESSAGE, ADDRESS, SENDER = (False, "message"), (False, "address"), (True, "sender")
LATER = (True, "message")
UPGRADED = refusal(
    "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1001234567890
)

# how the server answers, and what it means: code, means, again, scope
FAILS: tuple[tuple[Fault, str, str, bool, str], ...] = (
    (too_many(7), "throttled", "throttled", *SENDER),
    (refusal("Too Many Requests", 429), "throttled", "throttled", *SENDER),
    (UPGRADED, "moved", "moved", True, "address"),
    (refusal("Unauthorized", 401), "token", "sender", *SENDER),
    (refusal("Not Found", 404), "token", "sender", *SENDER),
    (refusal("Conflict: terminated by other", 409), "conflict", "sender", *SENDER),
    (refusal("Forbidden: bot was blocked by the user", 403), "blocked", "opted_out", *ADDRESS),
    (refusal("Forbidden: user is deactivated", 403), "deactivated", "gone", *ADDRESS),
    (refusal("Forbidden: bot can't initiate conversation with a user", 403), "never_began", "gone",
     *ADDRESS),
    (refusal("Forbidden: bot was kicked from the group chat", 403), "kicked", "gone", *ADDRESS),
    (refusal("Forbidden: bot is not a member of the chat", 403), "kicked", "gone", *ADDRESS),
    (refusal("Forbidden: bots can't send messages to bots", 403), "a_bot", "gone", *ADDRESS),
    (refusal("Forbidden: something new", 403), "forbidden", "gone", *ADDRESS),
    (refusal("Bad Request: chat not found"), "no_chat", "gone", *ADDRESS),
    (refusal("Bad Request: PEER_ID_INVALID"), "no_chat", "gone", *ADDRESS),
    (refusal("Bad Request: user not found"), "no_chat", "gone", *ADDRESS),
    (refusal("Bad Request: was upgraded to a supergroup"), "moved_away", "gone", *ADDRESS),
    (refusal("Bad Request: not enough rights to send text messages"), "silenced", "gone",
     *ADDRESS),
    (refusal("Bad Request: CHAT_WRITE_FORBIDDEN"), "silenced", "gone", *ADDRESS),
    (refusal("Bad Request: VOICE_MESSAGES_FORBIDDEN"), "no_voice", "refused", *MESSAGE),
    (refusal("Bad Request: wrong file identifier/HTTP URL"), "file_id", "transient", *LATER),
    (refusal("Bad Request: message is too long"), "too_long", "refused", *MESSAGE),
    (refusal("Bad Request: message text is empty"), "empty", "refused", *MESSAGE),
    (refusal("Bad Request: BUTTON_DATA_INVALID"), "button", "refused", *MESSAGE),
    (refusal("Bad Request: can't parse entities: offset 3"), "bad_request", "refused", *MESSAGE),
    (refusal("Request Entity Too Large", 413), "too_large", "refused", *MESSAGE),
    (bad_gateway(413), "too_large", "refused", *MESSAGE),
    (refusal("Internal Server Error", 500), "provider_down", "transient", *LATER),
    (refusal("Bad Gateway", 502), "provider_down", "transient", *LATER),
    (bad_gateway(), "provider_down", "transient", *LATER),
    (bad_gateway(599), "provider_down", "transient", *LATER),
    (garbage(), "nonsense", "transient", *LATER),
    (cut_off(), "uncertain", "uncertain", *MESSAGE),
    (half(), "uncertain", "uncertain", *MESSAGE),
)  # fmt: skip


NO_ANSWERS = ("[]", "5", '{"ok":true}', '{"result"', '"\ud800"', "")


async def failing(telegram: Telegram, to: Phone | str) -> DeliveryError:
    address = to if isinstance(to, str) else str(to.id)
    with pytest.raises(DeliveryError) as failed:
        await telegram.send(Outgoing(address, text="Bonjour"))
    return failed.value


@pytest.mark.parametrize(
    ("fault", "code", "means", "again", "scope"),
    FAILS,
    ids=[f"{row[0].how} {row[0].status} {row[0].description[:40]}" for row in FAILS],
)
async def test_each_failure_has_one_meaning(
    telegram: Telegram,
    server: TelegramServer,
    fault: Fault,
    code: str,
    means: str,
    again: bool,
    scope: str,
) -> None:
    server.fail("sendMessage", fault)
    failure = (await failing(telegram, server.phone())).failure
    assert (failure.code, failure.means, failure.again, failure.scope) == (
        code,
        means,
        again,
        scope,
    )


def test_each_row_of_the_table_has_a_sentence() -> None:
    assert all(row[2].words.endswith(".") and " " in row[2].words for row in TABLE)


async def test_the_wait_that_telegram_asks_for_is_told(
    telegram: Telegram, server: TelegramServer
) -> None:
    server.fail("sendMessage", too_many(7))
    assert (await failing(telegram, server.phone())).retry_after == 7.0


async def test_the_new_number_of_a_group_is_told(
    telegram: Telegram, server: TelegramServer
) -> None:
    server.fail("sendMessage", UPGRADED)
    error = await failing(telegram, server.phone())
    assert error.moved_to == "-1001234567890"
    assert "1001234567890" not in error.detail + str(error)


async def test_where_no_connection_comes_about_nothing_was_sent(
    session: aiohttp.ClientSession,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    telegram = Telegram("42:secret", session, api_url=f"http://127.0.0.1:{port}")
    failure = (await failing(telegram, "1")).failure
    assert (failure.code, failure.again) == ("no_connection", True)


async def test_a_session_that_is_closed_sends_nothing() -> None:
    async with aiohttp.ClientSession() as session:
        telegram = Telegram("42:secret", session)
    assert (await failing(telegram, "1")).failure.code == "no_connection"


async def test_an_answer_that_does_not_come_in_time_is_uncertain(
    server: TelegramServer, session: aiohttp.ClientSession
) -> None:
    telegram = Telegram(server.token, session, api_url=server.url)
    telegram.request.__init__(session, read=0.1, connect=0.1)  # type: ignore[misc]
    phone = server.phone()
    server.fail("sendMessage", hang(5, done=True))
    began = time.monotonic()
    assert (await failing(telegram, phone)).failure.means == "uncertain"
    assert time.monotonic() - began < 2
    assert phone.texts == ["Bonjour"]


async def test_an_answer_of_another_shape_was_a_yes(
    telegram: Telegram, server: TelegramServer
) -> None:
    for result in (5, [], None, {}, {"message_id": {}}):
        body = json.dumps({"ok": True, "result": result})
        server.fail("sendMessage", Fault("text", description=body))
        assert (await telegram.send(Outgoing("1", text="x"))).status == "sent"


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    "body",
    [
        *NO_ANSWERS,
        '{"parameters":7}',
        '{"parameters":{"retry_after":"soon"}}',
        '{"description":{}}',
    ],
)
async def test_an_answer_that_is_none_does_no_harm(
    telegram: Telegram, server: TelegramServer, body: str, status: int
) -> None:
    server.fail("sendMessage", Fault("text", status, body))
    await failing(telegram, "1")


@pytest.mark.parametrize("body", NO_ANSWERS)
async def test_an_answer_that_is_none_is_tried_again(
    telegram: Telegram, server: TelegramServer, body: str
) -> None:
    server.fail("sendMessage", Fault("text", description=body))
    assert (await failing(telegram, "1")).failure.code == "nonsense"


@pytest.mark.parametrize("fault", [cut_off(), half(), bad_gateway(), garbage(), refusal("x", 401)])
async def test_neither_errors_nor_logs_show_the_token_or_the_address(
    telegram: Telegram,
    server: TelegramServer,
    fault: Fault,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    phone = server.phone()
    server.fail("sendMessage", fault)
    error = await failing(telegram, phone)
    told = "".join(traceback.format_exception(error)) + error.detail + repr(error.__context__)
    for secret in (server.token, server.token.partition(":")[2], server.url):
        assert secret not in told + caplog.text
    assert str(phone.id) not in error.detail + str(error) + caplog.text
    assert "Bonjour" not in caplog.text


async def test_many_at_once_share_the_session_and_get_each_its_own_answer(
    telegram: Telegram, server: TelegramServer
) -> None:
    phones = [server.phone() for _ in range(50)]
    sends = (telegram.send(Outgoing(str(p.id), text=f"à {p.id}")) for p in phones)
    await asyncio.gather(*sends)
    assert [phone.texts for phone in phones] == [[f"à {phone.id}"] for phone in phones]


def test_the_request_is_one_that_the_library_accepts() -> None:
    assert AiohttpRequest.__abstractmethods__ == frozenset()
