"""The three shapes of rows: JSON lines, CSV and Excel. Each is written as the rows come."""

import contextlib
import csv
import io
import json
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import msgspec
import xlsxwriter

from bot.gateway.export.columns import NAMES, Row

RUNS = tuple("=+-@\t\r\n＝＋－＠")  # a spreadsheet may run a cell that begins with one of these
CELL = 32_767  # characters that Excel takes in a cell
CUT = " […]"
ROWS = 1_000_000  # rows of one sheet; Excel takes 1,048,576


class Sheet(Protocol):
    """Takes rows, then is closed."""

    def add(self, row: Row) -> None:
        """Write a row."""
        ...

    def close(self) -> None:
        """Finish what is written; the file below stays open."""
        ...


class JsonLines:
    """One JSON object a line, UTF-8."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._encoder = msgspec.json.Encoder()

    def add(self, row: Row) -> None:
        """See Sheet."""
        self._out.write(self._encoder.encode(row) + b"\n")

    def close(self) -> None:
        """See Sheet."""
        self._out.flush()


class Csv:
    """Comma-separated, UTF-8, lines ended as RFC 4180 says."""

    def __init__(self, out: BinaryIO) -> None:
        self._text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
        self._writer = csv.writer(self._text)
        self._writer.writerow(NAMES)

    def add(self, row: Row) -> None:
        """See Sheet."""
        self._writer.writerow([cell(row[name]) for name in NAMES])

    def close(self) -> None:
        """See Sheet."""
        self._text.detach()


WIDTHS = {"contribution": 34, "question": 60, "text": 60, "comment": 40, "transcript": 60,
          "voice": 40, "file": 40, "asked_at": 26, "answered_at": 26}  # fmt: skip


class Excel:
    """An Excel workbook, written row by row with flat memory."""

    def __init__(self, out: BinaryIO, folder: Path | None = None) -> None:
        """`folder` is where unfinished sheets lie meanwhile; none: the system's own."""
        options: dict[str, Any] = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        if folder:
            options["tmpdir"] = str(folder)
        self._book = xlsxwriter.Workbook(out, options)
        self._bold = self._book.add_format({"bold": True})
        self._row = ROWS

    def add(self, row: Row) -> None:
        """See Sheet."""
        if self._row >= ROWS:
            self._begin_sheet()
        for column, name in enumerate(NAMES):
            self._write(column, cell(row[name]))
        self._row += 1

    def close(self) -> None:
        """See Sheet."""
        if self._row >= ROWS:
            self._begin_sheet()
        self._book.close()

    def _begin_sheet(self) -> None:
        number = len(self._book.worksheets()) + 1
        self._sheet = self._book.add_worksheet("rows" if number == 1 else f"rows {number}")
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, ROWS - 1, len(NAMES) - 1)
        for column, name in enumerate(NAMES):
            self._sheet.set_column(column, column, WIDTHS.get(name, len(name) + 3))
        self._sheet.write_row(0, 0, NAMES, self._bold)
        self._row = 1

    def _write(self, column: int, value: str | float | None) -> None:
        if isinstance(value, str):
            if value:
                self._sheet.write_string(self._row, column, fitting(value))
        elif value is not None:
            self._sheet.write_number(self._row, column, value)


def abandon(sheet: Sheet) -> None:
    """Let go of what a sheet holds open, after something went wrong."""
    with contextlib.suppress(OSError, ValueError):  # what made it fail is what is told
        sheet.close()


def cell(value: Any) -> str | float | None:
    """Return what a spreadsheet may hold: a number, or text that it will not run."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return harmless(" ".join(map(str, value)))
    return harmless(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def harmless(text: str) -> str:
    """Put ' before what a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(RUNS) else text


def fitting(text: str) -> str:
    """Cut what Excel would refuse; the other formats hold it whole."""
    return text if len(text) <= CELL else text[: CELL - len(CUT)] + CUT
