"""The fake server as another library's bot sees it."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from fakes.telegram_faults import refusal, too_many
from fakes.telegram_server import TelegramServer

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Oui", callback_data="k:yes")]]
)


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    bot = Bot(server.token, session=session)
    yield bot
    await session.close()


async def test_a_talk_with_buttons(bot: Bot, server: TelegramServer) -> None:
    phone = server.phone()
    phone.starts("RES")
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.text == "/start RES"
    asked = await bot.send_message(phone.id, "On commence ?", reply_markup=KEYS)
    press = phone.presses("Oui")
    (update,) = await bot.get_updates(offset=update.update_id + 1)
    assert update.callback_query
    assert (update.callback_query.id, update.callback_query.data) == (press, "k:yes")
    assert await bot.answer_callback_query(press)
    await phone.is_acknowledged(press)
    await bot.edit_message_reply_markup(chat_id=phone.id, message_id=asked.message_id)
    assert (await phone.hears()).labels == []


async def test_voice_notes_both_ways(bot: Bot, server: TelegramServer) -> None:
    phone = server.phone()
    phone.sends_voice(b"OggS" * 9)
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.voice
    loaded = await bot.download(update.message.voice)
    assert loaded
    assert loaded.read() == b"OggS" * 9
    sent = await bot.send_voice(phone.id, BufferedInputFile(b"ID3", "a.ogg"))
    assert sent.voice
    await bot.send_voice(phone.id, sent.voice.file_id)
    assert [message.file for message in phone.messages] == [b"ID3", b"ID3"]


async def test_its_refusals_are_understood(bot: Bot, server: TelegramServer) -> None:
    phone = server.phone()
    with pytest.raises(TelegramBadRequest, match="too long"):
        await bot.send_message(phone.id, "x" * 4097)
    server.fail("sendMessage", too_many(3))
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(phone.id, "x")
    server.fail("sendMessage", refusal("Bad Request: upgraded", migrate_to_chat_id=-100))
    with pytest.raises(TelegramMigrateToChat):
        await bot.send_message(phone.id, "x")
    phone.blocks()
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(phone.id, "x")
    server.token = "43:another"
    with pytest.raises(TelegramUnauthorizedError):
        await bot.get_me()


async def test_while_a_webhook_is_set_updates_cannot_be_asked_for(
    bot: Bot, server: TelegramServer
) -> None:
    await bot.set_webhook("https://127.0.0.1:9/x", secret_token="s")
    with pytest.raises(Exception, match="webhook is active"):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).url == "https://127.0.0.1:9/x"
    await bot.delete_webhook()
    assert await bot.get_updates() == []
