"""The bundled FFmpeg: where it is, what it can do, and the arguments that every run shares."""

from functools import cache
from typing import Literal

import imageio_ffmpeg

from bot.voice.limits import Limits
from bot.voice.sandbox import run
from bot.voice.sniff import AMR_NARROW
from bot.voice.verdict import UnheardError, Verdict

# `repeat` keeps FFmpeg from folding equal complaints into one line, which we count.
COMMON = ("-hide_banner", "-nostdin", "-loglevel", "repeat+error", "-threads", "1")
# The child reads its standard input and can open no file and no address by name.
INPUT_ONLY = ("-protocol_whitelist", "fd")

_NEEDED: tuple[tuple[Literal["decoders", "encoders", "protocols"], str], ...] = (
    ("protocols", "fd"),
    ("decoders", "opus"),
    ("decoders", "aac"),
    ("decoders", AMR_NARROW),
    ("encoders", "libmp3lame"),
    ("encoders", "libopus"),
)


@cache
def program() -> str:
    """Return the path of the FFmpeg that the package imageio-ffmpeg brings."""
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as fault:
        raise UnheardError(Verdict.CANNOT_RUN, str(fault)) from fault


@cache
def offers(kind: Literal["decoders", "encoders", "protocols"], name: str) -> bool:
    """Tell whether this FFmpeg has the named part."""
    listing = run((program(), "-hide_banner", f"-{kind}"), b"", Limits(), 1 << 20).output
    return name.encode() in listing.split()


def lacks() -> tuple[str, ...]:
    """Return the parts that we need and this FFmpeg does not have; the bundled one lacks none."""
    return tuple(name for kind, name in _NEEDED if not offers(kind, name))
