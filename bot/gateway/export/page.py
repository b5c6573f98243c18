"""The pages of the drafting pack: all recordings to listen to, and each contribution's own.

They need no network.

`player.js`, which lies beside them, adds keys, speeds and marks; without it one listens too.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, groupby
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import msgspec

from bot.gateway.export.columns import Piece, Row
from bot.gateway.export.counts import Counted
from bot.gateway.export.labels import HERE, LANGUAGES, Labels, sentences, tongue

BARS = 100
HEIGHT = 40


class Note(msgspec.Struct):
    """A recording as the pages show it; `wave` draws its loudness.

    `machine`: its transcript is a machine's.
    """

    row: dict[str, Any]
    wave: str
    machine: bool = False


class Section(NamedTuple):
    """The recordings of one theme in one language."""

    theme: str
    language: str
    size: int
    notes: Iterable[Note]


class Shelves:
    """Lays notes aside on the disk, by theme and language, until the pages are made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[tuple[str, str], Path] = {}
        self._sizes: dict[tuple[str, str], int] = {}

    def add(self, piece: Piece, row: Row) -> None:
        """Lay a recording aside."""
        key = (piece.theme, row["language"])
        file = self._files.setdefault(key, self._folder / f"notes-{len(self._files)}")
        self._sizes[key] = self._sizes.get(key, 0) + 1
        peaks = json.loads(piece.sent.peaks or "[]") if piece.sent else []
        with file.open("ab") as out:
            note = Note(row, wave(peaks), machine=piece.by_a_machine)
            out.write(msgspec.json.encode(note) + b"\n")

    def sections(self) -> list[Section]:
        """Return what was laid aside; the notes of a section are read as they are asked for."""
        return [
            Section(*key, self._sizes[key], _Notes(file))
            for key, file in sorted(self._files.items())
        ]


class _Notes:
    def __init__(self, file: Path) -> None:
        self._file = file

    def __iter__(self) -> Iterator[Note]:
        with self._file.open("rb") as lines:
            for line in lines:
                yield msgspec.json.decode(line, type=Note)


def wave(peaks: list[float]) -> str:
    """Return the path of an SVG that shows how loud a recording is, from left to right."""
    step = max(1, len(peaks) // BARS)
    loudest = [max(peaks[start : start + step]) for start in range(0, len(peaks), step)]
    bars = [max(1, round(one * HEIGHT / 2)) for one in loudest[:BARS]]
    return "".join(f"M{x * 2} {HEIGHT // 2 - bar}v{bar * 2}" for x, bar in enumerate(bars))


class Own(NamedTuple):
    """A contribution that has a page of its own: its recordings, and where they belong."""

    code: str
    section: Section
    notes: list[Note]


def contributions(sections: list[Section]) -> Iterator[Own]:
    """Yield the contributions with recordings, in the order of the pages."""
    for section in sections:
        for code, notes in groupby(section.notes, lambda note: str(note.row["contribution"])):
            yield Own(code, section, list(notes))


def own_pages(sections: list[Section], labels: Labels, language: str) -> Iterator[tuple[str, str]]:
    """Yield each contribution's page in a language: its name in the pack, and the page."""
    template = _environment().get_template("note.html")
    known = _known(labels, language)
    row = chain([None], contributions(sections), [None])
    for before, own, after in _threes(row):
        pages = [(one, own_page(own.code, one, labels), sentences(one)["language"])
                 for one in LANGUAGES]  # fmt: skip
        yield (
            f"{FOLDER}/{own_page(own.code, language, labels)}",
            template.render(
                known,
                notes=own.notes,
                section=own.section,
                index=page_name(language, labels),
                before=own_page(before.code, language, labels) if before else "",
                after=own_page(after.code, language, labels) if after else "",
                pages=pages,
            ),
        )


def _threes(row: Iterable[Own | None]) -> Iterator[tuple[Own | None, Own, Own | None]]:
    """Yield each with those beside it; the row begins and ends with nobody."""
    before: Own | None = None
    own: Own | None = None
    for after in row:
        if own is not None:
            yield before, own, after
        before, own = own, after


def own_page(code: str, language: str, labels: Labels) -> str:
    """Name the page of a contribution, within the folder of such pages."""
    return f"{code}.html" if language == labels.source else f"{code}.{language}.html"


def index(
    sections: list[Section], counts: list[Counted], labels: Labels, language: str, total: int
) -> Iterator[str]:
    """Yield a page in a language, piece by piece."""
    template = _environment().get_template("pack.html")
    return template.generate(
        sections=sections,
        counts=[(by, list(group)) for by, group in groupby(counts, lambda one: one.by)],
        total=total,
        **_known(labels, language),
        own_page=lambda code: f"{FOLDER}/{own_page(code, language, labels)}",
        pages=[(one, page_name(one, labels), sentences(one)["language"]) for one in LANGUAGES],
    )


def _known(labels: Labels, language: str) -> dict[str, Any]:
    """Return what every page needs."""
    return {
        "title": labels.title.get(language) or labels.title.get(labels.source, ""),
        "name": lambda code: labels.name(code, language),
        "tongue": lambda code: tongue(code, language),
        "say": sentences(language),
        "language": language,
    }


FOLDER = "notes"  # of the contributions' own pages
BESIDE = (HERE / "player.js", HERE / "pack.css")  # what lies beside the pages


def page_name(language: str, labels: Labels) -> str:
    """Name a page: the language of the consultation is where one begins."""
    return "index.html" if language == labels.source else f"index.{language}.html"


@cache  # with the template compiled in it
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
