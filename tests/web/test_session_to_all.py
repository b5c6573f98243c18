"""An audio session goes to everybody, over HTTP: as a voice, as audio, or as a link to its page."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from behind import Behind, opened
from fakes.telegram_server import TelegramServer
from sqlalchemy import update
from voice.sounds import mp3_note, voice_note

from bot.gateway.audio.giving import rendition
from bot.gateway.broadcasts.ordering import Order, order
from bot.gateway.broadcasts.plan import row_of
from bot.store import tables
from bot.store.audio_sessions import GivenAway, take_back
from bot.voice.chapters import Chapter, Cover, in_mp3, in_opus
from bot.voice.decode import decode
from bot.voice.limits import MIB, Limits
from bot.voice.pcm import seconds
from channels.capabilities import SMS, TELEGRAM, WHATSAPP

SECRET = "a-secret-of-the-webhook"
COVER, CHAPTERS = Cover("L'eau, vue du terrain", "Ce que des gens ont dit.", "fr"), [
    Chapter("Le puits", 0.0, 4.0)]  # fmt: skip
NOBODY_ASKS = {"text": None, "flow": "", "at": "", "over": 0.0, "test": "", "hold": False,
               "sms_instead": False, "spare_talks": False, "spare_days": 0,
               "any_hour": True, "rule": ""}  # fmt: skip


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """The folder of a session, as `audio-session make` writes it."""
    folder = tmp_path / "eau"
    folder.mkdir()
    (folder / "session.mp3").write_bytes(in_mp3(mp3_note(4), COVER, CHAPTERS))
    (folder / "session.ogg").write_bytes(in_opus(voice_note(4), COVER, CHAPTERS))
    (folder / "transcript.md").write_text("# L'eau\n\n> Le puits est sec.\n", "utf-8")
    return folder


async def wrote(behind: Behind, *phones: Any) -> None:
    """Everybody says hello, is answered, and is known to have agreed to be written to."""
    for phone in phones:
        said = phone.says("Bonjour")
        if asyncio.iscoroutine(said):
            await said
        await phone.hears(20)
    agreed = update(tables.participants).values(attested_at=1)
    await behind.house.database.write(lambda c: c.execute(agreed) and None)


async def sent(behind: Behind, wanted: Order) -> None:
    number = await wanted.sent(behind.house)
    async with asyncio.timeout(40):
        while (await behind.house.database.read(row_of, number)).state != "done":
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("kind", ["voice", "audio"])
async def test_each_channel_gets_the_copy_that_it_can_carry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Path, kind: str
) -> None:
    if kind == "audio":  # it is too long to show as a voice message
        monkeypatch.setattr("bot.gateway.audio.giving.VOICE_BYTES", 1000)
    async with TelegramServer() as server:
        settings = {"TELEGRAM_BOT_TOKEN": server.token, "TELEGRAM_API_URL": server.url,
                    "TELEGRAM_WEBHOOK_SECRET": SECRET}  # fmt: skip
        async with opened(tmp_path, monkeypatch, **settings) as behind:
            url = str(behind.client.make_url("/hooks/telegram"))
            server.set_webhook({"url": url, "secret_token": SECRET})
            ama = server.phone("Ama", "fr")
            by_sms = behind.twilio.phone("+221770000001")
            by_whatsapp = behind.twilio.phone("+573001234567", whatsapp=True)
            await wrote(behind, ama, by_sms, by_whatsapp)
            wanted = order(behind.house, audio=[session], **NOBODY_ASKS)
            await sent(behind, wanted)
            heard = next(one for one in ama.messages if one.file)
            assert heard.kind == kind
            assert seconds(decode(heard.file, Limits()).pcm) == pytest.approx(4, abs=0.2)
            (media,) = next(one.media for one in by_whatsapp.messages if one.media)
            ending = {"voice": "audio/ogg", "audio": "audio/mpeg"}[kind]
            answer = await behind.client.get(media.removeprefix(behind.twilio.hooks))
            assert (answer.status, answer.headers["Content-Type"]) == (200, ending)
            (code,) = [one.code for one in await behind.rows(tables.audio_sessions)]
            link = next(text for text in by_sms.texts if "/d/" in text)
            assert link.startswith("L'eau, vue du terrain\n")
            assert f"/d/{code}?lang=" in link
            await page_is_heard_and_read_until_it_is_taken_back(behind, code)


async def page_is_heard_and_read_until_it_is_taken_back(behind: Behind, code: str) -> None:
    page = await behind.client.get(f"/d/{code}?lang=fr")
    text = await page.text()
    assert page.status == 200
    assert f'src="/d/{code}.mp3?lang=fr"' in text
    assert "Le puits est sec." in text
    sound = await behind.client.get(f"/d/{code}.mp3")
    assert (sound.status, sound.headers["Content-Type"]) == (200, "audio/mpeg")
    house = behind.house
    await house.database.write(lambda c: c.execute(
        update(tables.audio_sessions).values(sources='["taken back"]')) and None)  # fmt: skip
    assert (await behind.client.get(f"/d/{code}?lang=fr")).status == 404
    gone = await house.database.write(lambda c: take_back(c, house.media, code, house.clock()))
    assert gone
    assert (await behind.client.get(f"/d/{code}?lang=fr")).status == 404
    assert (await behind.client.get(f"/d/{code}.mp3")).status == 404


def given(mp3: int, ogg: int) -> GivenAway:
    return GivenAway("s-1", "fr", "T", 1.0, "m", mp3, "o", ogg, "p")


@pytest.mark.parametrize(
    ("mp3", "ogg", "whatsapp", "telegram"),
    [
        (MIB, MIB // 2, "voice", "voice"),
        (MIB, MIB // 2 + 1, "audio", "audio"),
        (16 * MIB, 8 * MIB, "link", "audio"),
        (51 * MIB, 25 * MIB, "link", "link"),
    ],
)
def test_what_is_too_large_for_a_channel_is_a_link_there(
    mp3: int, ogg: int, whatsapp: str, telegram: str
) -> None:
    one = given(mp3, ogg)
    assert rendition(one, WHATSAPP).kind == whatsapp
    assert rendition(one, TELEGRAM).kind == telegram
    assert rendition(one, SMS).kind == "link"
