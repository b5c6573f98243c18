"""Turns the bytes of a recording into sound that we made ourselves, within limits."""

from dataclasses import dataclass

import numpy as np

from bot.voice.ffmpeg import COMMON, INPUT_ONLY, offers, program
from bot.voice.limits import Limits
from bot.voice.pcm import RATE, Pcm, seconds
from bot.voice.sandbox import Finished, run
from bot.voice.sniff import Container, sniff
from bot.voice.verdict import UnheardError, Verdict

_BYTES_PER_SECOND = RATE * 2
_OPEN_NO_MORE = ("-max_alloc", str(64 << 20), "-probesize", str(1 << 20))
_LOOK_NO_LONGER = ("-analyzeduration", "5000000")  # microseconds
_SOUND_ONLY = ("-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-filter_threads", "1")
_AS_PCM = ("-ac", "1", "-ar", str(RATE), "-f", "s16le", "pipe:1")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A recording as 16 kHz mono samples; `damaged` packets were lost on the way."""

    pcm: Pcm
    container: Container
    damaged: int

    @property
    def seconds(self) -> float:
        """How long it lasts, counted in samples: what a header states is not believed."""
        return seconds(self.pcm)


def decode(recording: bytes, limits: Limits) -> Decoded:
    """Decode a recording of any kind that we open.

    Raises `UnheardError` with empty_file, too_big, unsupported_format, undecodable, too_long,
    timeout or cannot_run.
    """
    container = _recognised(recording, limits)
    most = limits.max_seconds * _BYTES_PER_SECOND
    finished = run(_command(container, limits), recording, limits, most)
    _check(finished)
    # An odd last byte can only stem from a child that died in the middle of a sample.
    whole = len(finished.output) // 2 * 2
    pcm = np.frombuffer(finished.output[:whole], "<i2")
    return Decoded(pcm, container, finished.damaged)


def _recognised(recording: bytes, limits: Limits) -> Container:
    if not recording:
        raise UnheardError(Verdict.EMPTY_FILE)
    if len(recording) > limits.max_bytes:
        raise UnheardError(Verdict.TOO_BIG, f"{len(recording)} > {limits.max_bytes} bytes")
    container = sniff(recording)
    if container is None:
        raise UnheardError(Verdict.UNSUPPORTED_FORMAT)
    return container


def _command(container: Container, limits: Limits) -> tuple[str, ...]:
    return (
        program(),
        *COMMON,
        *INPUT_ONLY,
        *("-format_whitelist", container.formats),
        *("-codec_whitelist", container.codecs),
        *_OPEN_NO_MORE,
        *_LOOK_NO_LONGER,
        *("-f", container.demuxer),
        *_forced(container),
        # One second more than allowed, so that what is too long shows by its bytes.
        *("-t", str(limits.max_seconds + 1)),
        *("-i", "fd:"),
        *_SOUND_ONLY,
        *_AS_PCM,
    )


def _forced(container: Container) -> tuple[str, ...]:
    if container.decoder and offers("decoders", container.decoder):
        return ("-c:a", container.decoder)
    return ()


def _check(finished: Finished) -> None:
    if finished.stopped == "output":
        raise UnheardError(Verdict.TOO_LONG)
    if finished.stopped:
        raise UnheardError(Verdict.TIMEOUT, f"stopped by its {finished.stopped} limit")
    if len(finished.output) < 2:
        raise UnheardError(Verdict.UNDECODABLE, _tail(finished.complaints))


def _tail(complaints: bytes) -> str:
    return complaints[-160:].decode("ascii", "replace").strip()
