"""What goes wrong at the other end: media that are none, dead numbers, and opting out."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from behind import Behind, opened
from e2e.by_twilio import STARTS, STOPS
from fakes.twilio_faults import Fault, refusal
from fakes.twilio_phone import Phone
from sqlalchemy import update
from voice.sounds import voice_note

from bot.store import tables

AMA = "+33600000001"
FILM = b"\0" * 17_000_000  # more than WhatsApp carries


@pytest.fixture
async def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Behind]:
    async with opened(tmp_path, monkeypatch) as one:
        yield one


async def asked(behind: Behind, *, whatsapp: bool = True, language: int = 1) -> Phone:
    """Someone who is asked whether they take part."""
    phone = behind.twilio.phone(AMA, whatsapp=whatsapp)
    await phone.says("Bonjour")
    await phone.hears()
    await phone.says(str(language))
    await phone.hears()
    return phone


async def recording(behind: Behind, *states: str) -> Any:
    """Wait until the only recording stands so; return its row."""
    async with asyncio.timeout(20):
        while True:
            rows = await behind.rows(tables.media)
            if rows and rows[0].state in states:
                return rows[0]
            await asyncio.sleep(0.05)


async def test_a_note_that_is_not_there_for_a_while_is_had_later(behind: Behind) -> None:
    phone = await asked(behind)
    behind.twilio.fail("media", refusal(20404, 404), times=2)
    await phone.sends_media(voice_note(2), "audio/ogg")
    assert (await recording(behind, "kept")).seconds == pytest.approx(2, abs=0.3)
    assert len(behind.twilio.calls("media")) == 3


@pytest.mark.parametrize(
    ("content", "mime"), [(FILM, "video/mp4"), (b"no sound at all" * 50, "audio/ogg")]
)
async def test_what_cannot_be_heard_is_said_and_the_question_stays(
    behind: Behind, content: bytes, mime: str
) -> None:
    phone = await asked(behind)
    await phone.sends_media(content, mime)
    await recording(behind, "refused", "lost")
    heard = await phone.hears(15)
    assert heard.labels == ["Oui", "Non"]


async def test_a_page_in_the_place_of_a_note_is_kept_for_no_note(behind: Behind) -> None:
    phone = await asked(behind)
    behind.twilio.fail("cdn", Fault("html", 200), times=50)
    await phone.sends_media(voice_note(2), "audio/ogg")
    assert (await recording(behind, "pending", "lost")).original == ""


async def test_an_address_elsewhere_is_never_asked_nor_shown_our_login(behind: Behind) -> None:
    phone = await asked(behind)
    elsewhere = {"NumMedia": "1", "MediaContentType0": "audio/ogg",
                 "MediaUrl0": f"http://127.0.0.2:{behind.twilio.port}/x"}  # fmt: skip
    await phone.sends(phone.form("", **elsewhere))
    await recording(behind, "lost")
    assert not behind.twilio.calls("media")
    assert (await phone.hears(15)).labels == ["Oui", "Non"]


@pytest.mark.parametrize("code", [21614, 21211, 30006])
async def test_a_landline_is_written_to_once_and_no_more(behind: Behind, code: int) -> None:
    behind.twilio.fail("messages", refusal(code), times=9)
    phone = behind.twilio.phone(AMA)
    await phone.says("Bonjour")
    await behind.ends_with("failed", str(code))
    (address,) = await behind.rows(tables.addresses)
    assert (address.state, address.reason) == ("gone", str(code))
    assert len(behind.twilio.calls("messages")) == 1


async def test_a_number_that_somebody_else_was_given_hears_nothing_of_who_had_it(
    behind: Behind,
) -> None:
    phone = await asked(behind, whatsapp=False)
    for words in ("1", "1", "1", "1", "1"):
        await phone.says(words)
        await phone.hears()
    gone = update(tables.addresses).values(state="gone", reason="30005")
    await behind.house.database.write(lambda c: c.execute(gone) and None)
    await phone.says("Qui êtes-vous ?")
    said = (await phone.hears()).text
    for earlier in ("J'agis sur le terrain", "Afrique de l'Ouest"):
        assert earlier not in said
    (address,) = await behind.rows(tables.addresses)
    assert address.state == "good"


async def test_who_opted_out_at_twilio_is_left_alone_until_they_opt_in_there(
    behind: Behind,
) -> None:
    phone = await asked(behind, whatsapp=False)
    phone.stopped = True  # to Twilio alone: no call of it ever reached us
    await behind.twilio.bring("sms", phone.form("1"))
    await behind.ends_with("failed", "21610")
    (address,) = await behind.rows(tables.addresses)
    assert (address.state, address.reason) == ("blocked", "21610")
    await phone.says("START", OptOutType="START")
    assert "citer" in (await phone.hears()).text


@pytest.mark.parametrize(("language", "number"), [("fr", 1), ("en", 2), ("es", 3)])
@pytest.mark.parametrize("whatsapp", [True, False])
async def test_stop_in_the_middle_is_answered_once_and_start_goes_on(
    behind: Behind, whatsapp: bool, language: str, number: int
) -> None:
    phone = await asked(behind, whatsapp=whatsapp, language=number)
    question = phone.messages[-1]
    await phone.says(STOPS[language])
    if not phone.stopped:  # else Twilio has answered it
        await phone.hears()
    count = len(phone.messages)
    await phone.says(STOPS[language])
    await asyncio.sleep(0.3)
    assert len(phone.messages) == count
    await phone.says(STARTS[language])
    again = await phone.hears()
    assert again.labels == question.labels
    assert question.text.splitlines()[-1] in again.text
    (person,) = await behind.rows(tables.participants)
    assert person.stopped_at is None


async def test_a_localised_stop_that_twilio_answers_is_not_answered_twice(behind: Behind) -> None:
    phone = await asked(behind, whatsapp=False)
    count = len(phone.messages)
    await phone.says("ARRET", OptOutType="STOP")
    await behind.filed("blocked", 1)
    await asyncio.sleep(0.2)
    assert len(phone.messages) == count
    (person,) = await behind.rows(tables.participants)
    assert person.stopped_at is not None


async def test_yes_is_an_answer_and_never_a_start(behind: Behind) -> None:
    phone = await asked(behind, whatsapp=False)
    await phone.says("STOP")
    await behind.filed("blocked", 1)
    await phone.says("YES", OptOutType="START")
    await behind.filed("unblocked", 1)
    (person,) = await behind.rows(tables.participants)
    assert person.stopped_at is not None
