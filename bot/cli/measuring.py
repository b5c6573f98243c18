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
    from bot.bench.rows import FULL, QUICK, Bench, run_rows

    aside = Console(stderr=True)
    with aside.status(_("Measuring")) as status:
        run = Bench(QUICK if quick else FULL, status.update)
        results = list(run_rows(rows, run))
    if as_json:
        click.echo(report.as_json(results))
    else:
        out = Console()
        out.print(report.as_table(results), width=None if out.is_terminal else WIDE)
