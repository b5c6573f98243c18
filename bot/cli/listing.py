"""`participants import`: people brought in from a list."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.counting import Counting
from bot.cli.running import FAULTS, run
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.gateway.importing import Report

SHOWN = 50  # errors; who has more has made the same one everywhere
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(help=_("The people of the consultation."))
def participants() -> None:
    """Gather the commands about people."""


@participants.command(
    "import",
    help=_(
        "Bring people in from a CSV or XLSX file: columns channel and address, and what is known "
        "of them. Who is known already keeps what they said themselves."
    ),
)
@click.argument("file", type=FILE, metavar=_("FILE"))
@click.option("--map", "mapping", type=FILE, help=_("Which column is what: FIELD: HEADING."))
@click.option("--dry-run", is_flag=True, help=_("Only say what would happen; write nothing."))
@click.option(
    "--consent",
    default="",
    metavar=_("TEXT"),
    help=_("How they agreed to be written to. Without it they cannot be invited."),
)
def bring_in(file: Path, mapping: Path | None, dry_run: bool, consent: str) -> None:
    """Bring people in."""

    async def work() -> "Report":
        from bot.gateway.importing import bring_in as bring
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            with Counting() as told:
                return await bring(house, file, mapping, consent=consent.strip(),
                                   dry_run=dry_run, progress=told)  # fmt: skip

    report = run(work())
    _tell(report, dry_run=dry_run, proven=bool(consent.strip()))
    if report.errors:
        raise SystemExit(FAULTS)


def _tell(report: "Report", *, dry_run: bool, proven: bool) -> None:
    for error in report.errors[:SHOWN]:
        click.echo(str(error), err=True)
    if len(report.errors) > SHOWN:
        more = str(len(report.errors) - SHOWN)
        click.echo(_("… and {count} more like these.").replace("{count}", more), err=True)
    if report.left_out:
        words = _("Left out, for nobody asked for it: {names}. A map (--map) can take it in.")
        click.echo(words.replace("{names}", ", ".join(report.left_out)), err=True)
    counts = (
        (_("new: {count}"), report.made),
        (_("known, with something new: {count}"), report.changed),
        (_("known already: {count}"), report.known),
        (_("asked to be forgotten, not brought back: {count}"), report.forgotten),
        (_("mistakes: {count}"), len(report.errors)),
    )
    for words, count in counts:
        if count or words == counts[0][0]:
            click.echo(words.replace("{count}", str(count)))
    if dry_run:
        click.echo(_("Nothing was written: this was a dry run."))
    elif report.made and not proven:
        click.echo(_("Nobody is invited without a proof: say with --consent how they agreed."))
