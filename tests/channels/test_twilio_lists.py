"""What Twilio lists afterwards: messages that never came, and sends nobody is sure of."""

import time
from typing import Any

import pytest
from fakes.twilio_faults import cut_off, garbage, refusal
from fakes.twilio_server import TwilioServer

from channels import twilio_account
from channels.base import Button, OutFile, Outgoing
from channels.errors import DeliveryError
from channels.twilio_account import TwilioAccount
from channels.twilio_sms import TwilioSms
from channels.twilio_whatsapp import TwilioWhatsApp

AMA = "+33600000001"


def now() -> int:
    return int(time.time() * 1000)


HOUR = 3_600_000


async def test_a_message_whose_call_never_came_is_found_under_the_name_of_its_call(
    sms: TwilioSms, twilio: TwilioServer
) -> None:
    phone = twilio.phone(AMA)
    old = twilio.lose(phone, "hier", minutes_ago=600)
    first = twilio.lose(phone, "un", minutes_ago=20)
    second = twilio.lose(phone, "deux", minutes_ago=10)
    found = await sms.list_since(now() - HOUR)
    assert [(one.event_id, one.text, one.address) for one in found] == [
        (f"m:{first}", "un", AMA),
        (f"m:{second}", "deux", AMA),
    ]
    assert old not in str(found)


async def test_what_was_written_to_any_of_our_numbers_is_found(
    sms: TwilioSms, twilio: TwilioServer
) -> None:
    twilio.lose(twilio.phone("+221770000001", "+221300000000"), "Dakar")
    twilio.lose(twilio.phone(AMA), "Paris")
    twilio.lose(twilio.phone(AMA, whatsapp=True), "WhatsApp")
    found = await sms.list_since(now() - HOUR)
    assert {(one.account, one.text) for one in found} == {
        ("+221300000000", "Dakar"),
        ("+33700000000", "Paris"),
    }


async def test_a_voice_note_that_never_came_is_found_with_its_recording(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    sid = twilio.lose(twilio.phone(AMA, whatsapp=True), "")
    twilio.keep_media(sid, b"OggS", "audio/ogg")
    (found,) = await whatsapp.list_since(now() - HOUR)
    assert (found.channel, found.media[0].kind) == ("whatsapp", "voice")
    assert b"".join([part async for part in whatsapp.fetch(found.media[0])]) == b"OggS"


async def test_a_long_list_is_read_to_its_end(
    sms: TwilioSms, twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_account, "PAGE", 3)
    phone = twilio.phone(AMA)
    wanted = {f"m:{twilio.lose(phone, str(n))}" for n in range(8)}
    found = await sms.list_since(now() - HOUR)
    assert {one.event_id for one in found} == wanted
    assert len(twilio.calls("list")) > 3


@pytest.mark.parametrize("fault", [cut_off(done=True), garbage(201, done=True)], ids=str)
async def test_a_send_without_an_answer_is_found_where_it_was_taken(
    sms: TwilioSms, twilio: TwilioServer, fault: object
) -> None:
    before, asked = now(), Outgoing(AMA, text="Vrai  ou\nfaux ?", delivery="17")
    twilio.fail("messages", fault)  # type: ignore[arg-type]
    with pytest.raises(DeliveryError):
        await sms.send(asked)
    (found,) = await sms.find_sent(asked, before)
    assert (found.kind, found.delivery, found.status) == ("status", "17", "sent")
    assert found.message_id in twilio.kept


async def test_a_send_that_was_never_taken_is_not_found(
    sms: TwilioSms, twilio: TwilioServer
) -> None:
    before = now()
    await sms.send(Outgoing(AMA, text="autre"))
    twilio.fail("messages", cut_off())
    asked = Outgoing(AMA, text="Vrai ?", delivery="17")
    with pytest.raises(DeliveryError):
        await sms.send(asked)
    assert await sms.find_sent(asked, before) == []


async def test_an_older_message_of_the_same_words_is_another(
    sms: TwilioSms, twilio: TwilioServer
) -> None:
    asked = Outgoing(AMA, text="Vrai ?")
    await sms.send(asked)
    assert await sms.find_sent(asked, now() + 60_000) == []


async def test_what_became_of_it_is_told_too(sms: TwilioSms, twilio: TwilioServer) -> None:
    before, asked = now(), Outgoing(AMA, text="Vrai ?", delivery="17")
    receipt = await sms.send(asked)
    await_told = twilio.kept[receipt.provider_id]
    await_told.status, await_told.code = "undelivered", 30005
    (found,) = await sms.find_sent(asked, before)
    assert (found.status, found.reason, found.means) == ("failed", "30005", "gone")


async def test_a_question_with_buttons_is_found_by_its_words(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    before = now()
    asked = Outgoing(AMA, text="Un\n\ndeux ?", buttons=((Button("Oui", "k:yes"),),), delivery="1")
    receipt = await whatsapp.send(asked)
    (found,) = await whatsapp.find_sent(asked, before)
    assert found.message_id == receipt.provider_id


@pytest.mark.parametrize("ends", [False, True])
async def test_a_question_whose_choices_stand_below_it_is_found(
    sms: TwilioSms, twilio: TwilioServer, ends: bool
) -> None:
    before = now()
    choices = ((Button("Oui", "k:yes"),), (Button("Plus tard", "k:later", ends=ends),))
    asked = Outgoing(AMA, text="Un\n\ndeux ?", buttons=choices, delivery="1")
    receipt = await sms.send(asked)
    (found,) = await sms.find_sent(asked, before)
    assert found.message_id == receipt.provider_id


@pytest.mark.parametrize(
    ("kind", "mime"), [("voice", "audio/ogg"), ("document", "application/pdf")]
)
async def test_a_file_is_found_and_not_taken_for_words(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer, kind: Any, mime: str
) -> None:
    before = now()
    words = Outgoing(AMA, text="Écoutez", delivery="1")
    sound = Outgoing(AMA, text="Écoutez", file=OutFile("k", kind, "écoutez", mime), delivery="2")
    for asked in (words, sound):
        receipt = await whatsapp.send(asked)
        (found,) = await whatsapp.find_sent(asked, before)
        assert found.message_id == receipt.provider_id


async def test_a_list_that_cannot_be_had_is_asked_for_later(
    sms: TwilioSms, twilio: TwilioServer
) -> None:
    for fault in (cut_off(), garbage()):
        twilio.fail("list", fault, times=2)
        with pytest.raises(DeliveryError) as failed:
            await sms.list_since(now() - HOUR)
        assert failed.value.failure.again
        twilio.forgive()


async def test_twilio_says_how_our_account_stands(
    account: TwilioAccount, twilio: TwilioServer
) -> None:
    assert await account.account_state() == "active"
    twilio.fail("account", refusal(20003, 401))
    with pytest.raises(DeliveryError):
        await account.account_state()
