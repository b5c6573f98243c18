"""Our requests, our fake server and our payloads, held against the Bot API's description."""

import copy
import json
from typing import Any

import pytest
import test_telegram_sends
from fakes.telegram_server import TelegramServer
from telegram_description import (
    Generator,
    faults_of,
    faults_of_call,
    faults_of_result,
    type_of,
)
from telegram_payloads import BOT, READ

from channels.base import Button, Outgoing
from channels.telegram import Telegram
from channels.telegram_quick import quick_read
from channels.telegram_reader import read_update

TO = test_telegram_sends.TO
INVENTED = ("a kind that nobody knows yet", "a field that nobody knows yet", "nothing but a number")
NEWER = ("comes as an administrator", "rises in a group", "a channel takes it in")
DESCRIBED = [row for row in READ if row[0] not in INVENTED + NEWER]


@pytest.mark.parametrize("update", [row[1] for row in DESCRIBED], ids=[r[0] for r in DESCRIBED])
def test_the_payloads_of_the_table_are_what_telegram_sends(update: dict[str, Any]) -> None:
    long_text = copy.deepcopy(update)
    for message in long_text.values():
        if isinstance(message, dict) and len(message.get("text", "")) > 4096:
            message["text"] = "x"  # the description has a limit that we do not rely on
    assert faults_of(type_of("Update"), long_text) == []


async def test_each_request_is_one_that_the_description_knows(
    telegram: Telegram, server: TelegramServer
) -> None:
    server.phone()
    for _, outgoing, *_ in test_telegram_sends.SENT:
        await telegram.send(outgoing)
    keys = ((Button("Oui", "k:yes"),),)
    asked = await telegram.send(Outgoing(TO, text="?", buttons=keys))
    await telegram.send(Outgoing(TO, do="redraw", of=asked.provider_id, buttons=keys))
    await telegram.send(Outgoing(TO, do="close", of=asked.provider_id))
    await telegram.send(Outgoing(TO, do="acknowledge", of="1", text="Merci"))
    await telegram.set_webhook("https://example.org/x", "secret_1")
    await telegram.webhook_elsewhere()
    await telegram.delete_webhook()
    await telegram.get_me()
    await telegram.get_updates(5, 0)
    for request in server.requests:
        assert faults_of_call(request.method, request.params, list(request.files)) == []


async def test_the_server_answers_as_the_description_says(
    server: TelegramServer, session: Any
) -> None:
    phone = server.phone()
    phone.says("Bonjour")
    ref = server.keep_file(b"OggS", "voice/a.oga")
    to = {"chat_id": str(phone.id)}
    calls = [
        ("getMe", {}),
        ("sendMessage", to | {"text": "?", "reply_markup": '{"inline_keyboard":[]}'}),
        ("sendVoice", to | {"voice": ref, "caption": "x"}),
        ("sendAudio", to | {"audio": ref}),
        ("sendDocument", to | {"document": ref}),
        ("sendPhoto", to | {"photo": ref}),
        ("getFile", {"file_id": ref}),
        ("getWebhookInfo", {}),
        ("answerCallbackQuery", {"callback_query_id": phone.presses_data(1, "k:a")}),
        ("getUpdates", {"timeout": "0"}),
    ]
    for method, params in calls:
        async with session.post(f"{server.url}/bot{server.token}/{method}", data=params) as answer:
            body = await answer.json()
        assert body["ok"], (method, body)
        assert faults_of_result(method, body["result"]) == [], method


async def test_what_phones_do_is_what_telegram_sends(server: TelegramServer) -> None:
    phone = server.phone()
    phone.starts("RES")
    phone.edits("non")
    phone.sends_voice(b"OggS")
    phone.sends_audio(b"ID3")
    phone.sends_photo(b"\xff\xd8")
    phone.sends_document(b"%PDF", "a.pdf", "application/pdf")
    phone.shares_place(6.4, 2.4)
    phone.presses_data(1, "k:a")
    phone.blocks()
    phone.unblocks()
    for update in server.pending.values():
        assert faults_of(type_of("Update"), json.loads(update)) == []


@pytest.mark.parametrize("kind", ["message", "edited_message", "callback_query", "my_chat_member"])
def test_whatever_the_description_allows_is_read_the_same_by_both_readers(kind: str) -> None:
    generator = Generator(7)
    for _ in range(150):
        update = generator.update(kind)
        judged = read_update(update, BOT)
        assert judged.kind != "unreadable", update
        quick = quick_read(json.dumps(update).encode(), BOT)
        assert quick is None or quick == judged


@pytest.mark.parametrize("seed", range(3))
def test_a_generated_update_is_valid(seed: int) -> None:
    generator = Generator(seed)
    for kind in ("message", "callback_query", "poll", "inline_query", "chat_member"):
        assert faults_of(type_of("Update"), generator.update(kind)) == []
