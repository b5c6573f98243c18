"""Makes what can be sent and played of a person's recording of our own words."""

from dataclasses import dataclass, field

from bot.voice import speech
from bot.voice.decode import decode
from bot.voice.encode import as_mp3, as_opus
from bot.voice.limits import Limits
from bot.voice.loudness import loudness
from bot.voice.measure import measure
from bot.voice.mix import levelled
from bot.voice.pcm import seconds, within
from bot.voice.verdict import UnheardError, Verdict, judge

UNFIT = (Verdict.SILENT, Verdict.NO_SPEECH, Verdict.TOO_QUIET, Verdict.TOO_NOISY)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording that was checked: its copies at −16 LUFS, its length in seconds, its level.

    `verdict` is ok, or clipped: it crackles, and may be recorded anew.
    """

    ogg: bytes = field(repr=False)
    mp3: bytes = field(repr=False)
    seconds: float
    lufs: float | None
    verdict: Verdict


def recorded(data: bytes, limits: Limits | None = None) -> Recorded:
    """Check a recording and make its copies; blocks for a second or two a minute.

    Raises UnheardError: what cannot be opened, and what nobody can be asked to listen to.
    """
    limits = limits or Limits()
    pcm = decode(data, limits).pcm
    spoken = speech.spoken(pcm)
    verdict = judge(measure(pcm, spoken))
    edges = speech.edges(spoken)
    if verdict in UNFIT or edges is None:
        raise UnheardError(verdict)
    level = levelled(within(pcm, *edges), limits)
    found = loudness(level, limits)
    return Recorded(as_opus(level, limits), as_mp3(level, limits), round(seconds(level), 1),
                    None if found is None else round(found, 1), verdict)  # fmt: skip
