"""What nobody recorded is said by the engine, and made anew when its words change."""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from bot.dialogue.fault import Faults
from bot.gateway.aloud import aloud
from bot.gateway.check import check
from bot.gateway.library import Library
from bot.gateway.sounds import LEDGER, Sounds
from bot.gateway.speaking import NothingOfThisName, SeveralOfThisName, named, to_be_heard
from bot.gateway.tohear import Words
from bot.voice.pcm import Pcm
from bot.voice.recorded import Recorded
from bot.voice.saying import CannotSayError
from bot.voice.verdict import Verdict

ROOT = Path(__file__).parents[2]


@dataclass
class Reader:
    """Says everything as two seconds of a tone; `mute` cannot."""

    mute: bool = False
    said: list[str] = field(default_factory=list)

    def speaks(self, language: str) -> bool:
        """Speak every language."""
        return True

    def say(self, text: str, language: str, *, public: bool = False) -> Pcm:
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


def taken(data: bytes = b"OggS of a person") -> Recorded:
    """A person's recording as it was checked."""
    return Recorded(data, b"mp3 " + data, 3.0, -16.1, Verdict.OK)


def test_a_person_s_recording_goes_before_and_is_stale_when_its_words_change(
    tmp_path: Path, sounds: Sounds
) -> None:
    sounds.say(words(), Reader())
    assert sounds.keep(words(), taken()).state == "recorded"
    assert sounds.sound_for("Un  puits.", "fr") == ("audio/fr/eau.ogg", "person")
    later = again(tmp_path, sounds)
    assert later.look(words()).state == "recorded"
    assert later.look(words("Deux puits.")).state == "recording stale"
    assert later.sound_for("Deux puits.", "fr") is None


def test_the_engine_speaks_instead_of_a_stale_recording_which_stays_for_its_own_words(
    tmp_path: Path, sounds: Sounds
) -> None:
    sounds.keep(words(), taken())
    made = sounds.say(words("Deux puits."), Reader())
    assert (made.state, made.aside) == ("spoken", True)
    later = again(tmp_path, sounds)
    assert later.sound_for("Deux puits.", "fr") == ("audio/fr/eau.ogg", "engine")
    assert later.sound_for("Un puits.", "fr") == ("audio/fr/eau.old.ogg", "person")
    assert (tmp_path / "audio/fr/eau.old.ogg").read_bytes() == taken().ogg
    later.keep(words("Deux puits."), taken(b"OggS anew"))
    assert not later.look(words("Deux puits.")).aside
    assert list(tmp_path.glob("audio/fr/*.old.*")) == []


def test_a_file_that_somebody_put_there_is_told_until_it_is_taken_in(
    tmp_path: Path, sounds: Sounds
) -> None:
    file = tmp_path / "audio" / "fr" / "eau.m4a"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"a voice")
    assert sounds.look(words()).state == "unchecked"
    assert sounds.unchecked(words()) == file
    sounds.keep(words(), taken(), b"a voice")
    assert again(tmp_path, sounds).look(words()).state == "recorded"
    file.write_bytes(b"another take")
    assert again(tmp_path, sounds).look(words()).state == "unchecked"


def test_a_recording_that_is_removed_leaves_no_file(tmp_path: Path, sounds: Sounds) -> None:
    sounds.keep(words(), taken())
    assert sounds.remove(words())
    assert not sounds.remove(words())
    assert again(tmp_path, sounds).look(words()).state == "missing"
    assert not list(tmp_path.glob("audio/fr/*"))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Bonjour Awa. Un puits, 30 % d'eau.\n3 sur 7. Et vous ?", True),
        ("Bonjour. Un puits, 30 % d'eau.\nEt vous ?", True),
        ("Bonjour Awa. Un puits, 30 % d'eau.\n3 sur 7. 4 questions, 2 minutes. Et vous ?", True),
        ("Bonjour Awa. Deux puits, 30 % d'eau.\n3 sur 7. Et vous ?", False),
        ("Bonjour Awa. Un puits, 30 % d'eau.\n3 sur 7. Et vous ? Merci.", False),
    ],
)
def test_a_recording_without_anybody_s_name_is_found_for_each_of_them(
    said: str, found: bool, sounds: Sounds
) -> None:
    text = ("Bonjour {first_name}. Un puits, 30 % d'eau.\n{progress}. "
            "{questions} questions, {minutes} minutes. Et vous ?")  # fmt: skip
    sounds.keep(words(text), taken())
    assert (sounds.sound_for(said, "fr") is not None) is found
    assert sounds.sound_for(said, "es") is None


def test_what_ships_can_be_recorded_step_by_step_in_every_language() -> None:
    library = Library(ROOT / "flows", "ess", ROOT / "locales")
    for language in library.consultation.languages:
        found = to_be_heard(library, ["reactions"], (language,), steps=True)
        names = {one.of for one in found}
        assert {"reactions/manque", "reactions/avis/health-mutuals", "reactions/merci"} <= names
        assert named(library, "manque", language).of == "reactions/manque"
        assert not any("{" in one.text or not one.text for one in found)
    with pytest.raises(NothingOfThisName):
        named(library, "nowhere", "fr")
    with pytest.raises(SeveralOfThisName, match="draft/"):
        named(library, "spoken_language", "fr")


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
    sounds.write()
    library.reload_if_changed()
    files = library.flow("trends", "fr").documents["trends-1"].files
    assert files["audio"] == "audio/fr/trends-1.ogg"


def test_a_sound_that_says_other_words_goes_with_no_paper(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    library = Library(tmp_path / "flows", "ess", ROOT / "locales")
    (one,) = [one for one in to_be_heard(library, ["trends"], ("fr",)) if one.of == "trends-1"]
    library.sounds.keep(replace(one, written="Autre chose."), taken())
    library.sounds.write()
    library.reload_if_changed()
    assert "audio" not in library.flow("trends", "fr").documents["trends-1"].files
    found = check(library)
    told = next(str(each) for each in found.warnings if "reads other words" in str(each))
    assert 'fr: the recording of "trends-1" reads other words: no recording is heard' in told
    (trends,) = [each for each in found.heard if (each.phase, each.language) == ("trends", "fr")]
    assert (trends.count("recording stale"), trends.count("recorded")) == (1, 0)


@pytest.mark.parametrize(
    ("written", "said", "language"),
    [
        ("L'ESS, 30 % du budget", "L'économie sociale et solidaire, 30 pour cent du budget", "fr"),
        ("The SSE and the UN", "The social and solidarity economy and the United Nations", "en"),
        ("el 30 %", "el 30 por ciento", "es"),
        ("at least 30%, not 3%", "at least 30 per cent, not 3 per cent", "en"),
        ("le n°3", "le numéro 3", "fr"),
        ("PRESSE", "PRESSE", "fr"),
    ],
)
def test_short_forms_and_signs_are_written_out(written: str, said: str, language: str) -> None:
    assert aloud(written, language) == said


def test_in_which_languages_people_speak_is_known_without_looking_at_files_again(
    sounds: Sounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    sounds.keep(words(), taken())
    assert [sounds.people_speak(one) for one in ("fr", "en")] == [True, False]
    monkeypatch.setattr(Path, "is_file", lambda _: pytest.fail("looked"))
    assert [sounds.people_speak(one) for one in ("fr", "en")] == [True, False]
    monkeypatch.undo()
    sounds.remove(words())
    assert not sounds.people_speak("fr")


def test_a_ledger_that_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, sounds: Sounds
) -> None:
    sounds.keep(words(), taken())
    sounds.write()
    ledger = tmp_path / LEDGER
    ledger.write_text(ledger.read_text("utf-8").replace("{", "{\n<<<<<<< HEAD", 1), "utf-8")
    with pytest.raises(Faults, match=f"{LEDGER}:2: this is no JSON; put the version before back"):
        Sounds(tmp_path)
