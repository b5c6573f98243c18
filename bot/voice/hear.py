"""Hears one recording: the one function that others call."""

from dataclasses import dataclass, field, replace

from bot.voice import speech
from bot.voice.decode import Decoded, decode
from bot.voice.encode import as_mp3, as_voice, levelled
from bot.voice.limits import Limits
from bot.voice.measure import measure, peaks
from bot.voice.pcm import Pcm, within, without_silent_edges
from bot.voice.sniff import other_kind, sniff
from bot.voice.verdict import MEANINGS, Measured, UnheardError, Verdict, judge


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a recording.

    `seconds` is the length of the recording itself (0 when it is not known), `speech_seconds` for
    how long somebody speaks in it, `mp3` the copy for browsers and drafters, `ogg` the one that
    phones show as a voice message (both empty unless usable), `peaks` 200 amplitudes from 0 to 1
    of these, `container` the kind of file ("ogg/opus", "mp4" …, "picture", "document" or ""),
    `damaged` the number of packets that could not be decoded, `detail` a word for the log.
    """

    verdict: Verdict
    seconds: float = 0.0
    mp3: bytes = field(default=b"", repr=False)
    peaks: tuple[float, ...] = field(default=(), repr=False)
    container: str = ""
    damaged: int = 0
    detail: str = ""
    speech_seconds: float = 0.0
    ogg: bytes = field(default=b"", repr=False)

    @property
    def usable(self) -> bool:
        """Whether there is a copy that a person can listen to."""
        return MEANINGS[self.verdict].usable

    @property
    def retry(self) -> bool:
        """Whether hearing the same bytes again later may end better."""
        return MEANINGS[self.verdict].retry


def hear(recording: bytes, limits: Limits | None = None) -> Heard:
    """Decode, measure, judge and copy a recording; a bad one is a verdict, never an exception.

    Blocks for about a second per minute of sound: call it through `Ears` where others wait.
    """
    limits = limits or Limits()
    try:
        decoded = decode(recording, limits)
    except UnheardError as fault:
        return Heard(fault.verdict, container=_kind(recording), detail=fault.detail)
    return _judged(decoded, limits)


def _judged(decoded: Decoded, limits: Limits) -> Heard:
    spoken = speech.spoken(decoded.pcm)
    measured = measure(decoded.pcm, spoken)
    heard = Heard(
        judge(measured),
        seconds=round(measured.seconds, 2),
        speech_seconds=round(measured.speech_seconds, 2),
        container=decoded.container.name,
        damaged=decoded.damaged,
    )
    if not heard.usable:
        return heard
    try:
        pcm = _trimmed(decoded.pcm, measured, speech.edges(spoken))
        level = levelled(pcm, limits)
        return replace(heard, mp3=as_mp3(level, limits), ogg=as_voice(level, limits),
                       peaks=peaks(pcm))  # fmt: skip
    except UnheardError as fault:
        return replace(heard, verdict=fault.verdict, detail=fault.detail)


def _trimmed(pcm: Pcm, measured: Measured, edges: tuple[float, float] | None) -> Pcm:
    """Cut to the speech; where nobody speaks a person may still hear something."""
    return within(pcm, *edges) if edges else without_silent_edges(pcm, measured.loudest_db)


def _kind(recording: bytes) -> str:
    container = sniff(recording)
    return container.name if container else other_kind(recording) or ""
