"""`palabre audio-session`: from what people said to a programme, by two commands."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from cli.conftest import Run
from cli.test_chat import rows
from voice.sounds import voice_note

from bot.voice.decode import decode
from bot.voice.limits import Limits
from bot.voice.loudness import loudness

ROOT = Path(__file__).parents[2]
HEARD = "1\n1\n1\n1\n1\n1\n4\n1 3\n"  # French; all consents; activist; region; no network; themes
UNHEARD = "1\n1\n1\n2\n1\n1\n4\n1 3\n"


def speaks(run: Run, tmp_path: Path, consents: str, seconds: float) -> None:
    """Somebody goes through the welcome, then answers a question of the trends by voice."""
    (tmp_path / "note.ogg").write_bytes(voice_note(seconds))
    said = consents + "1\n1\n[voice note.ogg]\n"
    ended = run("chat", said=said)
    assert ended.status == 0, ended.err


def test_a_session_is_drafted_changed_and_made(run: Run, tmp_path: Path) -> None:
    for consents, seconds in ((HEARD, 6), (UNHEARD, 7), (HEARD, 8)):
        speaks(run, tmp_path, consents, seconds)
    spoken = [row for row in rows(run, tmp_path) if row["voice_state"] == "kept"]
    allowed = {row["contribution"] for row in spoken if row["consent_voice"] == "yes"}
    assert (len(spoken), len(allowed)) == (3, 2)
    ended = run("audio-session", "draft", "--phase", "trends", "--lang", "fr", "--out", "s.yaml")
    assert ended.status == 0, ended.err
    script = (tmp_path / "s.yaml").read_text("utf-8")
    assert {one for one in allowed if str(one) in script} == allowed
    assert not any(str(row["contribution"]) in script for row in spoken
                   if row["consent_voice"] != "yes")  # fmt: skip
    ended = run("audio-session", "make", "s.yaml", "--out", "eau")
    assert ended.status == 0, ended.err
    assert "LUFS" in ended.out
    files = {file.name for file in (tmp_path / "eau").iterdir()}
    assert files == {"session.mp3", "session.ogg", "transcript.md", "cover.txt", "sources.csv"}
    pcm = decode((tmp_path / "eau" / "session.mp3").read_bytes(), Limits()).pcm
    assert loudness(pcm) == pytest.approx(-16, abs=1.2)


def test_who_did_not_agree_to_be_heard_is_not_quoted_by_any_script(
    run: Run, tmp_path: Path
) -> None:
    speaks(run, tmp_path, UNHEARD, 6)
    (spoken,) = [row for row in rows(run, tmp_path) if row["voice_state"] == "kept"]
    ended = run("audio-session", "draft", "--phase", "trends", "--lang", "fr", "--out", "s.yaml")
    assert (ended.status, ended.err) == (2, "Nobody spoke there who agreed to be heard.\n")
    text = f"title: T\nlanguage: fr\nparts:\n  a:\n    quote: {spoken['contribution']}\n"
    (tmp_path / "s.yaml").write_text(text, "utf-8")
    ended = run("audio-session", "make", "s.yaml", "--out", "eau")
    assert ended.status == 1
    assert "s.yaml:5:" in ended.err
    assert "may not be heard" in ended.err


def test_a_session_is_stale_once_somebody_takes_their_voice_back(run: Run, tmp_path: Path) -> None:
    """One sees it, its page is closed, and nobody is sent it any more."""
    speaks(run, tmp_path, HEARD, 6)
    made = run("audio-session", "make", "--phase", "trends", "--lang", "fr", "--out", "eau")
    assert made.status == 0, made.err
    assert run("broadcast", "send", "--audio", "eau", "--yes").status == 0
    assert len(run("audio-session", "list").out.splitlines()) == 1
    with sqlite3.connect(next(tmp_path.rglob("palabre.sqlite"))) as database:
        database.execute("UPDATE facts SET value = '\"no\"' WHERE name = 'consent to be heard'")
    listed = run("audio-session", "list").out.splitlines()
    assert listed[1].startswith("  1 of its voices may not be heard any more")
    assert "1 audio sessions hold voices" in run("doctor").out
    for verb in (("preview",), ("send", "--yes")):
        ended = run("broadcast", *verb, "--audio", "eau")
        assert ended.status == 2
        assert "make it anew without them" in ended.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("make", "--out", "eau"), "Name a script"),
        (("draft", "--phase", "autumn", "--lang", "fr", "--out", "s"), "There is no such phase"),
        (("make", "nowhere.yaml", "--out", "eau"), "nowhere.yaml"),
    ],
)
def test_wrong_use_is_a_sentence(run: Run, words: tuple[str, ...], sentence: str) -> None:
    ended = run("audio-session", *words)
    assert ended.status == 2
    assert sentence in ended.err


def test_what_can_be_heard_is_listed_and_made(run: Run, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    ours = {"PALABRE_FLOWS": str(tmp_path / "flows")}
    listed = run("speak", "--phase", "trends", "--lang", "es", "--list", **ours)
    assert re.fullmatch(
        r"trends es: 0 sentences, 0 s, 0 KB, \d+ missing", listed.out.splitlines()[0]
    )
    assert listed.out.splitlines()[1:] == [
        "audio/es/trends-1.ogg missing - 0 KB", "audio/es/trends-2.ogg missing - 0 KB"]  # fmt: skip
    made = run("speak", "--phase", "draft", "--lang", "es", **ours)
    assert made.status == 0, made.err
    told = re.fullmatch(r"draft es: (\d+) sentences, \d+ s, \d+ KB, 0 missing\n", made.out)
    assert told
    assert f"{told[1]} new sounds, " in made.err
    silent = run("speak", "--phase", "trends", **ours, PALABRE_TTS="off")
    assert (silent.status, "no speech engine" in silent.err) == (2, True)
    unknown = run("speak", "--lang", "wo", **ours)
    assert (unknown.status, "wo is no language" in unknown.err) == (2, True)
