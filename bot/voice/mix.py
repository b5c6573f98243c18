"""Puts sounds together: each at the same loudness, cut where nobody speaks, with pauses."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.voice import speech
from bot.voice.encode import amplified
from bot.voice.limits import Limits
from bot.voice.loudness import loudness
from bot.voice.pcm import RATE, Pcm, samples, segment, silence
from bot.voice.speech import FRAME, Frames

LUFS = -16.0  # what listeners are used to from speech
_MOST_GAIN, _LEAST_GAIN = 24.0, -30.0  # dB: more would only bring up the noise
_SPOKEN, _PEAK = 6600.0, 0.79 * 32767  # of samples, where somebody speaks; at most
_REACH = round(1.0 * RATE / FRAME)  # frames within which a pause is looked for
_AIR = round(0.15 * RATE / FRAME)  # frames of breath left at a cut
_FADE_MS = 30


def levelled(pcm: Pcm, limits: Limits | None = None) -> Pcm:
    """Return the sound at −16 LUFS, its peaks below −2 dBFS; silence as it is.

    Raises UnheardError.
    """
    level = loudness(pcm, limits)
    if level is None:
        return pcm
    gain = min(_MOST_GAIN, max(_LEAST_GAIN, LUFS - level))
    return amplified(pcm, gain, limits or Limits())


def evened(pcm: Pcm) -> Pcm:
    """Return what an engine said as loud as everything else it says: about −16 LUFS.

    A measurement by ear wants more than a word; this goes by the power of where it speaks.
    """
    whole = len(pcm) // FRAME * FRAME
    power = np.square(pcm[:whole].astype(np.float64)).reshape(-1, FRAME).mean(axis=1)
    if not len(power) or not power.max():
        return pcm
    spoken = power[power > power.max() / 1000]
    gain = min(_SPOKEN / np.sqrt(spoken.mean()), _PEAK / np.abs(pcm.astype(np.int32)).max())
    even: Pcm = (pcm * gain).astype("<i2")
    return even


def passage(pcm: Pcm, start: float, end: float) -> Pcm:
    """Return what is said between two moments, seconds, cut in the nearest pauses and faded.

    A cut in the middle of a word moves to the pause before, or behind, within a second; where
    there is none, to the quietest moment.
    """
    spoken, loud = speech.spoken(pcm), np.array([_power(one) for one in speech.frames(pcm)])
    first, last = (min(len(loud), max(0, round(at * RATE / FRAME))) for at in (start, end))
    before = slice(max(0, first - _REACH), first + 1)
    behind = slice(max(0, last - 1), last + _REACH)
    first = before.start + _cut(spoken[before][::-1], loud[before][::-1], backwards=True)
    last = behind.start + _cut(spoken[behind], loud[behind], backwards=False) + 1
    piece = segment(pcm[first * FRAME : last * FRAME])
    fade = min(_FADE_MS, len(piece) // 2)
    return samples(piece.fade_in(fade).fade_out(fade)) if fade else pcm[:0]


def _cut(spoken: Frames, loud: npt.NDArray[np.float64], *, backwards: bool) -> int:
    """Return the frame to cut at, of those one may reach, the nearest first."""
    quiet = np.flatnonzero(~spoken)
    if len(quiet):
        found = min(int(quiet[0]) + _AIR, len(spoken) - 1)
        found = found if not spoken[found] else int(quiet[0])
    else:
        found = int(np.argmin(loud)) if len(loud) else 0
    return len(spoken) - 1 - found if backwards and len(spoken) else found


def _power(frame: Pcm) -> float:
    return float(np.square(frame.astype(np.float64)).mean())


def joined(pieces: Sequence[tuple[Pcm, float]]) -> Pcm:
    """Return sounds one after the other, each followed by so many seconds of silence."""
    whole = silence(0)
    for pcm, pause in pieces:
        whole = whole + segment(pcm) + silence(pause)
    return samples(whole)
