"""`export`: the drafting team's rows, or their whole pack."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.counting import Counting
from bot.cli.running import Sentence
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.dialogue.flow import Consultation


class When(click.ParamType[int]):
    """A date, or a date and time, in UTC where it names no other zone; in milliseconds."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """See click.ParamType."""
        from datetime import UTC, datetime

        try:
            when = datetime.fromisoformat(str(value))
            at = when if when.tzinfo else when.replace(tzinfo=UTC)
            return int(at.timestamp() * 1000)
        except (ValueError, OverflowError):
            words = _("“{value}” is no date: write 2026-10-31, or 2026-10-31T18:00.")
            self.fail(words.replace("{value}", str(value)), param, ctx)


@click.command(
    help=_(
        "Write what people said, for the drafting team. "
        "Rows (csv, xlsx, jsonl), or everything in one file (zip)."
    )
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "xlsx", "jsonl", "zip"]),
    required=True,
    help=_("What kind of file."),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=_("The file to write."),
)
@click.option("--phase", default="", metavar=_("PHASE"), help=_("Only this phase."))
@click.option(
    "--since",
    type=When(),
    metavar=_("DATE"),
    help=_("Only answers from this time on (UTC)."),
)
@click.option("--all", "everything", is_flag=True, help=_("Hidden and replaced answers too."))
@click.option("--originals", is_flag=True, help=_("Add recordings exactly as received (zip)."))
@click.option("--trials", is_flag=True, help=_("Take in people who only tried it out."))
def export(
    kind: str,
    out: Path,
    phase: str,
    since: int | None,
    everything: bool,
    originals: bool,
    trials: bool,
) -> None:
    """Write the rows."""
    from bot.engines import translates_into
    from bot.gateway.export import Wanted, labels_of
    from bot.gateway.export import export as write
    from bot.gateway.house import wall_clock
    from bot.wiring import library_of, opened_database

    settings = read_settings()
    library = library_of(settings)
    _known_phase(library.consultation, phase)
    wanted = Wanted(
        phase=phase,
        since=since,
        everything=everything,
        trials=trials or not settings.real_channels,
        into=translates_into(settings, library),
    )
    labels = labels_of(library.consultation, library.folder / "documents")
    with opened_database(settings, library) as (database, media), Counting() as told:
        try:
            done = write(database, media, labels, kind, out, wanted, at=wall_clock(),  # type: ignore[arg-type]
                         originals=originals, progress=told)  # fmt: skip
        except OSError as error:
            sentence = _("{file} cannot be written ({why}).")
            words = sentence.replace("{file}", str(out)).replace("{why}", error.strerror or "")
            raise Sentence(words) from None
    click.echo(_("{count} rows: {file}").replace("{count}", str(done.rows))
               .replace("{file}", str(out)), err=True)  # fmt: skip
    if done.missing:
        sentence = _("{count} recordings were not where they should lie; their rows say so.")
        click.echo(sentence.replace("{count}", str(done.missing)), err=True)


def _known_phase(consultation: "Consultation", phase: str) -> None:
    from bot.gateway.phases import find

    if phase:
        find(consultation, phase)
