"""`bench`: how fast it is, as ratios."""

import click

from bot.language import _

WIDE = 120  # columns, where nobody's window sets them


@click.command(help=_("Measure how fast we are beside other ways to do it."))
@click.argument("rows", nargs=-1, metavar=_("[ROW…]"))
@click.option("--quick", is_flag=True, help=_("Fewer people: all rows within 40 seconds."))
@click.option("--json", "as_json", is_flag=True, help=_("A list for other programs."))
def bench(rows: tuple[str, ...], quick: bool, as_json: bool) -> None:
    """Set our work against other ways to do it, in one run, and print the ratios."""
    from rich.console import Console

    from bot.bench import report
    from bot.bench.rows import FULL, QUICK, ROWS, Bench, run_rows, wanted

    aside, chosen = Console(stderr=True), wanted(rows)
    if not rows and len(chosen) < len(ROWS):
        lacks = _("The rows on PostgreSQL are left out: .venv/bin/pip install -e '.[bench]'.")
        aside.print(lacks, markup=False)  # brackets are no style here
    with aside.status(_("Measuring")) as status:
        run = Bench(QUICK if quick else FULL, status.update)
        results = list(run_rows(chosen, run))
    if as_json:
        click.echo(report.as_json(results))
    else:
        out = Console()
        (out if out.is_terminal else Console(width=WIDE)).print(report.as_table(results))
