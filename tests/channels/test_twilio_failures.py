"""Each way in which Twilio fails, and what it means for the delivery."""

import asyncio
import logging
import socket
import time
import traceback

import aiohttp
import pytest
from fakes.twilio_faults import (
    Fault,
    bad_gateway,
    cut_off,
    garbage,
    half,
    hang,
    problem,
    refusal,
    too_many,
)
from fakes.twilio_server import TwilioServer

from channels.base import Outgoing
from channels.errors import DeliveryError
from channels.twilio_account import TwilioAccount
from channels.twilio_errors import TABLE
from channels.twilio_sms import TwilioSms
from channels.twilio_whatsapp import TwilioWhatsApp

AMA = "+33600000001"
MESSAGE, ADDRESS, SENDER = (False, "message"), (False, "address"), (True, "sender")
LATER = (True, "message")

# how Twilio answers, and what it means: code, means, again, scope
FAILS: tuple[tuple[Fault, str, str, bool, str], ...] = (
    (refusal(20003, 401), "20003", "sender", *SENDER),
    (refusal(20003, 403), "20003", "sender", *SENDER),
    (refusal(70051, 401), "20003", "sender", *SENDER),
    (refusal(20404, 404), "20404", "sender", *SENDER),
    (bad_gateway(404), "20003", "sender", *SENDER),
    (too_many(), "20429", "throttled", *SENDER),
    (bad_gateway(429), "20429", "throttled", *SENDER),
    (too_many(code=63038), "63038", "throttled", *SENDER),
    (refusal(21611), "21611", "throttled", *SENDER),
    (refusal(63017), "63017", "throttled", *SENDER),
    (refusal(21211), "21211", "gone", *ADDRESS),
    (refusal(21614), "21614", "gone", *ADDRESS),
    (refusal(21612), "21612", "gone", *ADDRESS),
    (refusal(21635), "21635", "gone", *ADDRESS),
    (refusal(21610), "21610", "opted_out", *ADDRESS),
    (problem(21610), "21610", "opted_out", *ADDRESS),
    (refusal(63003), "63003", "gone", *ADDRESS),
    (refusal(63016), "63016", "window", *MESSAGE),
    (refusal(21408, 403), "21408", "refused", *MESSAGE),
    (refusal(21606), "21606", "sender", *SENDER),
    (refusal(21617), "21617", "refused", *MESSAGE),
    (refusal(21655), "21655", "transient", *LATER),
    (refusal(12345), "12345", "refused", *MESSAGE),
    (refusal(0), "400", "refused", *MESSAGE),
    (bad_gateway(400), "400", "refused", *MESSAGE),
    (bad_gateway(302), "strange", "transient", *LATER),
    (refusal(20500, 500), "uncertain", "uncertain", *MESSAGE),
    (refusal(21610, 503), "uncertain", "uncertain", *MESSAGE),
    (bad_gateway(), "uncertain", "uncertain", *MESSAGE),
    (garbage(201, done=True), "uncertain", "uncertain", *MESSAGE),
    (garbage(500), "uncertain", "uncertain", *MESSAGE),
    (cut_off(), "uncertain", "uncertain", *MESSAGE),
    (cut_off(done=True), "uncertain", "uncertain", *MESSAGE),
    (half(), "uncertain", "uncertain", *MESSAGE),
)  # fmt: skip


async def failing(channel: TwilioSms | TwilioWhatsApp) -> DeliveryError:
    with pytest.raises(DeliveryError) as failed:
        await channel.send(Outgoing(AMA, text="Bonjour"))
    return failed.value


@pytest.mark.parametrize(
    ("fault", "code", "means", "again", "scope"),
    FAILS,
    ids=[f"{row[0].how} {row[0].status} {row[0].body.get('code', '')}" for row in FAILS],
)
async def test_each_failure_has_one_meaning(
    sms: TwilioSms,
    whatsapp: TwilioWhatsApp,
    twilio: TwilioServer,
    fault: Fault,
    code: str,
    means: str,
    again: bool,
    scope: str,
) -> None:
    for channel in (sms, whatsapp):
        twilio.fail("messages", fault)
        failure = (await failing(channel)).failure
        assert (failure.code, failure.means, failure.again, failure.scope) == (
            code,
            means,
            again,
            scope,
        )


async def test_a_failed_send_is_one_call_and_never_repeated_by_itself(
    sms: TwilioSms, twilio: TwilioServer
) -> None:
    twilio.fail("messages", cut_off(done=True), times=9)
    await failing(sms)
    assert len(twilio.calls("messages")) == 1


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (too_many(7), 7.0),
        (too_many(), 2.0),
        (too_many(10**8), 3600.0),
        (refusal(20429, 429, **{"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), 2.0),
        (refusal(21611), 300.0),
    ],
    ids=str,
)
async def test_the_wait_is_twilios_or_else_the_tables(
    sms: TwilioSms, twilio: TwilioServer, fault: Fault, wait: float
) -> None:
    twilio.fail("messages", fault)
    assert (await failing(sms)).retry_after == wait


async def test_twilio_never_holds_us_up_for_long(sms: TwilioSms, twilio: TwilioServer) -> None:
    twilio.fail("messages", hang())
    begun = time.monotonic()
    assert (await failing(sms)).failure.means == "uncertain"
    assert time.monotonic() - begun < 3


async def test_a_hanging_send_holds_up_no_other(sms: TwilioSms, twilio: TwilioServer) -> None:
    twilio.fail("messages", hang())
    slow = asyncio.create_task(failing(sms))
    while not twilio.calls("messages"):
        await asyncio.sleep(0.005)
    assert (await sms.send(Outgoing(AMA, text="x"))).provider_id
    assert not slow.done()
    slow.cancel()


async def test_where_nobody_listens_nothing_was_sent(session: aiohttp.ClientSession) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nobody = TwilioAccount("AC1", "t", session, api_url=f"http://127.0.0.1:{port}")
    error = await failing(TwilioSms(nobody, ["+33700000000"]))
    assert (error.failure.code, error.failure.again) == ("no_connection", True)


async def test_on_a_closed_session_nothing_was_sent(twilio: TwilioServer) -> None:
    async with aiohttp.ClientSession() as session:
        account = TwilioAccount(twilio.sid, twilio.token, session, api_url=twilio.url)
    assert (await failing(TwilioSms(account, ["+33700000000"]))).failure.code == "no_connection"


async def test_a_wrong_token_is_the_senders_trouble(
    twilio: TwilioServer, session: aiohttp.ClientSession
) -> None:
    account = TwilioAccount(twilio.sid, "wrong", session, api_url=twilio.url)
    assert (await failing(TwilioSms(account, ["+33700000000"]))).failure.means == "sender"


@pytest.mark.parametrize(
    "fault", [cut_off(), bad_gateway(), refusal(21211, words=f"{AMA} is none"), garbage(201)],
    ids=str,
)  # fmt: skip
async def test_no_token_number_or_address_is_told(
    sms: TwilioSms, twilio: TwilioServer, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    caplog.set_level(logging.DEBUG)
    twilio.fail("messages", fault)
    error = await failing(sms)
    told = "".join(traceback.format_exception(error)) + error.detail + caplog.text
    for secret in (twilio.token, twilio.sid, AMA, AMA[1:], twilio.url):
        assert secret not in told
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_a_person_who_said_stop_is_not_written_to_by_sms(
    sms: TwilioSms, twilio: TwilioServer
) -> None:
    twilio.phone(AMA).stopped = True
    assert (await failing(sms)).failure.means == "opted_out"


def test_each_row_of_the_table_has_a_sentence_under_its_own_code() -> None:
    for code, row in TABLE.items():
        assert row.failure.code == str(code)
        assert row.failure.words.endswith((".", ")."))
        assert " " in row.failure.words


def test_whatever_asks_to_wait_says_for_how_long() -> None:
    assert all(row.wait for row in TABLE.values() if row.failure.means == "throttled")


def test_rows_that_were_read_on_their_page_are_told_from_the_others() -> None:
    verified = {code for code, row in TABLE.items() if row.verified}
    assert {20429, 21610, 21611, 30001, 63014, 63016, 63017, 63018, 63038} <= verified
    assert len(verified) < len(TABLE)
