"""Make an audio session out of its script: sound with chapters, and in writing what is heard."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.fault import Complaints
from bot.gateway.audio.giving import SOUNDS, SOURCES, TRANSCRIPT
from bot.gateway.audio.script import Part, Script
from bot.language import _
from bot.store.media import MediaGone, MediaStore
from bot.store.quotable import Quotable
from bot.voice.chapters import Chapter, Cover, in_mp3, in_opus
from bot.voice.decode import decode
from bot.voice.encode import as_mp3, as_opus
from bot.voice.limits import MIB, Limits
from bot.voice.loudness import loudness
from bot.voice.mix import joined, levelled, passage
from bot.voice.pcm import Pcm, samples, seconds, silence
from bot.voice.saying import CannotSayError, Speaker
from bot.voice.verdict import UnheardError

AFTER = 0.6  # seconds of silence behind each part
LONGEST = 1800  # seconds: half an hour is listened to; what is longer is two sessions
COPIES = Limits(out_bytes=64 * MIB, copy_cpu_seconds=600, copy_wall_seconds=900.0)


class TooLong(Exception):
    """An audio session may last half an hour: make two of it."""


@dataclass(frozen=True)
class Heard:
    """A part as it came out: when it begins, and what is said in it."""

    part: Part
    start: float
    pcm: Pcm
    words: str


@dataclass(frozen=True)
class Session:
    """What was made: files by name, how long and how loud (LUFS) it is, and its chapters."""

    files: Mapping[str, bytes]
    seconds: float
    level: float | None
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True)
class Maker:
    """What a session is made from; `quotes` holds what may be heard, by contribution."""

    script: Script
    file: str  # the script's, for complaints
    folder: Path  # where recorded parts lie
    quotes: Mapping[str, Quotable]
    store: MediaStore
    speaker: Speaker | None

    def make(self) -> Session:
        """Make it; blocks for some seconds a minute. Raises Faults, TooLong."""
        heard = list(self._heard())
        whole = joined([(one.pcm, _pause(one.part)) for one in heard])
        if seconds(whole) > LONGEST:
            raise TooLong(TooLong.__doc__)
        chapters = _chapters(heard, seconds(whole))
        cover = Cover(self.script.title, self.script.about or self.script.title,
                      self.script.language)  # fmt: skip
        files = {
            SOUNDS[0]: in_mp3(as_mp3(whole, COPIES), cover, chapters),
            SOUNDS[1]: in_opus(as_opus(whole, COPIES), cover, chapters),
            TRANSCRIPT: _transcript(self.script, heard).encode(),
            "cover.txt": _cover(self.script, seconds(whole)).encode(),
            SOURCES: _sources(heard).encode(),
        }
        return Session(files, seconds(whole), loudness(whole, COPIES), chapters)

    def _heard(self) -> Iterator[Heard]:
        """Yield each part as sound; what cannot be had is complained of, all at once."""
        complaints, at = Complaints(self.file), 0.0
        found = []
        for part in (*self.script.parts, *_credits(self.script)):
            pcm, words = self._sound(part, complaints)
            found.append(Heard(part, at, pcm, words))
            at += seconds(pcm) + _pause(part)
        complaints.insist()
        yield from found

    def _sound(self, part: Part, complaints: Complaints) -> tuple[Pcm, str]:
        try:
            if part.kind == "say":
                return self._said(part), part.text
            if part.kind == "play":
                path = self.folder / part.text
                return levelled(decode(path.read_bytes(), Limits()).pcm), part.text
            if part.kind == "quote":
                return self._quoted(part), self.quotes[part.text].transcript
        except KeyError:
            complaints.add(part.line, f'"{part.text}" may not be heard, or has no recording',
                           "take it out, or look whether its speaker agreed")  # fmt: skip
        except CannotSayError as error:
            complaints.add(part.line, str(error), 'record it, and name the file behind "play:"')
        except (OSError, UnheardError, MediaGone) as error:
            complaints.add(part.line, f'"{part.text}" cannot be heard', type(error).__name__)
        return samples(silence(0)), ""

    def _said(self, part: Part) -> Pcm:
        if self.speaker is None:
            raise CannotSayError(_("There is no speech engine: .venv/bin/pip install "
                                   "-e '.[speech]'."))  # fmt: skip
        return levelled(self.speaker.say(part.text, self.script.language, public=True))

    def _quoted(self, part: Part) -> Pcm:
        """Cut the passage where nobody speaks. Raises KeyError, UnheardError, MediaGone."""
        one = self.quotes[part.text]
        pcm = decode(self.store.get(one.original), Limits()).pcm
        end = seconds(pcm) if part.end is None else part.end
        return levelled(passage(pcm, part.start, end))


def _credits(script: Script) -> tuple[Part, ...]:
    return (Part("credits", 1, "say", script.credits),) if script.credits else ()


def _pause(part: Part) -> float:
    return part.seconds if part.kind == "pause" else AFTER


def _chapters(heard: list[Heard], end: float) -> tuple[Chapter, ...]:
    """Return the parts with a name; one without belongs to the chapter before it."""
    named = [(one.part.chapter, one.start) for one in heard if one.part.chapter]
    ends = [start for _title, start in named[1:]] + [end] * bool(named)
    return tuple(
        Chapter(title, start, stop) for (title, start), stop in zip(named, ends, strict=True)
    )


def _transcript(script: Script, heard: list[Heard]) -> str:
    """Write what is heard; a voice whose words nobody wrote down is a gap that one sees."""
    lines = [f"# {script.title}", ""]
    for one in heard:
        if one.part.chapter:
            lines += [f"## {one.part.chapter} ({clock(one.start)})", ""]
        if one.part.kind == "quote":
            lines += [f"> {one.words or '…'}", ""]
        elif one.words:
            lines += [one.words, ""]
    return "\n".join(lines)


def _cover(script: Script, length: float) -> str:
    lines = (script.title, clock(length), script.about, script.credits)
    return "\n\n".join(line for line in lines if line) + "\n"


def _sources(heard: list[Heard]) -> str:
    """List which contributions were quoted, for the team alone."""
    quoted = [one for one in heard if one.part.kind == "quote"]
    rows = [f"{one.part.text},{one.part.start:g},{one.part.end or ''},{one.start:.1f}"
            for one in quoted]  # fmt: skip
    return "\n".join(("contribution,from,to,at", *rows)) + "\n"


def clock(length: float) -> str:
    """Return a time as people read it: 6:05."""
    minutes, rest = divmod(round(length), 60)
    return f"{minutes}:{rest:02}"
