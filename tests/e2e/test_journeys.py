"""A whole consultation over HTTP, as Telegram does it, in each language and with voice notes."""

import asyncio
import json
import zipfile
from pathlib import Path
from typing import Any

from e2e.running import ADDS, Palabre, Participant, found_in, has_a_webhook
from fakes.telegram_phone import Heard
from fakes.telegram_server import TelegramServer
from voice.sounds import voice_note

LANGUAGES = {"fr": ("Aminatou", 0), "en": ("Marjorie", 1), "es": ("Yolotzin", 2)}


def choices(heard: Heard) -> list[str]:
    """Return the buttons that answer the question."""
    return [one for one in heard.labels if not one.startswith(ADDS)]


async def goes_through_welcome_and_trends(who: Participant, language: int, note: bytes) -> None:
    """Answer all questions of the first two flows, by buttons, words and voice."""
    heard = await who.joins("greniers")
    assert len(heard.labels) == 3
    for number in (language, 0, 0, 0, 0, 0):  # language, three consents, role, region
        heard = await who.presses(number)
    heard = await who.picks(0, 2)  # themes; the network is known from the link
    heard = await who.presses(0)  # trends: shall we begin?
    heard = await who.presses(0)
    heard = await who.speaks(note)
    heard = await who.presses(2)
    heard = await who.says("Les coopératives n'y sont pas.")
    heard = await who.speaks(note)
    heard = await who.says("Le groupe des semences")
    heard = await who.says("wolof")
    assert not choices(heard), heard.text


async def goes_through_reactions(who: Participant, note: bytes) -> None:
    """Answer all questions of the third flow."""
    announced = await who.hears()
    assert len(announced.labels) == 1
    await who.presses(0)
    heard = await who.presses(0)
    for number in (0, 1, 2, 0, 0):  # five items: the second and the third are to be changed
        assert len(choices(heard)) == 3, heard.text
        heard = await who.presses(number)
        if number == 1:
            heard = await who.speaks(note)
        if number == 2:
            heard = await who.says("Il faut de l'eau d'abord.")
    assert not choices(heard), heard.text
    heard = await who.says("Les jeunes")
    assert len(heard.labels) >= 7
    heard = await who.picks(1, 3)
    assert not choices(heard), heard.text


async def takes_part(palabre: Palabre, *languages: str) -> dict[str, Participant]:
    """Go through everything at once, in these languages."""
    people = {
        code: Participant(palabre.server.phone(LANGUAGES[code][0], code), f"handle_of_{code}")
        for code in languages
    }
    note = voice_note(2)
    await asyncio.gather(
        *(
            goes_through_welcome_and_trends(one, LANGUAGES[code][1], note)
            for code, one in people.items()
        )
    )
    opened = await palabre.command("phase", "open", "reactions", "--yes")
    assert f"to {len(people)} people" in opened
    await asyncio.gather(*(goes_through_reactions(one, note) for one in people.values()))
    return people


async def rows_of(palabre: Palabre, out: Path) -> list[dict[str, Any]]:
    """Export, and read the rows."""
    await palabre.command("export", "--format", "jsonl", "--out", str(out))
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def look_at(rows: list[dict[str, Any]], people: dict[str, Participant]) -> None:
    """See that everybody's answers are there, once each."""
    assert len({row["participant"] for row in rows}) == len(people)
    for language in people:
        own = [row for row in rows if row["language"] == language]
        steps = [(row["flow"], row["step"], row["item"]) for row in own]
        assert len(steps) == len(set(steps)), "each answer once"
        flows = {flow: sum(1 for step in steps if step[0] == flow) for flow, _, _ in steps}
        assert flows == {"welcome": 7, "trends": 8, "reactions": 10}
        answers = {(row["step"], row["item"]): row for row in own}
        spoken = [row for row in own if row["voice_state"]]
        assert {row["voice_state"] for row in spoken} == {"kept"}
        assert len(spoken) == 3
        assert {round(row["duration_s"]) for row in spoken} == {2}
        assert answers["manque_outils", ""]["text"] == "Les coopératives n'y sont pas."
        assert answers["domaines", ""]["codes"] == ["food", "housing"]
        assert answers["priorites", ""]["codes"] == ["trade", "poverty"]
        assert {row["network"] for row in own} == {"greniers"}
        assert {row["channel"] for row in own} == {"telegram"}
        later = [row for row in own if row["flow"] != "welcome"]
        assert {(row["consent_quote"], row["consent_voice"]) for row in later} == {("yes", "yes")}


async def look_for_secrets(palabre: Palabre, people: dict[str, Participant], folder: Path) -> None:
    """See that no number, name, handle or token stands anywhere, open or in an archive."""
    pack = folder / "pack.zip"
    await palabre.command("export", "--format", "zip", "--out", str(pack))
    await palabre.command("export", "--format", "csv", "--out", str(folder / "rows.csv"))
    sheet = folder / "rows.xlsx"
    await palabre.command("export", "--format", "xlsx", "--all", "--out", str(sheet))
    for packed in (pack, sheet):
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(folder / f"{packed.name} unpacked")
    (folder / "log.txt").write_bytes(palabre.log)
    assert b"Traceback" not in palabre.log, palabre.log.decode()
    files = [file for file in folder.rglob("*") if file.is_file()]
    names = {file.name for file in files}
    assert {"palabre.sqlite", "rows.jsonl", "rows.csv", "log.txt", "sheet1.xml"} <= names
    secrets = [palabre.server.token, palabre.server.token.partition(":")[2]]
    for one in people.values():
        secrets += [str(one.phone.id), one.phone.name, one.handle]
    assert found_in(files, secrets) == []
    status, words = await palabre.tries("explain", str(next(iter(people.values())).phone.id))
    assert status == 2
    assert "no participant" in words


async def by_long_polling(folder: Path) -> None:
    """Two people, in French and in English; the process asks for updates."""
    folder.mkdir()
    async with TelegramServer() as server, Palabre(folder, server) as palabre:
        people = await takes_part(palabre, "fr", "en")
        assert not server.webhook
        look_at(await rows_of(palabre, folder / "rows.jsonl"), people)
        assert await palabre.stop() < 10
        await look_for_secrets(palabre, people, folder)


async def by_webhook(folder: Path) -> None:
    """Someone in Spanish; updates are brought to the process."""
    folder.mkdir()
    public = {"PUBLIC_URL": "https://palabre.example"}
    async with TelegramServer() as server, Palabre(folder, server, public) as palabre:
        await has_a_webhook(palabre)
        people = await takes_part(palabre, "es")
        look_at(await rows_of(palabre, folder / "rows.jsonl"), people)
        assert {status for _, status in server.webhook_tries} == {200}
        assert not server.calls("getUpdates")
        secret = server.webhook["secret_token"]
        assert await palabre.stop() < 10
        assert secret.encode() not in palabre.log
        await look_for_secrets(palabre, people, folder)


async def test_a_whole_consultation_in_each_language_by_long_polling_and_by_webhook(
    tmp_path: Path,
) -> None:
    """At once, for one chat gets no more than a message a second."""
    await asyncio.gather(by_long_polling(tmp_path / "polling"), by_webhook(tmp_path / "webhook"))
