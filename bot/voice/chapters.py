"""Writes a title and chapters into MP3 and OGG/Opus, as players show them; nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from mutagen.id3 import CHAP, COMM, CTOC, ID3, TIT2, TLAN, CTOCFlags
from mutagen.oggopus import OggOpus

_LANGUAGES = {"fr": "fra", "en": "eng", "es": "spa"}  # ID3 names languages by three letters


@dataclass(frozen=True)
class Chapter:
    """A part with a name; `start` and `end` in seconds."""

    title: str
    start: float
    end: float


@dataclass(frozen=True)
class Cover:
    """What is said of the whole: its title, a few words about it, its language."""

    title: str
    words: str
    language: str


def in_mp3(mp3: bytes, cover: Cover, chapters: Sequence[Chapter]) -> bytes:
    """Return an MP3 with its title and chapters (ID3 2.3, which old players read)."""
    language = _LANGUAGES.get(cover.language, "und")
    tags = ID3()
    tags.add(TIT2(encoding=1, text=cover.title))
    tags.add(TLAN(encoding=1, text=language))
    tags.add(COMM(encoding=1, lang=language, desc="", text=cover.words))
    names = [f"chapter{number}" for number in range(len(chapters))]
    top = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    tags.add(CTOC(element_id="contents", flags=top, child_element_ids=names, sub_frames=[]))
    for name, one in zip(names, chapters, strict=True):
        start, end = round(one.start * 1000), round(one.end * 1000)
        heading = [TIT2(encoding=1, text=one.title)]
        tags.add(CHAP(element_id=name, start_time=start, end_time=end, sub_frames=heading))
    out = BytesIO(mp3)
    tags.save(out, v2_version=3)
    return out.getvalue()


def in_opus(opus: bytes, cover: Cover, chapters: Sequence[Chapter]) -> bytes:
    """Return an OGG/Opus with its title and chapters (Vorbis comments)."""
    out = BytesIO(opus)
    file = OggOpus(out)
    file.delete(out)
    out.seek(0)
    file = OggOpus(out)
    file["title"] = cover.title
    file["language"] = cover.language
    file["description"] = cover.words
    for number, one in enumerate(chapters):
        file[f"chapter{number:03}"] = _clock(one.start)
        file[f"chapter{number:03}name"] = one.title
    out.seek(0)
    file.save(out)
    return out.getvalue()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02}:{minutes:02}:{rest:06.3f}"
