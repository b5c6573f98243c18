"""Measures decoded sound: its loudest moment, and the outline that a player draws."""

import math

import numpy as np

from bot.voice.pcm import RATE, Pcm, seconds
from bot.voice.verdict import Measured

_FRAME = RATE // 50
_FULL_SCALE = 32768.0
_NOTHING_DB = -100.0


def measure(pcm: Pcm) -> Measured:
    """Return all that the verdict is judged by."""
    return Measured(seconds=seconds(pcm), loudest_db=loudest_db(pcm))


def loudest_db(pcm: Pcm) -> float:
    """Return the RMS level of the loudest 20 ms in dBFS; -100 for digital silence or no sound."""
    power = max((_power(frames) for frames in _minutes(pcm)), default=0.0)
    return max(_NOTHING_DB, 10 * math.log10(power)) if power > 0 else _NOTHING_DB


def peaks(pcm: Pcm, n: int = 200) -> tuple[float, ...]:
    """Return `n` largest amplitudes in equal parts of the sound, 0 to 1, the highest being 1."""
    if not len(pcm):
        return (0.0,) * n
    starts = np.minimum(np.linspace(0, len(pcm), n, endpoint=False).astype(int), len(pcm) - 1)
    highs = np.maximum.reduceat(pcm, starts).astype(int)
    lows = np.minimum.reduceat(pcm, starts).astype(int)
    heights = np.maximum(highs, -lows)
    return tuple(round(float(height), 3) for height in heights / max(1, heights.max()))


def _minutes(pcm: Pcm) -> list[Pcm]:
    """Cut into minutes, so that the floating-point copy of a long note stays small."""
    step = RATE * 60
    return [pcm[at : at + step] for at in range(0, len(pcm), step)]


def _power(pcm: Pcm) -> float:
    """Return the mean square of the loudest 20 ms, full scale being 1."""
    whole = len(pcm) // _FRAME * _FRAME
    frames = (pcm[:whole].reshape(-1, _FRAME) if whole else pcm.reshape(1, -1)) / _FULL_SCALE
    return float(np.square(frames).mean(axis=1).max())
