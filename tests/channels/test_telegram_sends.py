"""What is sent to Telegram: the table of messages, and the call that the server saw."""

import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from fakes.files import Known, Shelf
from fakes.telegram_faults import refusal
from fakes.telegram_phone import Phone
from fakes.telegram_server import TelegramServer

from channels.base import Button, OutFile, Outgoing
from channels.capabilities import TELEGRAM
from channels.errors import DeliveryError
from channels.telegram import Telegram

KEYS = ((Button("Oui", "k:yes"), Button("Non", "k:no")),)
DRAWN = [[{"text": "Oui", "callback_data": "k:yes"}, {"text": "Non", "callback_data": "k:no"}]]
NOTE = OutFile("note", "voice", "été.ogg", "audio/ogg")
SONG = OutFile("song", "audio", "a.mp3", "audio/mpeg", "Le résumé")
PAPER = OutFile("paper", "document", "résumé.pdf", "application/pdf")
VIEW = OutFile("view", "photo", "v.jpg", "image/jpeg")
TO = "100000001"
PLAIN = {"chat_id": TO, "link_preview_options": {"is_disabled": True}}
PLACE = {
    "keyboard": [[{"text": "📍", "request_location": True}]],
    "resize_keyboard": True,
    "one_time_keyboard": True,
}

# a sentence about it, what is to be sent, the method, its parameters, what is uploaded
SENT: tuple[tuple[str, Outgoing, str, dict[str, Any], tuple[str, ...]], ...] = (
    ("words", Outgoing(TO, text="Bonjour"), "sendMessage", PLAIN | {"text": "Bonjour"}, ()),
    ("signs of mark-up stand for themselves", Outgoing(TO, text="_a_ *b* <c> &amp; [d](e)"),
     "sendMessage", PLAIN | {"text": "_a_ *b* <c> &amp; [d](e)"}, ()),
    ("emoji and other scripts", Outgoing(TO, text="👍🏾 نعم ñ"), "sendMessage",
     PLAIN | {"text": "👍🏾 نعم ñ"}, ()),
    ("a text of the greatest length", Outgoing(TO, text="é" * 4096), "sendMessage",
     PLAIN | {"text": "é" * 4096}, ()),
    ("a link that may show its page", Outgoing(TO, text="https://x.org", link_preview=True),
     "sendMessage", {"chat_id": TO, "text": "https://x.org"}, ()),
    ("buttons", Outgoing(TO, text="?", buttons=KEYS), "sendMessage",
     PLAIN | {"text": "?", "reply_markup": {"inline_keyboard": DRAWN}}, ()),
    ("a button that shares one's place", Outgoing(TO, text="Où ?", ask_place="📍"), "sendMessage",
     PLAIN | {"text": "Où ?", "reply_markup": PLACE}, ()),
    ("and its removal", Outgoing(TO, text="Merci", ends_place=True), "sendMessage",
     PLAIN | {"text": "Merci", "reply_markup": {"remove_keyboard": True}}, ()),
    ("a voice message", Outgoing(TO, file=NOTE), "sendVoice", {"chat_id": TO},
     ("voice", "été.ogg")),
    ("a sound file with its title", Outgoing(TO, text="Écoutez", file=SONG), "sendAudio",
     {"chat_id": TO, "caption": "Écoutez", "title": "Le résumé"}, ("audio", "a.mp3")),
    ("a document with buttons", Outgoing(TO, file=PAPER, buttons=KEYS), "sendDocument",
     {"chat_id": TO, "reply_markup": {"inline_keyboard": DRAWN}}, ("document", "résumé.pdf")),
    ("a photo", Outgoing(TO, file=VIEW), "sendPhoto", {"chat_id": TO}, ("photo", "v.jpg")),
)  # fmt: skip
PARAMETERS = ("outgoing", "method", "params", "upload")


PAID = "allow_paid_broadcast"


@pytest.fixture
def phone(server: TelegramServer) -> Phone:
    phone = server.phone()
    assert str(phone.id) == TO
    return phone


def typed(params: dict[str, str]) -> dict[str, Any]:
    """Read the parameters that are JSON."""
    objects = ("reply_markup", "link_preview_options")
    return {name: json.loads(v) if name in objects else v for name, v in params.items()}


@pytest.mark.parametrize(PARAMETERS, [row[1:] for row in SENT], ids=[row[0] for row in SENT])
async def test_each_message_is_one_call(
    telegram: Telegram,
    server: TelegramServer,
    phone: Phone,
    shelf: Shelf,
    outgoing: Outgoing,
    method: str,
    params: dict[str, Any],
    upload: tuple[str, ...],
) -> None:
    receipt = await telegram.send(outgoing)
    (request,) = server.requests
    assert request.method == method
    assert typed(request.params) == params
    assert [(name, one[0]) for name, one in request.files.items()] == ([upload] if upload else [])
    assert receipt.provider_id == str(phone.messages[0].message_id)
    if outgoing.file:
        assert phone.messages[0].file == shelf.files[outgoing.file.key]


async def test_a_file_is_uploaded_once_and_named_from_then_on(
    telegram: Telegram, server: TelegramServer, phone: Phone, shelf: Shelf, known: Known
) -> None:
    first = await telegram.send(Outgoing(TO, file=NOTE))
    await telegram.send(Outgoing(TO, file=NOTE))
    assert shelf.opened == 1
    assert known.refs == {("4242", "note", "voice"): first.file_ids["voice"]}
    assert server.requests[1].params["voice"] == first.file_ids["voice"]
    assert phone.messages[0].file == phone.messages[1].file


async def test_the_same_file_as_another_kind_is_another_upload(
    telegram: Telegram, server: TelegramServer, phone: Phone
) -> None:
    await telegram.send(Outgoing(TO, file=NOTE))
    await telegram.send(Outgoing(TO, file=OutFile("note", "document", "n.ogg", "audio/ogg")))
    assert all(request.files for request in server.requests)


async def test_a_name_that_telegram_forgot_is_forgotten_and_uploaded_again(
    telegram: Telegram, server: TelegramServer, phone: Phone
) -> None:
    await telegram.send(Outgoing(TO, file=NOTE))
    server.files.clear()
    with pytest.raises(DeliveryError) as failed:
        await telegram.send(Outgoing(TO, file=NOTE))
    assert failed.value.failure.again
    await telegram.send(Outgoing(TO, file=NOTE))
    assert server.requests[-1].files


async def test_a_press_is_acknowledged(
    telegram: Telegram, server: TelegramServer, phone: Phone
) -> None:
    press = phone.presses_data(1, "k:yes")
    await telegram.send(Outgoing(TO, do="acknowledge", of=press, text="é" * 300))
    assert phone.acknowledged == [press]
    assert server.requests[0].params == {"callback_query_id": press, "text": "é" * 200}


async def test_a_press_too_old_to_be_acknowledged_is_no_failure(telegram: Telegram) -> None:
    assert (await telegram.send(Outgoing(TO, do="acknowledge", of="old"))).status == "sent"


async def test_a_keyboard_is_drawn_anew_and_then_taken_away(
    telegram: Telegram, phone: Phone
) -> None:
    asked = await telegram.send(Outgoing(TO, text="?", buttons=KEYS))
    ticked = ((Button("✓ Oui", "k:yes", chosen=True),),)
    again = Outgoing(TO, do="redraw", of=asked.provider_id, buttons=ticked)
    await telegram.send(again)
    assert phone.messages[0].labels == ["✓ Oui"]
    await telegram.send(again)  # nothing is modified: as good as done
    close = Outgoing(TO, do="close", of=asked.provider_id)
    await telegram.send(close)
    assert phone.messages[0].labels == []
    await telegram.send(close)


async def test_a_keyboard_of_a_message_that_is_gone_is_closed_already(
    telegram: Telegram, phone: Phone
) -> None:
    assert (await telegram.send(Outgoing(TO, do="close", of="999"))).status == "sent"


@pytest.mark.parametrize(
    ("outgoing", "code"),
    [
        (Outgoing(TO), "empty"),
        (Outgoing(TO, text=" \n"), "empty"),
        (Outgoing(TO, text="é" * 4097), "too_long"),
        (Outgoing(TO, text="c" * 1025, file=NOTE), "too_long"),
        (Outgoing(TO, text="?", buttons=((Button("é", "é" * 40),),)), "button"),
        (Outgoing("1", text="x"), "no_chat"),
    ],
)
async def test_what_telegram_does_not_take_is_refused(
    telegram: Telegram, phone: Phone, outgoing: Outgoing, code: str
) -> None:
    with pytest.raises(DeliveryError) as failed:
        await telegram.send(outgoing)
    assert failed.value.failure.code == code
    assert not failed.value.failure.again
    assert phone.messages == []


async def test_a_file_that_is_not_there_any_more_is_refused(telegram: Telegram) -> None:
    with pytest.raises(DeliveryError) as failed:
        await telegram.send(Outgoing(TO, file=OutFile("gone", "photo", "x.jpg", "image/jpeg")))
    assert failed.value.failure.code == "no_file"


async def test_a_file_whose_place_is_away_is_sent_later(
    telegram: Telegram, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(key: str) -> bytes:
        raise OSError("no answer")

    monkeypatch.setattr(shelf, "open", away)
    with pytest.raises(DeliveryError) as failed:
        await telegram.send(Outgoing(TO, file=OutFile("note", "photo", "x.jpg", "image/jpeg")))
    assert (failed.value.failure.code, failed.value.failure.again) == ("file_away", True)


async def test_a_file_beyond_telegrams_limit_is_not_even_sent(
    telegram: Telegram, server: TelegramServer
) -> None:
    telegram.can = replace(TELEGRAM, file_limit=100)
    with pytest.raises(DeliveryError) as failed:
        await telegram.send(Outgoing(TO, file=NOTE))
    assert failed.value.failure.code == "too_large"
    assert server.requests == []


async def test_to_who_blocked_the_bot_nothing_can_be_sent(telegram: Telegram, phone: Phone) -> None:
    phone.blocks()
    with pytest.raises(DeliveryError) as failed:
        await telegram.send(Outgoing(TO, text="x"))
    assert (failed.value.failure.code, failed.value.failure.means) == ("blocked", "opted_out")


async def test_the_bot_tells_its_name(telegram: Telegram) -> None:
    assert await telegram.get_me() == "palabre_bot"


async def test_a_webhook_elsewhere_is_noticed_and_can_be_taken_over(
    telegram: Telegram, server: TelegramServer
) -> None:
    assert await telegram.webhook_elsewhere() == ""
    await telegram.set_webhook("http://127.0.0.1:9/hooks/telegram", "a-secret_1")
    assert await telegram.webhook_elsewhere() == "127.0.0.1:9"
    assert await telegram.webhook_elsewhere("http://127.0.0.1:9/hooks/telegram") == ""
    (request,) = server.calls("setWebhook")
    assert request.params["secret_token"] == "a-secret_1"
    assert "edited_message" in request.json("allowed_updates")
    await telegram.delete_webhook()
    assert await telegram.webhook_elsewhere() == ""


async def test_a_refused_webhook_is_an_error_with_telegrams_words(
    telegram: Telegram, server: TelegramServer
) -> None:
    server.fail("setWebhook", refusal("Bad Request: bad webhook: HTTPS url must be provided"))
    with pytest.raises(DeliveryError) as failed:
        await telegram.set_webhook("http://x.org", "s")
    assert "https" in failed.value.detail


async def test_who_pays_for_more_a_second_says_so_with_each_message_and_with_nothing_else(
    phone: Phone, server: TelegramServer, session: aiohttp.ClientSession, shelf: Shelf
) -> None:
    paying = Telegram(server.token, session, api_url=server.url, files=shelf, pays=True)
    receipt = await paying.send(Outgoing(TO, text="Bonjour", buttons=KEYS))
    await paying.send(Outgoing(TO, file=NOTE))
    await paying.send(Outgoing(TO, do="close", of=receipt.provider_id))
    said = {one.method: one.params.get(PAID) for one in server.requests}
    assert said["sendMessage"] == said["sendVoice"] == "true"
    assert said["editMessageReplyMarkup"] is None


async def test_who_does_not_pay_never_says_so(
    phone: Phone, server: TelegramServer, telegram: Telegram
) -> None:
    await telegram.send(Outgoing(TO, text="Bonjour"))
    assert PAID not in server.calls("sendMessage")[-1].params
