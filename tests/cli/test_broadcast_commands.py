"""The commands about lists, segments, broadcasts and cost, as a coordinator types them."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import Run
from voice.sounds import mp3_note, voice_note

from bot.voice.chapters import Cover, in_mp3, in_opus

CHANNELS = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_API_URL": "http://127.0.0.1:9",  # where nobody answers
    "TWILIO_SMS_FROM": "+33700000000",
    "TWILIO_WHATSAPP_FROM": "+33700000001",
    "TELEGRAM_BOT_TOKEN": "12345:" + "A" * 35,
}
LIST = """channel,address,language,role
sms,+221771234567,fr,activist
sms,+33612345678,en,partner
whatsapp,+573001234567,es,activist
smz,+221771234568,fr,activist
"""
NEWS = "fr: La rencontre est lundi.\nen: The meeting is on Monday.\nes: El lunes.\n"
FRENCH = "language is fr and channel is sms and has not answered reactions"


@pytest.fixture
def palabre(run: Run, tmp_path: Path) -> Any:
    """Run commands where all channels are set up, and three people are known."""
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    (tmp_path / "news.yaml").write_text(NEWS, "utf-8")

    def told(*words: str, said: str = "") -> Any:
        return run(*words, said=said, **CHANNELS)

    assert told("participants", "import", "list.csv", "--consent", "They signed.").status == 1
    return told


def test_a_list_is_brought_in_and_its_mistakes_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    tried = run("participants", "import", "list.csv", "--dry-run", **CHANNELS)
    assert "new: 3" in tried.out
    assert "Nothing was written" in tried.out
    done = run("participants", "import", "list.csv", **CHANNELS)
    assert (done.status, "new: 3" in done.out) == (1, True)
    assert done.err.startswith("line 5, channel: “smz” is not known; did you mean “sms”?")
    assert "+221" not in done.err + done.out


def test_a_segment_is_saved_shown_and_listed(palabre: Any) -> None:
    assert "1 people" in palabre("segment", "save", "dakar", FRENCH).out
    assert palabre("segment", "list").out == f"dakar 1 {FRENCH}\n"
    assert palabre("segment", "show", "dakar").status == 0
    wrong = palabre("segment", "save", "paris", "langage is fr")
    assert (wrong.status, wrong.err) == (
        2, "“langage” is not known; did you mean “language”?\n")  # fmt: skip


def test_a_phase_waits_for_whatsapp_s_templates_unless_one_insists_or_tells_nobody(
    palabre: Any,
) -> None:
    refused = palabre("phase", "open", "interviews", "--yes")
    assert refused.status == 2
    assert "invite (fr: unsubmitted, en: unsubmitted, es: unsubmitted)" in refused.err
    assert "--force" in refused.err
    assert "interviews planned" in palabre("phase", "list").out
    assert palabre("phase", "open", "interviews", "--yes", "--quiet").status == 0
    insisted = palabre("phase", "open", "interviews", "--yes", "--force")
    assert insisted.status == 0
    assert "invite (fr: unsubmitted" in insisted.out


def test_a_preview_counts_in_json(palabre: Any) -> None:
    found = json.loads(palabre("broadcast", "preview", "--text", "news.yaml", "--json").out)
    assert found["recipients"] == 2
    assert found["by_channel"] == {"sms": 2}
    assert found["by_language"] == {"en": 1, "fr": 1}
    assert found["excluded"] == {"window": 1}
    assert (found["segments"], found["cost"]) == (2, 0.29)
    assert found["begins_at"] <= found["ends_at"]


def test_a_preview_shows_how_it_looks(palabre: Any) -> None:
    said = palabre("broadcast", "preview", "--to", "language is fr", "--text", "news.yaml").out
    assert "It goes to 1 people." in said
    assert "La rencontre est lundi." in said
    assert "check them (palabre cost)" in said


def test_sent_it_returns_at_once_and_can_be_told_what_to_do(palabre: Any) -> None:
    sent = palabre("broadcast", "send", "--text", "news.yaml", "--yes", "--json")
    assert json.loads(sent.out) == {"id": 1}
    assert palabre("broadcast", "status", "1", "--json").out.startswith(
        '{"id": 1, "state": "planned"'
    )
    assert json.loads(palabre("broadcast", "list", "--json").out)[0]["state"] == "planned"
    assert "paused" in palabre("broadcast", "pause", "1").out
    assert palabre("broadcast", "pause", "1").status == 2
    assert "goes on" in palabre("broadcast", "resume", "1").out
    assert json.loads(palabre("broadcast", "cancel", "1", "--json").out)["state"] == "cancelled"
    assert "There is no such broadcast" in palabre("broadcast", "status", "9").err


def test_nothing_is_sent_without_a_yes(palabre: Any) -> None:
    no = palabre("broadcast", "send", "--text", "news.yaml", said="n\n")
    assert (no.status, "Nothing was sent." in no.err) == (1, True)
    assert palabre("broadcast", "list").out == ""


def test_a_ledger_has_the_columns_that_scripts_rely_on(palabre: Any, tmp_path: Path) -> None:
    palabre("broadcast", "send", "--text", "news.yaml", "--yes")
    out = tmp_path / "ledger.csv"
    assert palabre("broadcast", "ledger", "1", "--out", str(out)).status == 0
    head = next(csv.reader(io.StringIO(out.read_text("utf-8"))))
    assert head[:10] == ["participant", "channel", "language", "state", "reason", "segments",
                         "cost", "attempts", "first_at", "last_at"]  # fmt: skip


WRONG = {
    (): "--text FILE.yaml, --audio FOLDER, or --flow",
    ("--flow", "reaction"): "did you mean “reactions”?",
    ("--text", "news.yaml", "--flow", "reactions"): "Either --text or --flow",
    ("--text", "news.yaml", "--at", "soon"): "2026-11-30T09:00",
    ("--text", "news.yaml", "--to", "language is"): "ends too early",
    ("--text", "bad.yaml"): "bad.yaml:1:",
    ("--text", "news.yaml", "--test", "telegram:12"): "write to the bot first",
}


def test_nobody_tries_out_a_channel_that_is_not_set_up(run: Run, tmp_path: Path) -> None:
    (tmp_path / "news.yaml").write_text(NEWS, "utf-8")
    told = run("broadcast", "send", "--text", "news.yaml", "--test", "sms:+33612345678")
    assert (told.status, told.out) == (2, "")
    assert "“sms” is not set up here" in told.err


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_order_is_told_with_its_remedy(
    palabre: Any, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "bad.yaml").write_text("ff: Non.\n", "utf-8")
    told = palabre("broadcast", "send", "--yes", *words)
    assert told.status in (1, 2)
    assert WRONG[words] in told.err
    assert "Traceback" not in told.err


def test_the_cost_says_that_its_prices_are_to_be_checked(palabre: Any) -> None:
    assert "Nobody has checked these prices yet" in palabre("cost").out
    found = json.loads(palabre("cost", "--json").out)
    assert (found["cost"], found["checked"], found["lines"]) == (0, False, [])


def test_a_new_key_is_made_and_everything_opens_with_it(palabre: Any) -> None:
    assert "values were turned" in palabre("rekey").out
    assert "known already: 3" in palabre("participants", "import", "list.csv").out
    assert "0 values were turned" not in palabre("rekey").out


def test_an_audio_session_is_previewed_with_its_size_on_each_channel(
    palabre: Any, tmp_path: Path
) -> None:
    cover = Cover("Water", "What people said.", "en")
    folder = tmp_path / "water"
    folder.mkdir()
    (folder / "session.mp3").write_bytes(in_mp3(mp3_note(4), cover, []))
    (folder / "session.ogg").write_bytes(in_opus(voice_note(4), cover, []))
    (folder / "transcript.md").write_text("# Water\n", "utf-8")
    found = json.loads(palabre("broadcast", "preview", "--audio", "water", "--hold", "--json").out)
    kinds = {one["channel"]: (one["as"], one["bytes"]) for one in found["sounds"]}
    assert kinds["sms"] == ("link", 0)
    assert kinds["whatsapp"] == ("voice", (folder / "session.ogg").stat().st_size)
    said = palabre("broadcast", "preview", "--audio", "water", "--hold").out
    assert "whatsapp, es: the audio session as a voice message, " in said
    assert "sms, fr: a link to the page of the audio session" in said
    assert palabre("audio-session", "list").out == ""
    assert palabre("broadcast", "send", "--audio", "water", "--yes").out == "1\n"
    (line,) = palabre("audio-session", "list").out.splitlines()
    code, *rest = line.split()
    assert rest[0] == "en"
    assert rest[-1] == "Water"
    assert palabre("audio-session", "withdraw", code).status == 0
    assert "No audio session has this code" in palabre("audio-session", "withdraw", code).err
    (folder / "session.ogg").write_bytes(b"nothing")
    wrong = palabre("broadcast", "send", "--audio", "water", "--yes")
    assert (wrong.status, "This is no audio session" in wrong.err) == (2, True)
