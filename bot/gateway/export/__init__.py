"""The drafters' export: every contribution of those who take part, as rows or as a pack."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from sqlalchemy import Connection

from bot.gateway.export.columns import Piece, pieces, row_of
from bot.gateway.export.labels import Labels, labels_of
from bot.gateway.export.meetings import sessions_csv
from bot.gateway.export.pack import Pack
from bot.gateway.export.sheets import Csv, Excel, JsonLines, Sheet, abandon
from bot.gateway.looks import looks_among
from bot.store.contributions import Wanted, lines, one_moment
from bot.store.database import Database
from bot.store.media import MediaStore

Format = Literal["jsonl", "csv", "xlsx", "zip"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv", "xlsx", "zip")

__all__ = ["FORMATS", "Exported", "Format", "Labels", "Wanted", "export", "labels_of"]


class Exported(NamedTuple):
    """What an export holds; `missing` counts files whose bytes were not to be found."""

    rows: int = 0
    recordings: int = 0
    missing: int = 0


def export(
    database: Database,
    store: MediaStore,
    labels: Labels,
    kind: Format,
    out: Path | BinaryIO,
    wanted: Wanted,
    *,
    at: int,
    originals: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Exported:
    """Write an export; blocks, and sees the database as it is when it begins.

    `at` is the time that it names as its own; `originals` adds recordings exactly as received to
    a zip; `progress` hears how many rows are written. A path is replaced when all is written.
    Raises DatabaseAway, CannotOpen, OSError.
    """
    with tempfile.TemporaryDirectory(prefix="palabre-") as folder, _opened(out) as file:
        run = _Run(kind, file, Path(folder), store, labels, originals=originals, at=at)

        def work(connection: Connection) -> Exported:
            one_moment(connection)
            looks = looks_among(labels.languages)
            for line in lines(connection, wanted):
                for piece in pieces(line, labels.item_themes, looks):
                    run.add(piece)
                    if progress:
                        progress(run.rows)
            return run.close(sessions_csv(connection))

        try:
            return database.read_now(work)
        except BaseException:
            run.abandon()
            raise


class _Run:
    """One export on its way: a pack, or a sheet."""

    def __init__(
        self,
        kind: Format,
        file: BinaryIO,
        folder: Path,
        store: MediaStore,
        labels: Labels,
        *,
        originals: bool,
        at: int,
    ) -> None:
        self.rows = 0
        self._recordings = 0
        self._pack: Pack | None = None
        self._sheet: Sheet | None = None
        if kind == "zip":
            self._pack = Pack(file, folder, store, labels, originals=originals, at=at)
        else:
            self._sheet = _sheet(kind, file, folder)

    def add(self, piece: Piece) -> None:
        """Write what becomes one row."""
        self.rows += 1
        if self._pack:
            self._pack.add(piece)
        if self._sheet:
            self._recordings += piece.is_sound
            self._sheet.add(row_of(piece))

    def close(self, meetings: bytes) -> Exported:
        """Finish; a pack holds a table of the sessions besides."""
        if self._pack:
            self._pack.close(meetings)
            return Exported(self.rows, self._pack.recordings, self._pack.missing)
        if self._sheet:
            self._sheet.close()
        return Exported(self.rows, self._recordings)

    def abandon(self) -> None:
        """Let go of what is open."""
        if self._pack:
            self._pack.abandon()
        if self._sheet:
            abandon(self._sheet)


def _sheet(kind: Format, file: BinaryIO, folder: Path) -> Sheet:
    if kind == "xlsx":
        return Excel(file, folder)
    return Csv(file) if kind == "csv" else JsonLines(file)


@contextlib.contextmanager
def _opened(out: Path | BinaryIO) -> Iterator[BinaryIO]:
    """Open what is written to; a file appears under its name only when it is whole."""
    if not isinstance(out, Path):
        yield out
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    half = out.with_name(out.name + ".part")
    try:
        with half.open("wb") as file:
            yield file
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)
