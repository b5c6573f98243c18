"""Rows out of a CSV or XLSX file, as words, each with its line; whoever wrote the file."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

Line = tuple[int, list[str]]
SNIFFED = 65_536
DELIMITERS = ";,\t|"


class CannotRead(Exception):
    """This file cannot be read: it must be a CSV or an XLSX file with one person a line."""


def rows_of(file: Path) -> Iterator[Line]:
    """Yield (line, cells) of every row that is not empty. Raises CannotRead."""
    try:
        yield from _xlsx(file) if file.suffix.lower() in (".xlsx", ".xls", ".ods") else _csv(file)
    except OSError as error:
        raise CannotRead(f"{CannotRead.__doc__} ({error.strerror})") from None


def _csv(file: Path) -> Iterator[Line]:
    encoding = _encoding(file)
    with file.open(encoding=encoding, newline="") as source:
        head = source.read(SNIFFED)
        source.seek(0)
        first = head.partition("\n")[0]
        delimiter = max(DELIMITERS, key=first.count)
        reader = csv.reader(source, delimiter=delimiter)
        try:
            while True:
                line = reader.line_num + 1
                cells = [cell.strip() for cell in next(reader)]
                if any(cells):
                    yield line, cells
        except StopIteration:
            return
        except csv.Error as error:
            raise CannotRead(f"{CannotRead.__doc__} ({reader.line_num}: {error})") from None


def _encoding(file: Path) -> str:
    """Return how a file is written: as today's programs do, or as Excel does by itself."""
    with file.open("rb") as source:
        while block := source.read(1 << 20):
            if b"\0" in block:
                raise CannotRead(CannotRead.__doc__)
            try:
                block.decode("utf-8")
            except UnicodeDecodeError as error:
                if error.reason != "unexpected end of data" or error.end != len(block):
                    return "cp1252"
    return "utf-8-sig"


def _xlsx(file: Path) -> Iterator[Line]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(file))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError) as error:
        raise CannotRead(f"{CannotRead.__doc__} ({type(error).__name__})") from None
    for line, row in enumerate(rows, 1):
        cells = [_words(cell) for cell in row]
        if any(cells):
            yield line, cells


def _words(cell: object) -> str:
    """Write a cell as one would type it: whole numbers arrive with a point and a nought."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell).strip()
