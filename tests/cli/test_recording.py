"""`palabre recording`: a person's voice reads what the bot says, checked and level."""

import shutil
from pathlib import Path

import pytest
from cli.conftest import Run
from voice.sounds import made, noise, silence, voice_note

from bot.voice.decode import decode
from bot.voice.limits import Limits
from bot.voice.loudness import loudness

ROOT = Path(__file__).parents[2]


@pytest.fixture
def palabre(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run commands on a copy of the consultation."""
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    monkeypatch.setenv("PALABRE_FLOWS", str(tmp_path / "flows"))
    return run


def test_a_recording_is_levelled_kept_listed_and_removed(palabre: Run, tmp_path: Path) -> None:
    (tmp_path / "a.ogg").write_bytes(voice_note(5))
    ended = palabre("recording", "add", "a.ogg", "--for", "manque", "--lang", "fr")
    assert ended.status == 0, ended.err
    assert "Que manque-t-il dans cet agenda ?" in ended.out
    folder = tmp_path / "flows/ess/documents/audio/fr/reactions"
    for name in ("manque.ogg", "manque.mp3"):
        assert loudness(decode((folder / name).read_bytes(), Limits()).pcm) == pytest.approx(
            -16, abs=1)  # fmt: skip
    listed = palabre("recording", "list", "--phase", "reactions", "--lang", "fr").out
    assert "fr reactions/manque recorded " in listed
    assert "fr reactions/merci missing -" in listed
    checked = palabre("check")
    assert checked.status == 0
    assert "reactions fr: of 24 texts 1 are read by people" in checked.out
    assert palabre("recording", "remove", "--for", "manque", "--lang", "fr").status == 0
    assert palabre("recording", "remove", "--for", "manque", "--lang", "fr").status == 2
    assert list(folder.iterdir()) == []


def test_what_nobody_should_be_asked_to_listen_to_is_refused_with_its_reason(
    palabre: Run, tmp_path: Path
) -> None:
    bad = {
        "empty.ogg": (made("s.wav", *silence()), "Nothing in the recording is loud enough"),
        "noise.ogg": (made("n.wav", *noise()), "Nobody speaks in the recording."),
        "page.mp3": (b"<html>" + voice_note(), "not a kind of recording"),
    }
    for name, (data, why) in bad.items():
        (tmp_path / name).write_bytes(data)
        ended = palabre("recording", "add", name, "--for", "manque", "--lang", "fr")
        assert ended.status == 2
        assert why in ended.err
    assert not (tmp_path / "flows/ess/documents/audio").exists()


def test_files_put_there_by_hand_are_told_by_check_and_taken_in(
    palabre: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "flows/ess/documents/audio/fr"
    folder.mkdir(parents=True)
    (folder / "trends-1.ogg").write_bytes(voice_note(5))
    assert 'fr: nobody checked the recording of "trends-1"' in palabre("check").out
    assert palabre("recording", "adopt").status == 0
    assert "nobody checked" not in palabre("check").out
    assert (folder / "trends-1.mp3").is_file()
