"""People brought in from a list, a CSV or XLSX file: read, checked line by line, written."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from bot.gateway.house import House
from bot.gateway.importing.checking import Checker, RowError
from bot.gateway.importing.mapping import Mapped, columns_of
from bot.gateway.importing.reading import rows_of
from bot.store import imports
from bot.store.imports import Brought, Listed

CHUNK = 500


@dataclass
class Report:
    """What became of a list."""

    made: int = 0
    changed: int = 0
    known: int = 0
    forgotten: int = 0
    errors: list[RowError] = field(default_factory=list)
    left_out: tuple[str, ...] = ()  # columns that nobody asked for

    def add(self, found: Brought) -> None:
        """Count some more."""
        self.made += found.made
        self.changed += found.changed
        self.known += found.known
        self.forgotten += found.forgotten


async def bring_in(
    house: House, file: Path, mapping: Path | None, *, consent: str, dry_run: bool,
    progress: Callable[[int], object] = lambda _rows: None,
) -> Report:  # fmt: skip
    """Bring people in; in a dry run, only say what would happen. Raises CannotRead, WrongMap."""
    rows = rows_of(file)
    columns = columns_of(next(rows, (1, [])), mapping)
    report = Report(left_out=columns.left_out)
    checker = Checker(house.library.consultation, house.seal)
    number = None
    seen = 0
    for chunk in _chunks(rows):
        listed = list(_checked(chunk, columns, checker, report))
        seen += len(chunk)
        if dry_run:
            report.add(await house.database.read(imports.seen_before, listed))
        elif listed:
            if number is None:
                number = await house.database.write(
                    imports.begin, file.name, consent, house.clock()
                )
            report.add(await house.database.write(
                imports.bring_in, house.seal, listed, number, house.clock()
            ))  # fmt: skip
        progress(seen)
    return report


def _checked(
    rows: Iterable[tuple[int, list[str]]], columns: Mapped, checker: Checker, report: Report
) -> Iterator[Listed]:
    for line, cells in rows:
        found = checker.person(line, columns.values(cells))
        if isinstance(found, Listed):
            yield found
        else:
            report.errors.extend(found)


def _chunks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
