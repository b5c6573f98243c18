"""The bundled FFmpeg: where it is, what it can do, and the arguments that every run shares."""

from functools import cache
from typing import Literal

import imageio_ffmpeg

from bot.voice.limits import Limits
from bot.voice.sandbox import run
from bot.voice.sniff import AMR_NARROW
from bot.voice.verdict import UnheardError, Verdict

Kind = Literal["decoders", "encoders", "protocols"]

# `repeat` keeps FFmpeg from folding equal complaints into one line, which we count.
COMMON = ("-hide_banner", "-nostdin", "-loglevel", "repeat+error", "-threads", "1")
# The child reads its standard input and can open no file and no address by name.
INPUT_ONLY = ("-protocol_whitelist", "fd")

_NEEDED: tuple[tuple[Kind, str], ...] = (
    ("protocols", "fd"),
    ("decoders", "opus"),
    ("decoders", "aac"),
    ("decoders", AMR_NARROW),
    ("encoders", "libmp3lame"),
    ("encoders", "libopus"),
)


@cache
def program() -> str:
    """Return the path of the FFmpeg that the package imageio-ffmpeg brings.

    Raises `UnheardError` (cannot_run) when there is none, or one that we could not bound.
    """
    try:
        path = str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as fault:
        raise UnheardError(Verdict.CANNOT_RUN, str(fault)) from fault
    if "fd" not in _listed(path, "protocols"):
        raise UnheardError(Verdict.CANNOT_RUN, "This FFmpeg cannot read from an open file (fd).")
    return path


def offers(kind: Kind, name: str) -> bool:
    """Tell whether this FFmpeg has the named part."""
    return name in _listed(program(), kind)


@cache
def _listed(path: str, kind: Kind) -> frozenset[str]:
    listing = run((path, "-hide_banner", f"-{kind}"), b"", Limits(), 1 << 20)
    if listing.code or listing.stopped:  # raised, since a result would be remembered for good
        raise UnheardError(Verdict.CANNOT_RUN, f"It does not list its {kind}.")
    return frozenset(listing.output.decode("ascii", "replace").split())


def lacks() -> tuple[str, ...]:
    """Return the parts that we need and this FFmpeg does not have; the bundled one lacks none.

    Raises `UnheardError` (cannot_run) when it does not start at all.
    """
    return tuple(name for kind, name in _NEEDED if not offers(kind, name))
