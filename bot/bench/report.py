"""How results are shown: a table with the ratio first, or JSON for other programs."""

import json
from collections.abc import Callable, Iterable

from rich.table import Table

from bot.bench.measuring import Measured
from bot.bench.rows import Result
from bot.language import _


def as_json(results: Iterable[Result]) -> str:
    """Write the list that other programs read; `ratio` is such that more is better."""
    rows = [
        {
            "row": one.row,
            "what": one.what,
            "ours": round(one.ours.figure, 1),
            "against": round(one.against.figure, 1),
            "ratio": round(one.ratio, 3),
            "at_least": one.at_least,
            "unit": one.unit,
            "cpu_s": [round(one.ours.cpu_s, 2), round(one.against.cpu_s, 2)],
            "memory_mb": [round(one.ours.memory_mb), round(one.against.memory_mb)],
            "fault": one.ours.fault,
        }
        for one in results
    ]
    return json.dumps(rows, indent=1)


def as_table(results: Iterable[Result]) -> Table:
    """Draw a table."""
    table = Table()
    for heading in (_("ratio"), _("at least")):
        table.add_column(heading, justify="right")
    table.add_column(_("row"), no_wrap=True)
    for heading in (_("ours"), _("against"), "", _("processor"), _("memory")):
        table.add_column(heading, justify="right")
    for one in results:
        style = "" if one.ratio >= one.at_least else "bold red"
        table.add_row(
            f"{one.ratio:.2f}",
            f"{one.at_least:g}",
            one.row,
            f"{one.ours.figure:,.0f}",
            f"{one.against.figure:,.0f}",
            one.ours.fault or one.unit,
            _both(_processor, one),
            _both(_memory, one),
            style=style,
        )
    return table


def _both(show: Callable[[Measured], str], one: Result) -> str:
    return " : ".join(filter(None, (show(one.ours), show(one.against))))


def _processor(measured: Measured) -> str:
    return f"{measured.cpu_s:.1f} s" if measured.cpu_s else ""


def _memory(measured: Measured) -> str:
    return f"{measured.memory_mb:.0f} MB" if measured.memory_mb else ""
