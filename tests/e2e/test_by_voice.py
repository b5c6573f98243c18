"""A flow from end to end by ears and voice alone, on Telegram and on WhatsApp, with real sound."""

import asyncio
import json
from pathlib import Path

from e2e.by_twilio import Note
from e2e.by_voice import LISTENS, Everywhere, OnTelegram, OnWhatsApp, Person, by_voice
from e2e.running import has_a_webhook
from fakes.telegram_server import TelegramServer
from fakes.twilio_server import TwilioServer
from voice.sounds import voice_note

from bot.voice.decode import decode
from bot.voice.limits import Limits


async def asks_to_hear(person: Person) -> None:
    """Hear everything from the first word on, and answer one choice by voice, twice."""
    await person.says(LISTENS[person.language], "welcome")
    await person.goes_through("welcome")
    person.flow = "trends"
    for number, answer in enumerate(by_voice("trends")):
        if number == 1:  # a choice: whoever speaks twice goes on, and a person will listen
            await person.answers(Note(""))
            answer = Note("")
        await person.answers(answer)


async def speaks_first(person: Person) -> None:
    """Answer the first open question by voice: from then on everything is heard."""
    await person.says("Hola", "before")
    for answer in (*by_voice("welcome"), *by_voice("trends")[:2]):
        await person.answers(answer)
    person.flow = "trends"
    for answer in by_voice("trends")[2:]:
        await person.answers(answer)


async def test_a_flow_is_gone_through_by_ears_and_voice_alone(tmp_path: Path) -> None:
    note = voice_note(2)
    async with (
        TelegramServer() as telegram,
        TwilioServer() as twilio,
        Everywhere(tmp_path, telegram, twilio) as palabre,
    ):
        await has_a_webhook(palabre)
        ama = Person(OnTelegram(telegram.phone("Ama", "fr")), "fr", note)
        whatsapp = twilio.phone("+34610000001", whatsapp=True)
        lucia = Person(OnWhatsApp(whatsapp, palabre.port), "es", note)
        await asyncio.gather(asks_to_hear(ama), speaks_first(lucia))
        await palabre.command("export", "--format", "jsonl", "--out", str(tmp_path / "rows.jsonl"))
        assert b"Traceback" not in palabre.log, palabre.log.decode()
    heard = [one for turns in (ama.turns["trends"], lucia.turns["trends"]) for one in turns]
    assert [one.text for one in heard if not one.sound] == []
    assert not any(one.sound for one in lucia.turns["before"])
    for one in heard[::6]:
        length = len(decode(one.sound, Limits()).pcm) / 16_000
        assert len(one.text) / 30 < length < len(one.text) / 5, (length, one.text)
    lines = (tmp_path / "rows.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["flow"] == "trends"]
    for language in ("fr", "es"):
        own = [row for row in rows if row["language"] == language]
        assert {row["voice_state"] for row in own if not row["code"]} <= {"kept", ""}
        assert sum(row["voice_state"] == "kept" for row in own) >= 5
        assert not [row for row in own if row["text"]]
    assert {row["state"] for row in rows if row["step"] == "regions"} == {"kept", "unresolved"}
