"""One person, two providers, over HTTP: what began on Telegram ends by SMS, in each language."""

import re
from pathlib import Path

import pytest
from behind import Behind, opened
from fakes.telegram_phone import Phone as TelegramPhone
from fakes.telegram_server import TelegramServer
from fakes.twilio_phone import Phone as TwilioPhone
from sqlalchemy import func, select

from bot.store import tables
from bot.store.contributions import Wanted, lines

SECRET = "a-secret-of-the-webhook"
WORDS = {"fr": ("Français", "RELIER", "fr"), "en": ("English", "LINK", "en"),
         "es": ("Español", "VINCULAR", "es")}  # fmt: skip


async def _brought(server: TelegramServer, behind: Behind) -> None:
    url = str(behind.client.make_url("/hooks/telegram"))
    server.set_webhook({"url": url, "secret_token": SECRET})


async def _until_asked(phone: TelegramPhone, words: str) -> str:
    """Return what is said up to a message that holds these words."""
    said = ""
    while words not in said:
        said += "\n" + (await phone.hears()).text
    return said


async def _welcomed(phone: TelegramPhone, language: str) -> None:
    """Go through the welcome, by the first choice each time."""
    phone.starts("greniers")
    heard = await phone.hears()
    phone.presses(language)
    for _ in range(5):
        heard = await phone.hears()
        while not heard.labels:
            heard = await phone.hears()
        phone.presses(heard.labels[0])
    heard = await phone.hears()
    while not heard.labels:
        heard = await phone.hears()
    phone.says("1")  # the domains, by number


@pytest.mark.parametrize("language", WORDS)
async def test_who_began_on_telegram_ends_by_sms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    name, word, code_of_language = WORDS[language]
    async with TelegramServer() as server:
        settings = {"TELEGRAM_BOT_TOKEN": server.token, "TELEGRAM_API_URL": server.url,
                    "TELEGRAM_WEBHOOK_SECRET": SECRET, "TELEGRAM_PACE": "10000"}  # fmt: skip
        async with opened(tmp_path, monkeypatch, **settings) as behind:
            await _brought(server, behind)
            ama = server.phone("Ama", language)
            await _welcomed(ama, name)
            ama.says(word)
            given = await _until_asked(ama, "SMS: +33700000000")
            found = re.search(r"\d{3} \d{3}", given)
            assert found
            sms = behind.twilio.phone("+221770000001", "+33700000000")
            await sms.says(found[0])
            assert "Telegram" in (await sms.hears()).text
            await sms.says("1")
            await _answers_all(behind, sms)
            await _is_one_person(behind, code_of_language)


async def _answers_all(behind: Behind, sms: TwilioPhone) -> None:
    """Answer whatever is asked by SMS until a talk has ended there."""
    for _ in range(20):
        asked = (await sms.hears()).text
        if await _ended(behind, "trends"):
            return
        await sms.says("1" if "1. " in asked else "par SMS")
    raise AssertionError("the talk did not end")


async def _ended(behind: Behind, flow: str) -> int:
    ended = (tables.conversations.c.flow == flow) & (tables.conversations.c.status == "ended")
    query = select(func.count()).select_from(tables.conversations).where(ended)
    return await behind.house.database.read(lambda c: c.scalar(query)) or 0


async def _is_one_person(behind: Behind, language: str) -> None:
    found = await behind.house.database.read(lambda c: list(lines(c, Wanted())))
    assert len({one.pseudonym for one in found}) == 1
    assert {one.channel for one in found} == {"telegram", "sms"}
    assert {one.facts["language"] for one in found} == {language}
    assert {one.facts["network"] for one in found} == {"greniers"}
    (link,) = await behind.rows(tables.links)
    assert link.channels == "Telegram SMS"


async def test_a_network_s_word_by_sms_joins_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, monkeypatch) as behind:
        for whatsapp in (False, True):
            phone = behind.twilio.phone(f"+22177000000{2 + whatsapp}", whatsapp=whatsapp)
            await phone.says("Greniers")
            assert "Français" in str(await phone.hears())
        rows = [row for row in await behind.rows(tables.facts) if row.name == "network"]
        assert [(row.value, row.source) for row in rows] == [('"greniers"', "link")] * 2
