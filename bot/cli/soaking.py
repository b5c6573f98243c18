"""`soak`: run for a while, killed and badly served, and count what is missing."""

import json
from typing import TYPE_CHECKING

import click

from bot.cli.running import FAULTS, run
from bot.language import _

if TYPE_CHECKING:
    from rich.table import Table

    from bot.trial.ledger import Report


@click.command(
    help=_("Let it run for a while, kill it again and again, and count what is missing.")
)
@click.option("--minutes", type=click.FloatRange(0.1), required=True, help=_("For how long."))
@click.option("--seed", type=int, default=None, help=_("The same chances as in another run."))
@click.option("--json", "as_json", is_flag=True, help=_("An object for other programs."))
def soak(minutes: float, seed: int | None, as_json: bool) -> None:
    """Run on SQLite, then on a PostgreSQL of its own; exit status 1 if something is missing."""
    import random

    from rich.console import Console

    from bot.bench.shared import can_have_postgres
    from bot.trial.soak import soak as try_out

    aside = Console(stderr=True)
    seed = random.randrange(10**6) if seed is None else seed
    postgres = can_have_postgres()
    if not postgres:
        aside.print(_("Only SQLite is tried: for PostgreSQL, pip install 'palabre[bench]'."))
    with aside.status(_("Trying (seed {seed})").replace("{seed}", str(seed))) as status:
        report = run(try_out(minutes * 60, status.update, seed=seed, postgres=postgres))
    if as_json:
        click.echo(json.dumps(report.as_dict(), indent=1))
    else:
        Console().print(_table(report))
    if report.faulty:
        raise SystemExit(FAULTS)


def _table(report: "Report") -> "Table":
    from rich.table import Table

    table = Table()
    table.add_column("")
    table.add_column(_("count"), justify="right")
    for name, words in _words().items():
        value = getattr(report, name)
        wrong = name in report.MUST_BE_ZERO and value
        shown = f"{value:,}" if isinstance(value, int) else f"{value:.1f}"
        table.add_row(words, shown, style="bold red" if wrong else "")
    table.add_section()
    for kind, count in sorted(report.kinds.items()):
        table.add_row(kind, f"{count:,}")
    return table


def _words() -> dict[str, str]:
    return {
        "acknowledged": _("messages acknowledged"),
        "stored": _("of these stored"),
        "answered": _("of these answered"),
        "unreadable": _("of these refused by the database, and filed"),
        "set_aside": _("of these set aside, and answered later"),
        "delivered": _("deliveries sent"),
        "perhaps": _("perhaps sent twice or never: nobody could know"),
        "kills": _("kills"),
        "faults": _("faults of the providers"),
        "slowest_no_s": _("slowest refusal of a webhook, seconds"),
        "slowest_stop_s": _("slowest end in good order, seconds"),
        "lost": _("lost"),
        "doubled": _("doubled"),
        "out_of_order": _("out of order"),
        "impatient": _("calls while the provider had asked to wait"),
        "stuck": _("stuck"),
    }
