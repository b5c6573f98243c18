"""What honest recorders make is heard, whatever its kind, its name or its stated type."""

import sys
from collections.abc import Callable

import numpy as np
import pytest
from voice.sounds import (
    OPUS,
    amr_note,
    amr_with_pauses,
    film,
    m4a_note,
    made,
    mp3_note,
    noise,
    sine,
    speech,
    video_3gp,
    video_note,
    voice_note,
    wav_note,
    wav_of,
    webm_note,
)

from bot.voice.decode import decode
from bot.voice.ffmpeg import lacks, program
from bot.voice.hear import hear
from bot.voice.limits import Limits
from bot.voice.speech import SPOKEN, Detector, _Lite, _Portable, frames, spoken
from bot.voice.verdict import Verdict

KINDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a voice note of Telegram": (voice_note, "ogg/opus"),
    "OGG with Vorbis": (lambda: made("a.ogg", *speech(), "-c:a", "libvorbis"), "ogg/vorbis"),
    "AMR of a multimedia message": (amr_note, "amr"),
    "AAC of a telephone": (m4a_note, "mp4"),
    "AAC for streaming": (
        lambda: made("a.mp4", *speech(), "-movflags", "frag_keyframe+empty_moov"),
        "mp4",
    ),
    "lossless of a telephone": (lambda: made("a.m4a", *speech(), "-c:a", "alac"), "mp4"),
    "Opus in MP4 of a browser": (lambda: made("a.mp4", *speech(), *OPUS), "mp4"),
    "MP3 with a title": (mp3_note, "mp3"),
    "MP3 without a title": (
        lambda: made("a.mp3", *speech(), "-id3v2_version", "0", "-write_xing", "0"),
        "mp3",
    ),
    "bare AAC": (lambda: made("a.aac", *speech()), "aac"),
    "WAV": (wav_note, "wav"),
    "WAV of 32 bits": (lambda: wav_note(codec="pcm_s32le"), "wav"),
    "WAV of the telephone exchange": (lambda: wav_note(codec="pcm_mulaw"), "wav"),
    "WebM of a browser": (webm_note, "webm"),
    "a round video message": (video_note, "mp4"),
    "an old telephone's film": (lambda: video_3gp(sound=True), "mp4"),
    "a browser's film": (
        lambda: made(
            "a.webm", *film(), *speech(), "-c:v", "libvpx", "-deadline", "realtime", *OPUS
        ),
        "webm",
    ),
}


@pytest.mark.parametrize(("recorded", "container"), KINDS.values(), ids=KINDS)
def test_each_kind_is_heard_and_its_length_measured(
    recorded: Callable[[], bytes], container: str
) -> None:
    heard = hear(recorded())
    assert heard.verdict is Verdict.OK
    assert heard.container == container
    assert heard.seconds == pytest.approx(2, abs=0.15)
    assert heard.damaged == 0
    assert len(heard.peaks) == 200
    assert heard.mp3


def test_what_is_heard_is_what_was_said() -> None:
    """The strongest frequency of the decoded sound is the one that was recorded."""
    pcm = decode(made("tone.ogg", *sine(2, 700), *OPUS), Limits()).pcm
    spectrum = np.abs(np.fft.rfft(pcm[8000:24000]))
    assert spectrum.argmax() == pytest.approx(700, abs=2)


def test_pauses_of_a_telephone_keep_their_length() -> None:
    """Comfort noise counts as time, which FFmpeg's own AMR decoder leaves out."""
    heard = hear(amr_with_pauses(spoken=1, pause=4))
    assert heard.seconds == pytest.approx(6, abs=0.1)
    assert heard.damaged == 0


def test_pauses_of_a_telephone_would_be_lost_without_the_forced_decoder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the right decoder is missing, the lost packets are counted."""
    monkeypatch.setattr("bot.voice.decode.offers", lambda *_: False)
    decoded = decode(amr_with_pauses(spoken=1, pause=1), Limits())
    assert decoded.seconds < 2.9
    assert decoded.damaged > 10


@pytest.mark.parametrize(
    ("word", "voice"),
    [("Oui.", "fr-FR"), ("Non.", "fr-FR"), ("Yes.", "en-GB"), ("No.", "en-GB"), ("Sí.", "es-ES")],
)
def test_a_short_yes_is_heard(word: str, voice: str) -> None:
    heard = hear(made("yes.ogg", "-i", str(wav_of(word, voice)), *OPUS))
    assert heard.verdict is Verdict.OK
    assert 0.1 <= heard.speech_seconds < 0.8


def mixed(level_db: float, *other: str, gain_db: float = 0) -> bytes:
    """Somebody who speaks, with another sound so much louder or softer beside it."""
    mix = (
        f"[0]volume={gain_db}dB[a];[1]volume={level_db}dB[b];[a][b]amix=normalize=0:duration=first"
    )
    return made("mixed.ogg", *speech(6), *other, "-filter_complex", mix, *OPUS)


def test_a_note_from_the_market_is_heard() -> None:
    assert hear(mixed(-6, *noise(6))).verdict is Verdict.OK


HARD: dict[str, tuple[Callable[[], bytes], Verdict]] = {
    "spoken from far away": (
        lambda: made("far.ogg", *speech(6), "-af", "volume=-45dB", *OPUS), Verdict.TOO_QUIET),
    "spoken beside an engine": (lambda: mixed(14, *noise(6, 0.5)), Verdict.TOO_NOISY),
    "shouted into the microphone": (
        lambda: made("shout.wav", *speech(6), "-af", "volume=30dB"), Verdict.CLIPPED),
}  # fmt: skip


@pytest.mark.parametrize(("recorded", "verdict"), HARD.values(), ids=HARD)
def test_what_is_hard_to_hear_is_said_and_has_its_copy_all_the_same(
    recorded: Callable[[], bytes], verdict: Verdict
) -> None:
    heard = hear(recorded())
    assert heard.verdict is verdict
    assert heard.speech_seconds > 2
    assert heard.mp3


WORDLESS: dict[str, Callable[[], bytes]] = {
    "a tone": lambda: made("a.ogg", *sine(4), *OPUS),
    "noise": lambda: made("a.ogg", *noise(4), *OPUS),
    "faint noise": lambda: made("a.ogg", *noise(4, 0.02), *OPUS),
    "clicks": lambda: made(
        "a.ogg", "-f", "lavfi", "-i", "aevalsrc='gt(mod(t,0.5),0.495)':d=4", *OPUS),
    "an engine": lambda: made(
        "a.ogg", "-f", "lavfi", "-i", "aevalsrc='0.4*sin(345*t)+0.2*sin(691*t)':d=4", *OPUS),
}  # fmt: skip


@pytest.mark.parametrize("recorded", WORDLESS.values(), ids=WORDLESS)
def test_where_nobody_speaks_that_is_said_and_one_can_listen(recorded: Callable[[], bytes]) -> None:
    heard = hear(recorded())
    assert heard.verdict is Verdict.NO_SPEECH
    assert heard.speech_seconds == 0
    assert heard.mp3


def test_the_copy_is_cut_to_what_is_said() -> None:
    """Silence, noise and all before and after go; the length of the recording is told as it was."""
    around = "[0]adelay=3000,apad=pad_dur=3[a];[1][a]amix=normalize=0:duration=shortest"
    heard = hear(made("a.wav", *speech(3), *noise(9, 0.01), "-filter_complex", around))
    assert heard.seconds == pytest.approx(9, abs=0.2)
    assert len(heard.mp3) / 6000 == pytest.approx(3.4, abs=0.5)


@pytest.mark.parametrize("make", [_Lite, _Portable])
def test_both_packages_hear_the_same(make: Callable[[], Detector]) -> None:
    network, pcm = make(), decode(voice_note(4), Limits()).pcm
    found = [network.likelihood(frame) > SPOKEN for frame in frames(pcm)]
    assert np.mean(np.array(found) == spoken(pcm)) > 0.95


def test_a_network_that_heard_one_sound_hears_the_next_as_if_it_were_the_first() -> None:
    pcm = decode(voice_note(4), Limits()).pcm
    first = spoken(pcm)
    spoken(decode(made("a.ogg", *noise(4), *OPUS), Limits()).pcm)
    assert np.array_equal(spoken(pcm), first)


def test_a_decoder_that_we_could_not_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", lambda: sys.executable)
    program.cache_clear()
    try:
        assert hear(voice_note()).verdict is Verdict.CANNOT_RUN
    finally:
        program.cache_clear()


def test_the_bundled_decoder_lacks_nothing_that_we_need() -> None:
    assert lacks() == ()
