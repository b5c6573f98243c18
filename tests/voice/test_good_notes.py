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
    video_3gp,
    video_note,
    voice_note,
    wav_note,
    webm_note,
)

from bot.voice.decode import decode
from bot.voice.ffmpeg import lacks, program
from bot.voice.hear import hear
from bot.voice.limits import Limits
from bot.voice.verdict import Verdict

KINDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a voice note of Telegram": (voice_note, "ogg/opus"),
    "OGG with Vorbis": (lambda: made("a.ogg", *sine(), "-c:a", "libvorbis"), "ogg/vorbis"),
    "AMR of a multimedia message": (amr_note, "amr"),
    "AAC of a telephone": (m4a_note, "mp4"),
    "AAC for streaming": (
        lambda: made("a.mp4", *sine(), "-movflags", "frag_keyframe+empty_moov"),
        "mp4",
    ),
    "lossless of a telephone": (lambda: made("a.m4a", *sine(), "-c:a", "alac"), "mp4"),
    "Opus in MP4 of a browser": (lambda: made("a.mp4", *sine(), *OPUS), "mp4"),
    "MP3 with a title": (mp3_note, "mp3"),
    "MP3 without a title": (
        lambda: made("a.mp3", *sine(), "-id3v2_version", "0", "-write_xing", "0"),
        "mp3",
    ),
    "bare AAC": (lambda: made("a.aac", *sine()), "aac"),
    "WAV": (wav_note, "wav"),
    "WAV of 32 bits": (lambda: wav_note(codec="pcm_s32le"), "wav"),
    "WAV of the telephone exchange": (lambda: wav_note(codec="pcm_mulaw"), "wav"),
    "WebM of a browser": (webm_note, "webm"),
    "a round video message": (video_note, "mp4"),
    "an old telephone's film": (lambda: video_3gp(sound=True), "mp4"),
    "a browser's film": (
        lambda: made("a.webm", *film(), *sine(), "-c:v", "libvpx", "-deadline", "realtime", *OPUS),
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
    assert heard.seconds == pytest.approx(2, abs=0.1)
    assert heard.damaged == 0
    assert len(heard.peaks) == 200
    assert heard.mp3


def test_what_is_heard_is_what_was_said() -> None:
    """The strongest frequency of the decoded sound is the one that was recorded."""
    pcm = decode(voice_note(tone=700), Limits()).pcm
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


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.6])
def test_a_short_yes_is_heard(seconds: float) -> None:
    heard = hear(made("yes.ogg", *sine(seconds), *OPUS))
    assert heard.verdict is Verdict.OK
    assert heard.seconds == pytest.approx(seconds, abs=0.1)


def test_a_noisy_note_is_heard() -> None:
    assert hear(made("market.ogg", *noise(), *OPUS)).usable


def test_a_decoder_that_we_could_not_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", lambda: sys.executable)
    program.cache_clear()
    try:
        assert hear(voice_note()).verdict is Verdict.CANNOT_RUN
    finally:
        program.cache_clear()


def test_the_bundled_decoder_lacks_nothing_that_we_need() -> None:
    assert lacks() == ()
