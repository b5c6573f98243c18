"""The drafting pack: a zip of rows, voices, photos, counts, and pages to listen offline."""

import contextlib
import string
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from bot.gateway.export.bare import bare
from bot.gateway.export.columns import Piece, Row, row_of
from bot.gateway.export.counts import Counts
from bot.gateway.export.labels import LANGUAGES, Labels, sentences
from bot.gateway.export.page import BESIDE, Shelves, index, own_pages, page_name
from bot.gateway.export.sheets import Csv, Excel, JsonLines, Sheet, abandon
from bot.store.media import MediaGone, MediaStore

ROWS: dict[str, Callable[[BinaryIO], Sheet]] = {
    "rows.jsonl": JsonLines,
    "rows.csv": Csv,
    "rows.xlsx": Excel,
}


class Pack:
    """Takes pieces; files go into the zip at once, rows and pages when it is closed."""

    def __init__(
        self,
        out: BinaryIO,
        folder: Path,
        store: MediaStore,
        labels: Labels,
        *,
        originals: bool,
        at: int,
    ) -> None:
        """`folder` is where rows lie meanwhile; `at` is the time that the README names."""
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._store = store
        self._labels = labels
        self._originals = originals
        self._date = datetime.fromtimestamp(at / 1000, UTC)
        self._files = {name: (folder / name).open("w+b") for name in ROWS}
        self._sheets = [ROWS[name](file) for name, file in self._files.items()]
        self._shelves = Shelves(folder)
        self._counts = Counts()
        self.recordings = 0
        self.missing = 0

    def add(self, piece: Piece) -> None:
        """Write a row and the files that belong to it."""
        row = self._with_files(piece, row_of(piece))
        for sheet in self._sheets:
            sheet.add(row)
        self._counts.add(piece, row)
        if piece.is_sound:
            self._shelves.add(piece, row)

    def _with_files(self, piece: Piece, row: Row) -> Row:
        sent = piece.sent
        if sent is None:
            return row
        if row["voice"]:
            found = self._put(row["voice"], sent.playable)
            self.recordings += found
            row["voice"] = row["voice"] if found else ""
        if row["file"] and not self._put(row["file"], sent.original, bare):
            row["file"] = ""
        if self._originals and piece.as_received:
            self._put(piece.as_received, sent.original)
        return row

    def _put(self, path: str, key: str, made: Callable[[bytes], bytes] = bytes) -> bool:
        """Put what is `made` of a file into the zip; False (and counted) if its bytes are gone."""
        try:
            data = made(self._store.get(key))
        except MediaGone:
            self.missing += 1
            return False
        entry = zipfile.ZipInfo(path, self._date.timetuple()[:6])
        self._zip.writestr(entry, data, zipfile.ZIP_STORED)  # sound does not get any smaller
        return True

    def close(self, meetings: bytes) -> None:
        """Write rows, counts, the table of sessions, pages and the README; finish the zip."""
        for sheet in self._sheets:
            sheet.close()
        for name, file in self._files.items():
            file.seek(0)
            self._write(name, iter(lambda file=file: file.read(1 << 16), b""))  # type: ignore[misc]
            file.close()
        self._write("counts.csv", iter([self._counts.csv()]))
        self._write("sessions.csv", iter([meetings]))
        self._write("README.md", iter([self._readme().encode()]))
        for beside in BESIDE:
            self._write(beside.name, iter([beside.read_bytes()]))
        for language in LANGUAGES:
            page = index(self._shelves.sections(), self._counts.all(), self._labels, language,
                         self._counts.total)  # fmt: skip
            self._write(page_name(language, self._labels), (part.encode() for part in page))
            for name, text in own_pages(self._shelves.sections(), self._labels, language):
                self._write(name, iter([text.encode()]))
        self._zip.close()

    def abandon(self) -> None:
        """Let go of what is open, of a pack that could not be finished."""
        for sheet in self._sheets:
            abandon(sheet)
        for file in self._files.values():
            file.close()
        with contextlib.suppress(OSError):  # what made it fail is what is told
            self._zip.close()

    def _write(self, name: str, parts: Iterator[bytes]) -> None:
        entry = zipfile.ZipInfo(name, self._date.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(entry, "w", force_zip64=True) as out:
            for part in parts:
                out.write(part)

    def _readme(self) -> str:
        """Return the README: the consultation's language first."""
        first = sorted(LANGUAGES, key=lambda language: language != self._labels.source)
        values = {
            "date": self._date.date().isoformat(),
            "answers": self._counts.total,
            "recordings": self.recordings,
        }
        parts = [
            string.Template(sentences(one)["readme"]).substitute(
                values, title=self._labels.title.get(one, self._labels.title.get(first[0], ""))
            )
            for one in first
        ]
        return "\n".join(parts)
