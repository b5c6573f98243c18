"""What was attached is had from Telegram: streamed, within limits, or not now, or never."""

import traceback
from dataclasses import replace

import pytest
from fakes.telegram_faults import Fault, bad_gateway, cut_off, garbage, half, refusal, too_many
from fakes.telegram_server import TelegramServer

from channels.base import MediaRef
from channels.capabilities import TELEGRAM
from channels.errors import FetchError
from channels.telegram import Telegram

CONTENT = bytes(range(256)) * 2000


async def had(telegram: Telegram, media: MediaRef) -> list[bytes]:
    return [part async for part in telegram.fetch(media)]


async def refused(telegram: Telegram, media: MediaRef) -> FetchError:
    with pytest.raises(FetchError) as failed:
        await had(telegram, media)
    return failed.value


async def test_a_voice_note_comes_as_it_was_sent_in_parts(
    telegram: Telegram, server: TelegramServer
) -> None:
    phone = server.phone()
    phone.sends_voice(CONTENT)
    incoming = telegram.read_body(next(iter(server.pending.values())).encode())
    parts = await had(telegram, incoming.media[0])
    assert b"".join(parts) == CONTENT
    assert len(parts) > 1


async def test_what_is_too_large_is_not_even_asked_for(
    telegram: Telegram, server: TelegramServer
) -> None:
    error = await refused(telegram, MediaRef("F", size=30_000_000))
    assert (error.reason, error.again) == ("too large", False)
    assert server.requests == []


async def test_a_size_that_was_not_told_is_found_out_on_the_way(
    telegram: Telegram, server: TelegramServer
) -> None:
    telegram.can = replace(TELEGRAM, file_limit_in=len(CONTENT) - 1)
    error = await refused(telegram, MediaRef(server.keep_file(CONTENT, "voice/a.oga")))
    assert (error.reason, error.again) == ("too large", False)


async def test_telegrams_own_limit_is_final(telegram: Telegram, server: TelegramServer) -> None:
    server.fail("getFile", refusal("Bad Request: file is too big"))
    error = await refused(telegram, MediaRef("F"))
    assert (error.reason, error.again) == ("too large", False)


@pytest.mark.parametrize("media", [MediaRef("", "contact"), MediaRef("made up")])
async def test_what_is_no_file_never_comes(telegram: Telegram, media: MediaRef) -> None:
    assert not (await refused(telegram, media)).again


FAULTS = (bad_gateway(), cut_off(), half(), too_many(1), refusal("Not Found", 404))
PASSING = [(method, fault) for method in ("getFile", "file") for fault in FAULTS]


@pytest.mark.parametrize(("method", "fault"), [*PASSING, ("getFile", garbage())], ids=str)
async def test_whatever_else_goes_wrong_it_may_come_later(
    telegram: Telegram, server: TelegramServer, method: str, fault: Fault
) -> None:
    media = MediaRef(server.keep_file(CONTENT, "voice/a.oga"))
    server.fail(method, fault, times=9)  # a download that was cut off is tried twice by itself
    error = await refused(telegram, media)
    assert error.again
    assert server.token not in "".join(traceback.format_exception(error))
    server.forgive()
    assert b"".join(await had(telegram, media)) == CONTENT
