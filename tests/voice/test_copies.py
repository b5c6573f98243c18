"""The copies that leave the house: playable, level, without a word about where they came from."""

import re
import struct
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from voice.sounds import m4a_note, made, mp3_note, sine, speech, voice_note

from bot.voice.decode import decode
from bot.voice.encode import VOICE_BYTES, as_opus, as_voice, playable, resendable
from bot.voice.hear import hear
from bot.voice.limits import Limits
from bot.voice.pcm import RATE, Pcm
from bot.voice.sniff import MP3, OGG_OPUS, sniff
from bot.voice.speech import spoken
from bot.voice.verdict import UnheardError, Verdict

LIMITS = Limits()
# Speech swells and fades; so does this tone, four times a second.
SPEECH_LIKE = "tremolo=f=4:d=0.7"


def inspected(copy: bytes, *arguments: str) -> str:
    """What FFmpeg says of a copy."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy"
        path.write_bytes(copy)
        command = (imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", path, *arguments)
        return subprocess.run(
            (*command, "-f", "null", "-"), capture_output=True, check=True, text=True
        ).stderr


def loudness(copy: bytes) -> float:
    """The integrated loudness of a copy in LUFS."""
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", inspected(copy, "-af", "ebur128"))[-1])


def decoded(recording: bytes) -> Pcm:
    """The samples of a recording."""
    return decode(recording, LIMITS).pcm


def test_the_copy_for_browsers_is_mono_mp3() -> None:
    copy = hear(voice_note()).mp3
    assert sniff(copy) == MP3
    assert "24000 Hz, mono" in inspected(copy)


def test_the_copy_for_sending_is_a_voice_note_again() -> None:
    copy = resendable(decoded(m4a_note()), LIMITS)
    assert sniff(copy) == OGG_OPUS
    assert "48000 Hz, mono" in inspected(copy)
    assert hear(copy).seconds == pytest.approx(2, abs=0.1)


def test_a_long_note_stays_small_enough_to_show_as_a_voice_message() -> None:
    """What speaks for minutes is coded more thinly, and is still as long, level and understood."""
    four = np.tile(decoded(made("a.wav", *speech(20))), 12)
    assert len(as_opus(four, LIMITS)) > VOICE_BYTES
    copy = as_voice(four, LIMITS)
    assert 0.8 * VOICE_BYTES < len(copy) <= VOICE_BYTES
    assert sniff(copy) == OGG_OPUS
    again = decoded(copy)
    assert len(again) / RATE == pytest.approx(240, abs=0.2)
    assert spoken(again[: 20 * RATE]).mean() == pytest.approx(
        spoken(four[: 20 * RATE]).mean(), abs=0.1)  # fmt: skip


def test_what_fits_in_no_voice_message_makes_none() -> None:
    assert as_voice(np.zeros(1000 * RATE, "<i2"), LIMITS) == b""


def test_both_copies_of_a_note_are_equally_loud_and_long() -> None:
    heard = hear(voice_note(6))
    assert loudness(heard.ogg) == pytest.approx(loudness(heard.mp3), abs=0.5)
    assert len(decoded(heard.ogg)) / RATE == pytest.approx(len(decoded(heard.mp3)) / RATE, abs=0.1)
    assert len(heard.ogg) < len(heard.mp3) / 2 < VOICE_BYTES


@pytest.mark.parametrize("gain", ["-30dB", "-12dB", "0dB", "15dB"])
def test_quiet_and_loud_notes_come_out_equally_loud(gain: str) -> None:
    note = made("a.wav", *sine(6), "-af", f"{SPEECH_LIKE},volume={gain}")
    assert loudness(hear(note).mp3) == pytest.approx(-16, abs=2)
    assert loudness(resendable(decoded(note), LIMITS)) == pytest.approx(-16, abs=2)


@pytest.mark.parametrize(
    ("recording", "private"),
    [
        (m4a_note, (b"Rue du March", struct.pack(">i", int(12.37 * 65536)))),
        (mp3_note, (b"Rue du March", b"+12.3700-001.5200")),
    ],
    ids=["m4a", "mp3"],
)
def test_the_title_and_the_place_in_a_recording_are_not_in_its_copies(
    recording: Callable[[], bytes], private: tuple[bytes, ...]
) -> None:
    assert all(word in recording() for word in private)
    pcm = decoded(recording())
    for copy in (playable(pcm, LIMITS), resendable(pcm, LIMITS)):
        assert not any(word in copy for word in private)


def test_an_mp3_begins_with_sound_and_not_with_a_tag() -> None:
    assert hear(mp3_note()).mp3[0] == 0xFF


def test_the_same_note_makes_the_same_copies() -> None:
    pcm = decoded(voice_note())
    assert playable(pcm, LIMITS) == playable(pcm, LIMITS)


def test_silence_around_speech_is_cut_but_for_three_tenths() -> None:
    note = made("a.wav", *sine(2), "-af", "adelay=3s,apad=pad_dur=4")
    heard = hear(note)
    assert heard.seconds == pytest.approx(9, abs=0.1)
    assert len(decoded(heard.mp3)) / RATE == pytest.approx(2.6, abs=0.2)


def test_a_quiet_beginning_is_not_taken_for_silence() -> None:
    """A voice that starts 30 dB below its loudest moment is kept whole."""
    note = made("a.wav", *sine(4), "-af", "volume='if(lt(t,2),0.03,1)':eval=frame")
    assert len(decoded(hear(note).mp3)) / RATE == pytest.approx(4, abs=0.1)


def test_the_outline_shows_where_the_voice_is() -> None:
    """Half a note of tone, half of near silence: high peaks, then low ones."""
    note = made("a.wav", *sine(4), "-af", "volume='if(lt(t,2),1,0.05)':eval=frame")
    peaks = np.array(hear(note).peaks)
    assert peaks.max() == 1
    assert peaks[:95].min() > 0.8
    assert peaks[105:195].max() < 0.2


def test_an_encoder_that_fails_is_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.voice.encode._MP3", ("-c:a", "no_such_encoder"))
    with pytest.raises(UnheardError) as fault:
        playable(decoded(voice_note()), LIMITS)
    assert fault.value.verdict is Verdict.ENCODE_FAILED
