"""A whole consultation over HTTP as Twilio does it: by SMS and on WhatsApp, in each language."""

import asyncio
import json
from pathlib import Path
from typing import Any

from e2e.by_twilio import FLOWS, LANGUAGES, OPENS_WITH, PUBLIC, Behind, Note, Person
from e2e.running import found_in
from fakes.twilio_faults import refusal
from fakes.twilio_server import TwilioServer
from voice.sounds import voice_note

NUMBERS = {"fr": "+3360000000{}", "en": "+44750000000{}", "es": "+3461000000{}"}


SESSION = (
    "--title", "fr=Vendre ensemble", "--title", "en=Selling together", "--title",
    "es=Vender juntos", "--place", "Thiès", "--when", "2037-11-14 15:00", "--zone",
    "Africa/Dakar", "--region", "all",
)  # fmt: skip


def people_of(twilio: TwilioServer) -> list[Person]:
    """Someone in each language on each channel."""
    note = voice_note(2)
    return [
        Person(twilio.phone(NUMBERS[language].format(int(whatsapp)), whatsapp=whatsapp),
               language, note)
        for language in LANGUAGES
        for whatsapp in (False, True)
    ]  # fmt: skip


async def all_together(people: list[Person], flow: str) -> None:
    """Go through a flow, everybody at once."""
    await asyncio.gather(*(one.goes_through(flow) for one in people))


async def joins(person: Person) -> None:
    """Write the first words, and go through the welcome."""
    await person.phone.says("Bonjour")
    await person.hears()
    await person.goes_through("welcome")


async def test_every_phase_by_sms_and_on_whatsapp_in_each_language(tmp_path: Path) -> None:
    async with TwilioServer() as twilio, Behind(tmp_path, twilio) as palabre:
        twilio.reports = ("queued", "sent", "delivered")
        people = people_of(twilio)
        await asyncio.gather(*map(joins, people))
        await all_together(people, "trends")
        await palabre.command("session", "add", "sample", *SESSION, "--quiet", "--yes")
        for flow in OPENS_WITH:
            opened = await palabre.command("phase", "open", flow, "--yes")
            assert f"to {len(people)} people" in opened
            for one in people:
                await one.hears()
                await one.phone.says(OPENS_WITH[flow])
                await one.hears()
            await all_together(people, flow)
        await palabre.command("export", "--format", "jsonl", "--out", str(tmp_path / "rows.jsonl"))
        lines = (tmp_path / "rows.jsonl").read_text("utf-8").splitlines()
        look_at([json.loads(line) for line in lines], people)
        assert {status for _, status in twilio.callbacks} == {200}
        assert await palabre.stop() < 10
        look_for_secrets(palabre, people, tmp_path)


def look_at(rows: list[dict[str, Any]], people: list[Person]) -> None:
    """See that everybody's answers are there, once each, and the notes with them."""
    assert len({row["participant"] for row in rows}) == len(people)
    for one in people:
        own = [row for row in rows
               if (row["language"], row["channel"]) == (one.language, one.channel)]  # fmt: skip
        steps = [(row["flow"], row["step"], row["item"]) for row in own]
        assert len(steps) == len(set(steps)), "each answer once"
        assert {flow for flow, _, _ in steps} == set(FLOWS)
        spoken = [row for row in own if row["voice_state"]]
        assert {row["voice_state"] for row in spoken} <= {"kept"}
        notes = sum(isinstance(answer, Note) for said in FLOWS.values() for answer in said)
        assert len(spoken) == (notes if one.channel == "whatsapp" else 0)
        (dear,) = [row for row in own if row["comment"] == "trop cher"]
        assert (dear["step"], dear["code"]) == ("avis", "amend")
        assert not [row for row in own if row["text"] in ("Arrêt", "STOP", "baja", "Iniciar")]


def look_for_secrets(palabre: Behind, people: list[Person], folder: Path) -> None:
    """See that no number, name or token stands anywhere."""
    assert b"Traceback" not in palabre.log, palabre.log.decode()
    (folder / "log.txt").write_bytes(palabre.log)
    secrets = [palabre.twilio.token, "Ama\0"]
    secrets += [one.phone.number.lstrip("+") for one in people]
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert found_in(files, secrets) == []


async def test_templates_are_submitted_listed_and_looked_at_by_commands(tmp_path: Path) -> None:
    async with TwilioServer() as twilio:
        palabre = Behind(tmp_path, twilio)
        twilio.approves = "approved"
        assert "invite fr unsubmitted" in await palabre.command("template", "list")
        assert "invite es pending" in await palabre.command("template", "submit")
        assert "submitted before" in await palabre.command("template", "submit")
        assert (await palabre.command("template", "list")).count("approved") == 12
        looked = await palabre.command("doctor")
        assert "All templates for WhatsApp are approved." in looked
        assert f"{PUBLIC}/hooks/twilio/whatsapp#rc=3&rp=all" in looked
        twilio.fail("approvals", refusal(20003, 401), times=9)
        status, words = await palabre.tries("template", "list")
        assert status == 2
        assert "TWILIO_ACCOUNT_SID" in words
        assert "Traceback" not in words
