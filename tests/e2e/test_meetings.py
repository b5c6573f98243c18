"""Sessions over HTTP, as Telegram does it: who comes, who waits, and the report with a photo."""

import json
import sqlite3
import time
import zipfile
from pathlib import Path

from e2e.running import Palabre, Participant
from fakes.telegram_server import TelegramServer
from gateway.test_bare_photos import PHOTOS, SECRET
from voice.sounds import voice_note

SESSION = ("--title", "fr=Vendre ensemble", "--title", "en=Selling together",
           "--place", "Maison des associations, Thiès", "--when", "2037-02-14 15:00",
           "--zone", "Africa/Dakar", "--capacity", "1")  # fmt: skip


async def is_welcomed(who: Participant, language: int) -> None:
    """Answer the welcome, and put the trends off."""
    await who.joins("greniers")
    for number in (language, 0, 0, 0, 4, 0):  # language, three consents, facilitator, region
        await who.presses(number)
    await who.picks(0)
    await who.presses(1)


async def test_two_ask_for_the_last_place_and_one_reports_with_a_photo(tmp_path: Path) -> None:
    async with TelegramServer() as server, Palabre(tmp_path, server) as palabre:
        fatou = Participant(server.phone("Fatou", "fr"), "fatou")
        ellen = Participant(server.phone("Ellen", "en"), "ellen")
        await is_welcomed(fatou, 0)
        await is_welcomed(ellen, 1)
        await palabre.command("phase", "open", "sessions", "--yes", "--quiet")
        said = await palabre.command("session", "add", "marche", *SESSION, "--any-hour", "--yes")
        assert "to 2 people" in said
        await comes_and_waits(fatou, ellen)
        assert "1/1+1" in await palabre.command("session", "list")
        await withdraws(fatou, ellen)
        await palabre.command("session", "change", "marche", "--place", "École", "--yes")
        await until(ellen, "Please note the change")
        await led_by(palabre, tmp_path)
        await reports(fatou)
        assert await palabre.stop() < 10
        await look_at_the_pack(palabre, tmp_path)


async def comes_and_waits(fatou: Participant, ellen: Participant) -> None:
    """The announcement's button asks; the first answer takes the only place."""
    assert "Une nouvelle rencontre. Vendre ensemble" in (await fatou.hears()).text
    assert "A new meeting. Selling together" in (await ellen.hears()).text
    assert (await fatou.presses(0)).labels == [
        "Je viens",
        "Je ne sais pas encore",
        "Je ne viens pas",
    ]
    assert "Votre place est gardée" in (await fatou.presses(0)).text
    await ellen.presses(0)
    assert "You are on the waiting list" in (await ellen.presses(0)).text


async def withdraws(fatou: Participant, ellen: Participant) -> None:
    """Whoever withdraws makes room; the place is the other's, who is told at once or by day."""
    assert "Pour l'instant, vous venez." in (await fatou.says("rencontre")).text
    assert "vous ne venez pas" in (await fatou.presses(2)).text
    ellen.phone.says("meeting")
    await until(ellen, "So far you are coming.")


async def until(who: Participant, words: str) -> None:
    """Hear messages until one says this: what is told unasked waits for the day, by night."""
    while words not in (await who.hears()).text:
        pass


async def led_by(palabre: Palabre, folder: Path) -> None:
    """Let the session be over, and Fatou have led it."""
    rows = folder / "rows.jsonl"
    await palabre.command("export", "--format", "jsonl", "--out", str(rows))
    lines = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
    pseudonym = next(line["participant"] for line in lines if line["language"] == "fr")
    await palabre.command("session", "change", "marche", "--facilitator", pseudonym, "--yes")
    with sqlite3.connect(next(folder.rglob("palabre.sqlite"))) as database:
        yesterday = int(time.time() * 1000) - 86_400_000
        database.execute("UPDATE sessions SET begins_at = ?", [yesterday])


async def reports(fatou: Participant) -> None:
    """Answer the report, with a photo and two recordings."""
    heard = await fatou.says("rapport")
    assert "Vendre ensemble : le compte rendu." in heard.text
    await fatou.presses(0)
    await fatou.says("12")
    await fatou.says("8 3 1")
    await fatou.says("passer")
    await fatou.speaks(voice_note(2))
    await fatou.says("passer")
    await fatou.says("une carte du marché")
    heard = await fatou.says("assez")
    assert "Envoyez photos et enregistrements" in heard.text
    fatou.phone.sends_photo(PHOTOS["jpeg"][0], "le groupe")
    await fatou.hears()
    await fatou.speaks(voice_note(1))
    heard = await fatou.speaks(voice_note(3))
    assert "3" in heard.text
    assert "dans quelle langue" in (await fatou.says("fini")).text  # asked of whoever spoke
    assert "Merci. Votre compte rendu" in (await fatou.says("wolof")).text


async def look_at_the_pack(palabre: Palabre, folder: Path) -> None:
    """The report's rows name the session; its photo says nothing of where it was taken."""
    await palabre.command("export", "--format", "zip", "--out", str(folder / "pack.zip"))
    with zipfile.ZipFile(folder / "pack.zip") as archive:
        lines = [json.loads(line) for line in archive.read("rows.jsonl").splitlines()]
        report = [line for line in lines if line["flow"] == "session-report"]
        assert {line["about"] for line in report} == {"marche"}
        assert {line["phase"] for line in report} == {"sessions"}
        values = {line["step"]: line["value"] for line in report}
        assert values["presents"] == {"women": 8, "men": 3, "other": 1}
        traces = [line for line in report if line["step"] == "traces"]
        assert [bool(line["file"]) for line in traces] == [True, False, False]
        assert [bool(line["voice"]) for line in traces] == [False, True, True]
        photo = archive.read(traces[0]["file"])
        assert photo.startswith(b"\xff\xd8")
        assert not any(SECRET in archive.read(name) for name in archive.namelist())
