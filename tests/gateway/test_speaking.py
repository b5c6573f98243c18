"""What nobody recorded is said by the engine, and made anew when its words change."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from bot.gateway.aloud import aloud
from bot.gateway.library import Library
from bot.gateway.speaking import LEDGER, Sounds, Words, to_be_heard
from bot.voice.pcm import Pcm
from bot.voice.saying import CannotSayError

ROOT = Path(__file__).parents[2]


@dataclass
class Reader:
    """Says everything as two seconds of a tone; `mute` cannot."""

    mute: bool = False
    said: list[str] = field(default_factory=list)

    def speaks(self, language: str) -> bool:
        """Speak every language."""
        return True

    def say(self, text: str, language: str) -> Pcm:
        """Keep what was to be said."""
        if self.mute:
            raise CannotSayError(CannotSayError.__doc__)
        self.said.append(text)
        return (np.sin(np.arange(32_000) / 6) * 9000).astype("<i2")


@pytest.fixture
def sounds(tmp_path: Path) -> Sounds:
    return Sounds(tmp_path)


def words(text: str = "Un puits.") -> Words:
    """Something to be heard."""
    return Words("audio/fr/eau.ogg", "fr", text)


def again(tmp_path: Path, sounds: Sounds) -> Sounds:
    """The same folder, later."""
    sounds.write()
    return Sounds(tmp_path)


def test_what_is_missing_is_said_and_known_from_then_on(tmp_path: Path, sounds: Sounds) -> None:
    assert sounds.look(words()).state == "missing"
    made = sounds.say(words(), Reader())
    assert (made.state, made.seconds) == ("spoken", 2.0)
    assert (tmp_path / "audio/fr/eau.ogg").read_bytes()[:4] == b"OggS"
    found = again(tmp_path, sounds).look(words())
    assert (found.state, found.seconds, found.size) == ("spoken", 2.0, made.size)


def test_what_says_other_words_than_today_s_is_stale(tmp_path: Path, sounds: Sounds) -> None:
    sounds.say(words(), Reader())
    assert again(tmp_path, sounds).look(words("Deux puits.")).state == "stale"


def test_a_person_s_recording_goes_before_and_is_told_when_its_words_change(
    tmp_path: Path, sounds: Sounds
) -> None:
    file = tmp_path / "audio" / "fr" / "eau.mp3"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"a voice")
    assert sounds.look(words()).state == "recorded"
    assert again(tmp_path, sounds).look(words("Deux puits.")).state == "recording stale"
    assert json.loads((tmp_path / LEDGER).read_text("utf-8"))["audio/fr/eau.ogg"]["by"] == "person"


def test_what_cannot_be_said_is_told_and_leaves_no_file(tmp_path: Path, sounds: Sounds) -> None:
    found = sounds.say(words(), Reader(mute=True))
    assert found.state == "missing"
    assert found.why
    assert not (tmp_path / "audio").exists()


def test_papers_and_points_of_what_ships_are_heard_in_every_language() -> None:
    library = Library(ROOT / "flows", "ess", ROOT / "locales")
    found = {
        one.file: one for one in to_be_heard(library, list(library.current), ("fr", "en", "es"))
    }
    for language in ("fr", "en", "es"):
        assert f"audio/{language}/trends-1.ogg" in found
        assert f"audio/{language}/food-procurement.ogg" in found
    assert not any(sign in one.text for one in found.values() for sign in "{}%€")


def test_a_sound_that_was_said_goes_with_its_paper(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    library = Library(tmp_path / "flows", "ess", ROOT / "locales")
    assert "audio" not in library.flow("trends", "fr").documents["trends-1"].files
    sounds = Sounds(library.folder / "documents")
    for one in to_be_heard(library, ["trends"], ("fr",)):
        sounds.say(one, Reader())
    library.reload_if_changed()
    files = library.flow("trends", "fr").documents["trends-1"].files
    assert files["audio"] == "audio/fr/trends-1.ogg"


@pytest.mark.parametrize(
    ("written", "said", "language"),
    [
        ("L'ESS, 30 % du budget", "L'économie sociale et solidaire, 30 pour cent du budget", "fr"),
        ("The SSE and the UN", "The social and solidarity economy and the United Nations", "en"),
        ("el 30 %", "el 30 por ciento", "es"),
        ("PRESSE", "PRESSE", "fr"),
    ],
)
def test_short_forms_and_signs_are_written_out(written: str, said: str, language: str) -> None:
    assert aloud(written, language) == said
