"""`check`, `graph`, `rehearse`: the flows, looked at, drawn and played."""

from collections.abc import Iterable, Mapping

import click

from bot.cli.running import FAULTS, Sentence
from bot.language import _, current
from bot.settings import read_settings


@click.command(help=_("Find the faults of flows and translations. Say what each flow costs."))
def check() -> None:
    """Print every fault, and what each flow asks and costs."""
    from rich.console import Console

    from bot.gateway.check import check as look
    from bot.gateway.report import format_report
    from bot.wiring import library_of

    report = look(library_of(read_settings(), tolerant=True))
    console = Console()
    click.echo(format_report(report, terminal=console.is_terminal, width=console.width))
    raise SystemExit(report.exit_status)


@click.command(help=_("Draw a flow (mermaid)."))
@click.argument("flow", metavar=_("FLOW"))
def graph(flow: str) -> None:
    """Draw it."""
    from bot.dialogue.graph import graph as draw
    from bot.wiring import library_of

    library = library_of(read_settings())
    _known(library.current, [flow])
    click.echo(draw(library.flow(flow, current.get())))


@click.command(help=_("Play the rehearsals: they must come out as written."))
@click.option("--update", is_flag=True, help=_("Write them anew as they come out now."))
@click.argument("flows", nargs=-1, metavar=_("[FLOW…]"))
def rehearse(update: bool, flows: tuple[str, ...]) -> None:
    """Play the written conversations."""
    from bot.gateway.programme import as_shipped
    from bot.gateway.rehearsals import rehearse as play
    from bot.wiring import library_of

    library = library_of(read_settings())
    _known(library.current, flows)
    count, differences = play(library.folder, as_shipped(library), flows, update=update)
    for difference in differences:
        click.echo(str(difference))
    words = _("{count} rehearsals, {differing} lines came out otherwise.")
    click.echo(words.replace("{count}", str(count)).replace("{differing}", str(len(differences))))
    if differences and not update:
        raise SystemExit(FAULTS)


def _known(current_flows: Mapping[str, str], wanted: Iterable[str]) -> None:
    for name in wanted:
        if name not in current_flows:
            sentence = _("There is no flow {name}; there are: {names}.")
            names = ", ".join(current_flows)
            raise Sentence(sentence.replace("{name}", name).replace("{names}", names))
