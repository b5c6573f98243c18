"""How loud sound is to an ear: EBU R128, as FFmpeg measures it."""

import re

from bot.voice.ffmpeg import INPUT_ONLY, program
from bot.voice.limits import Limits
from bot.voice.pcm import RATE, Pcm
from bot.voice.sandbox import run

_NO_LEVEL = -70.0  # what FFmpeg says of silence, and of less than half a second
_FOUND = re.compile(rb"I:\s*(-?[0-9.]+) LUFS")


def loudness(pcm: Pcm, limits: Limits | None = None) -> float | None:
    """Return the integrated loudness in LUFS; None for silence, or too little to tell."""
    command = (
        *(program(), "-hide_banner", "-nostdin", "-threads", "1", *INPUT_ONLY),
        *("-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "fd:"),
        *("-af", "ebur128=framelog=quiet", "-filter_threads", "1", "-f", "null", "-"),
    )
    finished = run(command, pcm.data.cast("B"), limits or Limits(), 1 << 16)
    found = _FOUND.findall(finished.complaints)
    level = float(found[-1]) if found and not finished.code else _NO_LEVEL
    return level if level > _NO_LEVEL else None
