"""The speech engine: says what is written, and nothing of it is obeyed."""

from pathlib import Path

import pytest
from voice.sounds import made, sine

from bot.voice.decode import decode
from bot.voice.encode import resendable
from bot.voice.limits import Limits
from bot.voice.loudness import loudness
from bot.voice.pcm import seconds
from bot.voice.saying import CannotSayError, NanoTts, Speaker, clean, speaker_of


@pytest.fixture
def speaker() -> Speaker:
    """The engine that is installed."""
    found = speaker_of("")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Que manque-t-il à cet agenda ? Écrivez, ou envoyez un message vocal."),
     ("en", "What is missing from this agenda? Write, or send a voice message."),
     ("es", "¿Qué falta en esta agenda? Escriba o mande un mensaje de voz.")],
)  # fmt: skip
def test_each_of_our_languages_is_said_at_a_speed_that_one_can_follow(
    speaker: Speaker, language: str, words: str
) -> None:
    pcm = speaker.say(words, language)
    assert 3 < seconds(pcm) < 10
    copy = decode(resendable(pcm, Limits()), Limits())
    level = loudness(copy.pcm)
    assert level is not None
    assert -19 < level < -13


def test_the_engine_s_own_markup_is_not_obeyed(speaker: Speaker, tmp_path: Path) -> None:
    file = tmp_path / "written.wav"
    plain = seconds(speaker.say("Hello there.", "en"))
    marked = speaker.say(f'<genfile file="{file}">Hello there.</genfile>', "en")
    assert not file.exists()
    assert seconds(marked) == plain


def test_even_markup_that_came_through_could_write_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "written.wav"
    monkeypatch.setattr("bot.voice.saying.clean", lambda text: text)
    with pytest.raises(CannotSayError):
        NanoTts().say(f'<genfile file="{file}">Hello there.</genfile>', "en")
    assert not file.exists() or file.stat().st_size == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [("<play file='x.wav'/>Hello", "Hello"), ("1 < 2 > 0", "1 2 0"), ("«Bien» 😀 !", "Bien !"),
     ("See https://palabre.example/j/x now", "See now"), ("l’eau", "l'eau"),
     ("a\x00b\nc", "a b c"), ("<" * 50, ""), ("x" * 9000, "x" * 4000)],
)  # fmt: skip
def test_only_what_is_said_is_given_to_it(text: str, said: str) -> None:
    assert clean(text) == said


@pytest.mark.parametrize(("text", "language"), [("", "fr"), ("😀 <b>", "fr"), ("Salaam", "wo")])
def test_what_cannot_be_said_is_an_error_that_says_so(
    speaker: Speaker, text: str, language: str
) -> None:
    with pytest.raises(CannotSayError, match="could not say"):
        speaker.say(text, language)


def test_it_can_be_switched_off_and_may_not_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert speaker_of("off") is None
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert speaker_of("") is None
    assert speaker_of("nanotts") is None


def test_silence_has_no_loudness() -> None:
    tone = decode(made("tone.wav", *sine(2)), Limits()).pcm
    assert loudness(tone) is not None
    assert loudness(tone[:0]) is None
    assert loudness(tone * 0) is None
