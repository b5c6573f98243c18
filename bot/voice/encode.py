"""Makes the copies that may leave the house, from decoded sound only.

The untrusted file is opened once, by `decode`; encoding it a second time would open the same door
again and could carry over what was hidden in it. The samples go in as standard input, like there.
"""

from dataclasses import replace

import numpy as np

from bot.voice.ffmpeg import COMMON, INPUT_ONLY, program
from bot.voice.limits import Limits
from bot.voice.pcm import RATE, Pcm, seconds
from bot.voice.sandbox import run
from bot.voice.verdict import UnheardError, Verdict

_FROM_PCM = ("-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "fd:")
# Rumble of wind and hands lies below 80 Hz; -16 LUFS is what listeners are used to from speech.
_LEVEL = ("-af", "highpass=f=80,loudnorm=I=-16:TP=-2:LRA=11")
_NAMELESS = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
# A header with the length would have to be written afterwards, which a pipe does not allow;
# at a constant rate players need none.
_MP3 = ("-c:a", "libmp3lame", "-b:a", "48k", "-ar", "24000", "-write_xing", "0")
_OPUS = ("-c:a", "libopus", "-application", "voip", "-ar", "48000")
_FULL, _LEAST = 24_000, 6_000  # bits a second: clear, and just understood
_LONG_FRAMES = ("-frame_duration", "60", "-vbr", "constrained")  # less around each packet
VOICE_BYTES = 512 << 10  # what is larger WhatsApp shows as a file to be fetched, not as a voice


def playable(pcm: Pcm, limits: Limits) -> bytes:
    """Return the sound as MP3 (mono, 48 kbit/s, about -16 LUFS), which every browser plays.

    Raises `UnheardError` with encode_failed, timeout or cannot_run.
    """
    return _encoded(pcm, (*_MP3, "-id3v2_version", "0", "-f", "mp3"), limits)


def resendable(pcm: Pcm, limits: Limits) -> bytes:
    """Return the sound as OGG/Opus (mono, 24 kbit/s), which Telegram and WhatsApp show as a voice.

    Raises `UnheardError` with encode_failed, timeout or cannot_run.
    """
    return _encoded(pcm, _opus(_FULL), limits)


def levelled(pcm: Pcm, limits: Limits) -> Pcm:
    """Return the sound at about -16 LUFS, without rumble, to make several copies of.

    Raises `UnheardError` with encode_failed, timeout or cannot_run.
    """
    out = ("-c:a", "pcm_s16le", "-ar", str(RATE), "-f", "s16le")
    room = replace(limits, out_bytes=max(limits.out_bytes, pcm.nbytes + RATE))
    return np.frombuffer(_encoded(pcm, out, room), "<i2")


def amplified(pcm: Pcm, gain_db: float, limits: Limits) -> Pcm:
    """Return the sound so many decibels louder, without rumble, its peaks held below −2 dBFS.

    Raises `UnheardError` with encode_failed, timeout or cannot_run.
    """
    louder = f"highpass=f=80,volume={gain_db:.2f}dB,alimiter=limit=0.79:level=disabled"
    out = ("-c:a", "pcm_s16le", "-ar", str(RATE), "-f", "s16le")
    return np.frombuffer(_encoded(pcm, out, limits, ("-af", louder)), "<i2")


def as_mp3(pcm: Pcm, limits: Limits) -> bytes:
    """Return sound that is level already as MP3. Raises as `playable`."""
    return _encoded(pcm, (*_MP3, "-id3v2_version", "0", "-f", "mp3"), limits, ())


def as_opus(pcm: Pcm, limits: Limits) -> bytes:
    """Return sound that is level already as OGG/Opus. Raises as `resendable`."""
    return _encoded(pcm, _opus(_FULL), limits, ())


def as_voice(pcm: Pcm, limits: Limits) -> bytes:
    """Return sound that is level already as an OGG/Opus that shows as a voice message.

    Beyond three minutes it is coded more thinly, so that all of it is in one message; b"" where
    even that does not fit (about eleven minutes). Raises as `resendable`.
    """
    length = max(seconds(pcm), 1.0)
    rate = min(_FULL, int(0.95 * 8 * VOICE_BYTES / length))
    while rate >= _LEAST:
        found = _encoded(pcm, _opus(rate), limits, ())
        if len(found) <= VOICE_BYTES:
            return found
        rate = int(rate * 0.9)
    return b""


def _opus(rate: int) -> tuple[str, ...]:
    thin = _LONG_FRAMES if rate < _FULL else ()
    return (*_OPUS, "-b:a", str(rate), *thin, "-f", "ogg")


def _encoded(
    pcm: Pcm, codec: tuple[str, ...], limits: Limits, filters: tuple[str, ...] = _LEVEL
) -> bytes:
    command = (
        *(program(), *COMMON, *INPUT_ONLY, *_FROM_PCM),
        *(*filters, "-filter_threads", "1", "-ac", "1"),
        *(*_NAMELESS, *codec, "pipe:1"),
    )
    times = replace(
        limits, cpu_seconds=limits.copy_cpu_seconds, wall_seconds=limits.copy_wall_seconds
    )
    finished = run(command, pcm.data.cast("B"), times, limits.out_bytes)
    if finished.stopped in ("wall", "cpu"):
        raise UnheardError(Verdict.TIMEOUT, f"stopped by its {finished.stopped} limit")
    if finished.stopped or finished.code or not finished.output:
        complaint = finished.complaints[-160:].decode("ascii", "replace").strip()
        raise UnheardError(Verdict.ENCODE_FAILED, complaint)
    return finished.output
