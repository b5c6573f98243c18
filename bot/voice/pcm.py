"""Decoded sound as we hold it, and the one door to pydub, which works on such sound alone.

pydub's own readers and writers start programs without any bound; nothing here calls them.
"""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

with warnings.catch_warnings():
    # It warns of a deprecated module, of escapes in its source and of a missing FFmpeg.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.silence import detect_leading_silence

RATE = 16_000
"""Samples per second of all decoded sound; one channel, 16 bits, little-endian."""

Pcm = npt.NDArray[np.int16]

_FADE_MS = 10
_BEFORE_MS, _AFTER_MS = 250, 350  # breath before speech, and the end of the last sound
_KEEP_MS = 300
_STEP_MS = 50
# An absolute threshold ate the beginning of quiet notes; this far below a note's own loudest
# moment there is no speech that anyone would miss.
_BELOW_LOUDEST_DB = 40.0


def seconds(pcm: Pcm) -> float:
    """Return how long the sound lasts, counted in samples."""
    return len(pcm) / RATE


def segment(pcm: Pcm) -> Any:
    """Return the sound as a pydub `AudioSegment`, for slicing, joining, fading and silence."""
    return AudioSegment(data=pcm.tobytes(), sample_width=2, frame_rate=RATE, channels=1)


def silence(seconds: float) -> Any:
    """Return so much silence as a pydub `AudioSegment`."""
    return segment(np.zeros(round(seconds * RATE), "<i2"))


def samples(piece: Any) -> Pcm:
    """Return the samples of an `AudioSegment` made here."""
    return np.frombuffer(piece.raw_data, "<i2")


def without_silent_edges(pcm: Pcm, loudest_db: float) -> Pcm:
    """Cut silence at both ends, leaving 0.3 s of it, and fade over 10 ms so that no cut clicks.

    `loudest_db` is the level of the loudest moment in dBFS, from which silence is reckoned.
    """
    piece = segment(pcm)
    threshold = loudest_db - _BELOW_LOUDEST_DB
    first = _silent_ms(piece, threshold)
    last = len(piece) - _silent_ms(piece.reverse(), threshold)
    return _faded(piece, first - _KEEP_MS, last + _KEEP_MS, pcm)


def within(pcm: Pcm, start: float, end: float) -> Pcm:
    """Return what lies between two moments, seconds, with a little around it, faded at its ends."""
    first, last = round(start * 1000) - _BEFORE_MS, round(end * 1000) + _AFTER_MS
    return _faded(segment(pcm), first, last, pcm)


def _faded(piece: Any, first_ms: int, last_ms: int, pcm: Pcm) -> Pcm:
    kept = piece[max(0, first_ms) : last_ms]
    fade = min(_FADE_MS, len(kept) // 2)
    return samples(kept.fade_in(fade).fade_out(fade)) if fade else pcm


def _silent_ms(piece: Any, threshold: float) -> int:
    return int(detect_leading_silence(piece, threshold, _STEP_MS))
