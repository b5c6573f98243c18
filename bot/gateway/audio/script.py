"""The script of an audio session, read with all its faults at once.

title: What we heard about water
language: en
parts:
  opening:
    chapter: Welcome
    say: This session lasts six minutes. You will hear four people.
  the well:
    quote: 019ac0d2… from 3.2 to 9.8
  between:
    pause: 1.5
credits: Four people from two regions spoke here. They agreed to be heard.
"""

import re
from dataclasses import dataclass, field

from bot.dialogue.fault import Complaints, nearest_or_all
from bot.dialogue.reading import table, words
from bot.dialogue.yamlnodes import Entry, read_table

TOP = ("title", "language", "about", "parts", "credits")
KINDS = ("say", "quote", "play", "pause")
KEYS = ("chapter", *KINDS)
LONGEST_PAUSE = 10.0
_QUOTE = re.compile(r"(\w+)(?: from (\d+(?:\.\d+)?) to (\d+(?:\.\d+)?))?")


@dataclass(frozen=True)
class Part:
    """One part: `text` is said, or names a recording; a quote may be a passage of one, seconds."""

    name: str
    line: int
    kind: str
    text: str = ""
    chapter: str = ""
    start: float = 0.0
    end: float | None = None
    seconds: float = 0.0  # of a pause


@dataclass(frozen=True)
class Script:
    """A whole script."""

    title: str
    language: str
    about: str = ""
    credits: str = ""
    parts: tuple[Part, ...] = field(default_factory=tuple)


def read_script(text: str, file: str) -> Script:
    """Read a script. Raises Faults."""
    complaints = Complaints(file)
    top = read_table(text, complaints)
    for entry in top.entries:
        if entry.key not in TOP:
            remedy = nearest_or_all(entry.key, TOP)
            complaints.add(entry.line, f'there is no key "{entry.key}"', remedy)
    values = {entry.key: words(entry, complaints) for entry in top.entries
              if entry.key in TOP and entry.key != "parts"}  # fmt: skip
    for key in ("title", "language", "parts"):
        if top.get(key) is None and top.entries:
            complaints.add(1, f'this script has no "{key}"', f'add "{key}:"')
    listed = top.get("parts")
    entries = table(listed, complaints, "the parts").entries if listed else ()
    parts = tuple(part for entry in entries if (part := _part(entry, complaints)))
    complaints.insist()
    return Script(parts=parts, **values)


def _part(entry: Entry, complaints: Complaints) -> Part | None:
    rows = table(entry, complaints, "what is said or played")
    found = [row for row in rows.entries if row.key in KINDS]
    for row in rows.entries:
        if row.key not in KEYS:
            complaints.add(row.line, f'there is no key "{row.key}"', nearest_or_all(row.key, KEYS))
    if len(found) != 1:
        if rows.entries:
            what = f'part "{entry.key}" must have one of: {", ".join(KINDS)}'
            complaints.add(entry.line, what, "leave the others to parts of their own")
        return None
    part = _READERS[found[0].key](entry.key, found[0], complaints)
    heading = rows.get("chapter")
    chapter = words(heading, complaints) if heading else ""
    return part and Part(part.name, part.line, part.kind, part.text, chapter, part.start,
                         part.end, part.seconds)  # fmt: skip


def _words(name: str, row: Entry, complaints: Complaints) -> Part | None:
    text = words(row, complaints)
    return Part(name, row.line, row.key, text) if text else None


def _quote(name: str, row: Entry, complaints: Complaints) -> Part | None:
    text = words(row, complaints)
    found = _QUOTE.fullmatch(text)
    if not found:
        if text:
            complaints.add(row.line, f'"{text}" names no passage',
                           'write "CONTRIBUTION" or "CONTRIBUTION from 3.2 to 9.8"')  # fmt: skip
        return None
    start, end = float(found[2] or 0), float(found[3]) if found[3] else None
    if end is not None and end <= start:
        complaints.add(row.line, "the passage ends before it begins", "change the two times round")
    return Part(name, row.line, "quote", found[1], start=start, end=end)


def _pause(name: str, row: Entry, complaints: Complaints) -> Part | None:
    text = words(row, complaints)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_PAUSE:
        complaints.add(row.line, f'"{text}" is no pause', f"write seconds, 0 to {LONGEST_PAUSE:g}")
        return None
    return Part(name, row.line, "pause", seconds=seconds)


_READERS = {"say": _words, "play": _words, "quote": _quote, "pause": _pause}
