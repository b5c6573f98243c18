"""An audio session is put together from its script: measured, with chapters, and in writing."""

import io
from dataclasses import replace
from functools import cache
from pathlib import Path

import mutagen
import numpy as np
import pytest
import yaml
from mutagen.mp3 import MP3
from mutagen.oggopus import OggOpus
from voice.sounds import OPUS, made, noise, speech, wav_of

from bot.dialogue.fault import Faults
from bot.gateway.audio.draft import choose, draft
from bot.gateway.audio.giving import page_of
from bot.gateway.audio.make import Maker, Session
from bot.gateway.audio.script import read_script
from bot.store.database import Database
from bot.store.media import MediaGone
from bot.store.quotable import Quotable
from bot.voice.decode import decode
from bot.voice.limits import Limits
from bot.voice.loudness import loudness
from bot.voice.mix import levelled, passage
from bot.voice.pcm import RATE, Pcm, seconds
from bot.voice.saying import NanoTts
from bot.voice.speech import spoken

SCRIPT = """
title: L'eau
language: fr
about: Ce que des gens ont dit de l'eau.
parts:
  opening:
    chapter: Bienvenue
    say: Bonjour. Voici deux voix.
  first:
    chapter: Le puits
    quote: c1
  between:
    pause: 1.5
  second:
    quote: c2 from 2.4 to 4.9
credits: Deux personnes ont parlé ici.
"""
QUIET = {"c1": -25, "c2": 0}


class Shelf:
    """Recordings by their key: one soft, one loud."""

    def get(self, key: str) -> bytes:
        """Return one."""
        if key not in QUIET:
            raise MediaGone(MediaGone.__doc__)
        return made(f"{key}.ogg", *speech(8), "-af", f"volume={QUIET[key]}dB", *OPUS)


def recording(
    contribution: str, participant: int = 1, region: str = "", **more: object
) -> Quotable:
    """A recording that may be heard."""
    one = Quotable(contribution, participant, f"m-{contribution}", contribution, "Et l'eau ?", "",
                   "fr", region, "food", 8.0, 6.0, f"mots de {contribution}")  # fmt: skip
    return one._replace(**more)  # type: ignore[arg-type]


def maker(text: str, folder: Path = Path(), **quotes: Quotable) -> Maker:
    """A maker of this script."""
    found = quotes or {"c1": recording("c1"), "c2": recording("c2")}
    return Maker(read_script(text, "s.yaml"), "s.yaml", folder, found, Shelf(), NanoTts())  # type: ignore[arg-type]


@cache
def session() -> Session:
    """The session, made once."""
    return maker(SCRIPT).make()


def test_it_is_as_loud_as_speech_on_the_radio_and_as_long_as_its_parts() -> None:
    found = session()
    assert found.level == pytest.approx(-16, abs=1)
    for name in ("session.mp3", "session.ogg"):
        pcm = decode(found.files[name], Limits()).pcm
        assert loudness(pcm) == pytest.approx(-16, abs=1.2)
        assert seconds(pcm) == pytest.approx(found.seconds, abs=0.2)
        assert np.abs(pcm.astype(int)).max() < 32_000


def test_both_files_have_a_title_and_chapters_and_nothing_else() -> None:
    found = session()
    assert [one.title for one in found.chapters] == ["Bienvenue", "Le puits"]
    first, second = found.chapters
    assert first.start == 0
    assert first.end == second.start
    assert second.end == found.seconds
    tags = MP3(io.BytesIO(found.files["session.mp3"])).tags
    assert tags is not None
    assert tags["TIT2"].text == ["L'eau"]
    marks = sorted(tags.getall("CHAP"), key=lambda one: int(one.start_time))
    assert [one.sub_frames["TIT2"].text for one in marks] == [["Bienvenue"], ["Le puits"]]
    assert marks[1].start_time == round(second.start * 1000)
    comments = OggOpus(io.BytesIO(found.files["session.ogg"]))
    assert sorted(comments.keys()) == [  # type: ignore[no-untyped-call]
        "chapter000", "chapter000name", "chapter001", "chapter001name", "description", "language",
        "title"]  # fmt: skip
    assert mutagen.File(io.BytesIO(found.files["session.mp3"])).info.length == pytest.approx(  # type: ignore[attr-defined]
        found.seconds, abs=0.3)  # fmt: skip


def test_what_is_heard_stands_in_writing_without_a_name() -> None:
    words = session().files["transcript.md"].decode()
    assert words.startswith("# L'eau\n\n## Bienvenue (0:00)\n\nBonjour. Voici deux voix.\n")
    assert "> mots de c1" in words
    assert "Deux personnes ont parlé ici." in words
    sources = session().files["sources.csv"].decode().splitlines()
    assert [row.split(",")[0] for row in sources] == ["contribution", "c1", "c2"]
    assert "Ce que des gens ont dit" in session().files["cover.txt"].decode()


def test_soft_and_loud_voices_come_out_alike() -> None:
    soft, loud = (decode(Shelf().get(key), Limits()).pcm for key in ("c1", "c2"))
    assert loudness(soft) is not None
    assert abs((loudness(levelled(soft)) or 0) - (loudness(levelled(loud)) or 0)) < 1


def test_a_passage_is_cut_in_a_pause_and_not_within_a_word() -> None:
    """Wherever one points, the cut is quiet on both sides."""
    pcm = decode(Shelf().get("c2"), Limits()).pcm
    for start in np.arange(0.5, 3.0, 0.37):
        cut = passage(pcm, float(start), float(start) + 2.5)
        edge = round(0.03 * RATE)
        assert _level(cut[:edge]) < 0.2 * _level(cut)
        assert _level(cut[-edge:]) < 0.2 * _level(cut)
        assert 1.5 < seconds(cut) < 5


def _level(pcm: Pcm) -> float:
    return float(np.sqrt(np.square(pcm.astype(float)).mean()))


def test_silence_is_left_as_it_is() -> None:
    nothing = np.zeros(RATE, "<i2")
    assert np.array_equal(levelled(nothing), nothing)
    assert not spoken(nothing).any()


def test_a_recorded_part_is_played_from_beside_the_script(tmp_path: Path) -> None:
    (tmp_path / "hello.wav").write_bytes(wav_of("Bonjour à tous et bienvenue.").read_bytes())
    text = "title: T\nlanguage: fr\nparts:\n  a:\n    play: hello.wav\n"
    assert maker(text, tmp_path).make().seconds > 1


FAULTY: dict[str, tuple[str, str]] = {
    "quote: c9": ("s.yaml:5:", "may not be heard"),
    "quote: c1 from 5 to 2": ("s.yaml:5:", "ends before it begins"),
    "quote: c1 until 3": ("s.yaml:5:", "names no passage"),
    "pause: 90": ("s.yaml:5:", "is no pause"),
    "pause: soon": ("s.yaml:5:", "is no pause"),
    "play: nowhere.mp3": ("s.yaml:5:", "cannot be heard"),
    "speak: hello": ("s.yaml:5:", 'there is no key "speak"'),
    "say:": ("s.yaml:5:", 'nothing stands behind "say"'),
}


@pytest.mark.parametrize("line", FAULTY, ids=FAULTY)
def test_each_fault_of_a_script_has_its_place(line: str) -> None:
    text = f"title: T\nlanguage: fr\nparts:\n  a:\n    {line}\n"
    with pytest.raises(Faults) as told:
        maker(text).make()
    place, what = FAULTY[line]
    assert place in str(told.value)
    assert what in str(told.value)


def test_without_an_engine_what_is_to_be_said_is_complained_of_all_at_once() -> None:
    mute = replace(maker(SCRIPT), speaker=None)
    with pytest.raises(Faults) as told:
        mute.make()
    assert len(told.value.faults) == 2


def test_a_draft_lets_each_person_speak_once_and_regions_in_turn() -> None:
    found = [
        recording("a", 1, "africa"), recording("b", 1, "africa"), recording("c", 2, "africa"),
        recording("d", 3, "europe"), recording("e", 4, "europe", speech_seconds=1.0),
    ]  # fmt: skip
    assert [one.contribution for one in choose(found)] == ["a", "d", "c"]
    assert [one.contribution for one in choose(found, 2)] == ["a", "d"]


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_a_draft_is_a_script_in_its_language(language: str) -> None:
    text = draft([recording("c1"), recording("c2", 2)], "L'eau", language)
    script = read_script(text, "draft.yaml")
    assert [part.text for part in script.parts if part.kind == "quote"] == ["c1", "c2"]
    assert yaml.safe_load(text)["language"] == language
    assert ("voices" in text) is (language == "en")


def test_noise_beside_speech_is_no_passage_of_words() -> None:
    assert not spoken(decode(made("n.ogg", *noise(2), *OPUS), Limits()).pcm).any()


@pytest.mark.parametrize("code", ["", "trends-9", "s-\0", "s-00000000000\ud800"])
def test_an_address_that_no_session_can_have_leads_to_none(database: Database, code: str) -> None:
    assert database.read_now(page_of, code) is None
