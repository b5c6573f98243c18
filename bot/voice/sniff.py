"""Tells from the bytes alone what a file is; its name and its stated type are never believed."""

from dataclasses import dataclass
from typing import Literal

from bot.voice.boxes import tracks
from bot.voice.frames import after_id3, is_aac, is_mp3

AMR_NARROW = "libopencore_amrnb"
AMR_WIDE = "libopencore_amrwb"
_MOV_FAMILY = "mov,mp4,m4a,3gp,3g2,mj2"
_WAV_CODECS = "pcm_s16le,pcm_u8,pcm_s24le,pcm_s32le,pcm_f32le,pcm_alaw,pcm_mulaw"
# Codec names stand in the first headers; further in they would be chance.
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Container:
    """How one kind of file must be opened, and nothing else allowed.

    `demuxer`, `formats` and `codecs` are FFmpeg's names (comma-separated where several);
    `decoder` is set where FFmpeg's own choice would lose sound. `kind` says whether pictures
    move in it as well; only the sound is ever opened.
    """

    name: str
    demuxer: str
    formats: str
    codecs: str
    decoder: str | None = None
    kind: Literal["audio", "video"] = "audio"


OGG_OPUS = Container("ogg/opus", "ogg", "ogg", "opus")
OGG_VORBIS = Container("ogg/vorbis", "ogg", "ogg", "vorbis")
AMR = Container("amr", "amr", "amr", f"{AMR_NARROW},amrnb", AMR_NARROW)
AMR_WB = Container("amr-wb", "amr", "amr", f"{AMR_WIDE},amrwb", AMR_WIDE)
WAV = Container("wav", "wav", "wav", _WAV_CODECS)
MP3 = Container("mp3", "mp3", "mp3", "mp3float,mp3")
AAC = Container("aac", "aac", "aac", "aac")

# Four letters of an MP4 sound track → codecs allowed, decoder forced. FFmpeg's own AMR decoder
# drops comfort-noise frames (11.14 s came out as 9.80 s), hence the forced one.
_MP4_SOUND: dict[bytes, tuple[str, str | None]] = {
    b"mp4a": ("aac,mp3float,mp3", None),
    b".mp3": ("mp3float,mp3", None),
    b"alac": ("alac", None),
    b"Opus": ("opus", None),
    b"samr": (f"{AMR_NARROW},amrnb", AMR_NARROW),
    b"sawb": (f"{AMR_WIDE},amrwb", AMR_WIDE),
}

_OTHERS: tuple[tuple[bytes, Literal["picture", "document"]], ...] = (
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"GIF8", "picture"),
    (b"%PDF-", "document"),
    (b"PK\x03\x04", "document"),
)


def sniff(data: bytes) -> Container | None:
    """Return how to open this recording, or None when it is no kind of recording we open."""
    return _by_magic(data) or _bare_stream(data)


def other_kind(data: bytes) -> Literal["picture", "document"] | None:
    """Say of a file that is no recording whether it is a picture or a document."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "picture"
    return next((kind for magic, kind in _OTHERS if data.startswith(magic)), None)


def _by_magic(data: bytes) -> Container | None:
    if data.startswith(b"OggS\0"):
        return _ogg(data[:_HEAD])
    if data[4:8] == b"ftyp":
        return _mp4(data)
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return _matroska(data[:_HEAD])
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return WAV
    return _amr(data)


def _amr(data: bytes) -> Container | None:
    if data.startswith(b"#!AMR\n"):
        return AMR
    return AMR_WB if data.startswith(b"#!AMR-WB\n") else None


def _ogg(head: bytes) -> Container | None:
    if b"OpusHead" in head:
        return OGG_OPUS
    return OGG_VORBIS if b"\x01vorbis" in head else None


def _mp4(data: bytes) -> Container:
    found = tracks(data)
    sounds = (track.codec for track in found if track.handler == b"soun")
    codecs, decoder = _MP4_SOUND.get(next(sounds, b"mp4a"), _MP4_SOUND[b"mp4a"])
    moving = any(track.handler == b"vide" for track in found)
    return Container("mp4", "mov", _MOV_FAMILY, codecs, decoder, "video" if moving else "audio")


def _matroska(head: bytes) -> Container:
    kind: Literal["audio", "video"] = "video" if b"V_" in head else "audio"
    return Container("webm", "matroska", "matroska,webm", "opus,vorbis", None, kind)


def _bare_stream(data: bytes) -> Container | None:
    start = after_id3(data)
    if is_aac(data, start):
        return AAC
    # Tags of phones are often padded beyond their stated size, so behind a tag FFmpeg may search.
    return MP3 if start or is_mp3(data) else None
