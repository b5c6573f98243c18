"""Measures decoded sound: speech, levels, noise, and the outline that a player draws."""

import math

import numpy as np
import numpy.typing as npt

from bot.voice import speech
from bot.voice.pcm import RATE, Pcm, seconds
from bot.voice.speech import FRAME, Frames
from bot.voice.verdict import Measured

_FRAME = RATE // 50
_FULL_SCALE = 32768.0
_NOTHING_DB = -100.0
_NEAR = round(0.2 * RATE / FRAME)  # frames: breath and echo beside speech are no background
_CLIPPED = 32_700  # a sample this high was cut off by the microphone or the recorder


def measure(pcm: Pcm, spoken: Frames) -> Measured:
    """Return all that the verdict is judged by; `spoken` as `speech.spoken` finds it."""
    levels = _levels(pcm)
    speech_db = _mean_db(levels[spoken])
    return Measured(
        seconds=seconds(pcm),
        loudest_db=loudest_db(pcm),
        speech_seconds=speech.seconds(spoken),
        speech_db=speech_db,
        above_noise_db=speech_db - _noise_db(levels, spoken),
        clipped=float(((pcm >= _CLIPPED) | (pcm <= -_CLIPPED)).mean()) if len(pcm) else 0.0,
    )


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


def _levels(pcm: Pcm) -> npt.NDArray[np.float64]:
    """Return the power of each frame, full scale being 1."""
    powers = (np.square(frame / _FULL_SCALE).mean() for frame in speech.frames(pcm))
    return np.fromiter(powers, np.float64)


def _mean_db(powers: npt.NDArray[np.float64]) -> float:
    return 10 * math.log10(max(1e-10, float(powers.mean()))) if len(powers) else _NOTHING_DB


def _noise_db(powers: npt.NDArray[np.float64], spoken: Frames) -> float:
    """Return the level of the background: where nobody speaks, or the quietest of what there is."""
    near = np.convolve(spoken, np.ones(2 * _NEAR + 1))[_NEAR : _NEAR + len(spoken)] > 0
    away = powers[~near]
    quiet = away if len(away) >= 5 else powers
    if not len(quiet):
        return _NOTHING_DB
    power = np.percentile(quiet, 50 if quiet is away else 5)
    return 10 * math.log10(max(1e-10, float(power)))


def _minutes(pcm: Pcm) -> list[Pcm]:
    """Cut into minutes, so that the floating-point copy of a long note stays small."""
    step = RATE * 60
    return [pcm[at : at + step] for at in range(0, len(pcm), step)]


def _power(pcm: Pcm) -> float:
    """Return the mean square of the loudest 20 ms, full scale being 1."""
    whole = len(pcm) // _FRAME * _FRAME
    frames = (pcm[:whole].reshape(-1, _FRAME) if whole else pcm.reshape(1, -1)) / _FULL_SCALE
    return float(np.square(frames).mean(axis=1).max())
