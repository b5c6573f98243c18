"""`palabre listen`: what waits for a human ear, and what a listener says of it."""

import json
from pathlib import Path

import pytest
from cli.conftest import Run
from cli.test_chat import rows
from voice.sounds import voice_note

SPOKEN_ROLE = "2\n1\n1\n1\n[voice note.ogg]\n[voice note.ogg]\n"


@pytest.fixture
def waiting(run: Run, tmp_path: Path) -> dict[str, object]:
    """Someone who spoke where a role was to be chosen: what `listen list` says of it."""
    (tmp_path / "note.ogg").write_bytes(voice_note(3))
    assert run("chat", said=SPOKEN_ROLE).status == 0
    ended = run("listen", "list", "--json")
    assert ended.status == 0, ended.err
    (found,) = json.loads(ended.out)
    return dict(found)


def test_what_waits_is_listed_a_line_each(run: Run, waiting: dict[str, object]) -> None:
    assert waiting["step"] == "role"
    assert waiting["seconds"] == pytest.approx(6, abs=0.3)
    ended = run("listen", "list")
    assert ended.out.startswith(f"{waiting['contribution']} {waiting['participant']} ")
    assert "activist|member|" in ended.out


def test_nothing_waits_in_an_empty_house(run: Run) -> None:
    assert run("listen", "list").out == "Nothing waits to be heard.\n"


def test_it_is_played_coded_and_written_down(
    run: Run, tmp_path: Path, waiting: dict[str, object]
) -> None:
    one = str(waiting["contribution"])
    played = run("listen", "play", one, "--out", "notes")
    assert played.status == 0, played.err
    files = sorted((tmp_path / "notes").glob("*.mp3"))
    assert [file.name for file in files] == [f"{one}-1.mp3", f"{one}-2.mp3"]
    assert run("listen", "code", one, "activist", "--by", "Awa").status == 0
    said = run("listen", "write", one, "Here I dig wells.", "--spoken", "wolof", "--by", "Awa")
    assert said.status == 0, said.err
    found = [row for row in rows(run, tmp_path) if row["contribution"] == one]
    assert [(row["code"], row["coded_by"], row["state"]) for row in found] == [
        ("activist", "Awa", "kept")] * 2  # fmt: skip
    assert {(row["transcript"], row["transcript_by"], row["spoken_language"]) for row in found} == {
        ("Here I dig wells.", "Awa", "wolof")}  # fmt: skip
    assert {row["role"] for row in found} == {"activist"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("code", "nothing", "activist", "--by", "Awa"), "`palabre listen list` shows"),
        (("play", "nothing", "--out", "notes"), "has no recording"),
        (("write", "nothing", " ", "--spoken", "wolof", "--by", "Awa"), "There are no words"),
    ],
)
def test_wrong_use_is_a_sentence(run: Run, words: tuple[str, ...], sentence: str) -> None:
    ended = run("listen", *words)
    assert ended.status == 2
    assert sentence in ended.err


def test_a_code_that_was_not_offered_is_refused_with_those_that_were(
    run: Run, waiting: dict[str, object]
) -> None:
    ended = run("listen", "code", str(waiting["contribution"]), "baker", "--by", "Awa")
    assert ended.status == 2
    assert "activist, member" in ended.err


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PALABRE_ASR": "whisper"}, "write off, faster-whisper:FOLDER or http"),
        ({"PALABRE_ASR": "faster-whisper:nowhere"}, "(nowhere: model.bin)"),
        ({"PALABRE_ASR": "http"}, "PALABRE_ASR_URL"),
        ({"PALABRE_ASR": "http", "PALABRE_ASR_URL": "https://asr.example"},
         "recordings may not leave this machine"),
    ],
)  # fmt: skip
def test_an_engine_that_is_not_there_or_not_consented_to_stops_the_start(
    run: Run, settings: dict[str, str], sentence: str
) -> None:
    ended = run("chat", **settings)
    assert ended.status == 2
    assert sentence in ended.err
