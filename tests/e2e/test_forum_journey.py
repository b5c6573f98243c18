"""The forum over HTTP, as Telegram does it: said by voice, decided by command, heard by others."""

import asyncio
import json
from pathlib import Path

from e2e.running import Palabre, Participant
from fakes.telegram_server import TelegramServer
from voice.sounds import voice_note

OURS = "On garde nos semences dans une jarre."
THEIRS = "We keep our seeds in a jar."


async def comes_to_the_forum(who: Participant, language: int, keyword: str) -> str:
    """Be welcomed, put the trends off, and take up the topic of the week."""
    await who.joins("greniers")
    for number in (language, 0, 0, 0, 0, 0):  # language, three consents, role, region
        await who.presses(number)
    await who.picks(0)
    await who.presses(1)
    heard = await who.says(keyword)
    assert len(heard.labels) == 2
    return (await who.presses(0)).text


async def moderated(palabre: Palabre) -> str:
    """Listen, approve in words, translate; return the contribution."""
    async with asyncio.timeout(30):
        while not (found := json.loads(await palabre.command("moderate", "list", "--json"))):
            await asyncio.sleep(0.2)
    (case,) = found
    assert (case["kind"], case["language"], case["about"]) == ("voice", "fr", "seeds")
    note = palabre.folder / "note.mp3"
    await palabre.command("moderate", "show", case["id"], "--sound", str(note))
    assert note.stat().st_size > 500
    status, words = await palabre.tries("moderate", "approve", case["id"])
    assert status == 2, words
    assert "--text" in words
    await palabre.command("moderate", "approve", case["id"], "--text", OURS, "--sound")
    await palabre.command("moderate", "translate", case["id"], "--to", "en", "--text", THEIRS)
    return str(case["id"])


async def test_a_voice_is_heard_by_others_once_a_person_approved_it(tmp_path: Path) -> None:
    async with TelegramServer() as server, Palabre(tmp_path, server) as palabre:
        await palabre.command("topic", "open", "seeds", "--yes")
        await palabre.command("phase", "open", "forum", "--quiet", "--yes")
        ama, ben, eve, yol = (
            Participant(server.phone(name, code), f"handle_of_{name}")
            for name, code in (("Ama", "fr"), ("Ben", "fr"), ("Eve", "en"), ("Yol", "es"))
        )
        await comes_to_the_forum(ama, 0, "FORUM")
        asked = await ama.speaks(voice_note(2))
        assert "dans quelle langue" in asked.text
        thanks = await ama.says("bambara")
        assert "Un autre sujet suivra" in thanks.text
        said = await moderated(palabre)
        french, english, spanish = await asyncio.gather(
            comes_to_the_forum(ben, 0, "forum"), comes_to_the_forum(eve, 1, "forum"),
            comes_to_the_forum(yol, 2, "foro"),
        )  # fmt: skip
        assert OURS in french
        assert THEIRS in english
        assert "¿cómo es donde usted vive?" in spanish  # nobody translated it for her
        sounds = [one for who in (ben, eve, yol) for one in who.phone.messages if one.kind]
        assert [(one.kind, one.file_name, len(one.file) > 500) for one in sounds] == [
            ("voice", "voice.ogg", True)
        ] * 2
        assert "votre voix" in (await ben.presses(1)).text
        await palabre.command("export", "--format", "jsonl", "--out", str(tmp_path / "rows.jsonl"))
        rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
        (agreement,) = [row for row in rows if row["step"] == "avis"]
        assert (agreement["item"], agreement["code"]) == (said, "disagree")
        assert said in {row["contribution"] for row in rows if row["step"] == "parole"}
        await ama.says("oubliez-moi")
        await ama.presses(0)
        eve.phone.says("repeat")
        assert THEIRS not in (await eve.hears()).text
        assert b"Traceback" not in palabre.log, palabre.log.decode()
