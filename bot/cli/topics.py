"""`topic list|open`: the topics of the week, and inviting people to them."""

from typing import TYPE_CHECKING

import click

from bot.cli.calendar import counted, refuse_unready, refuse_without_templates, summary
from bot.cli.running import Sentence, agreed, end, run
from bot.language import _, current
from bot.settings import read_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.dialogue.flow import Phase
    from bot.gateway.house import House
    from bot.gateway.week import Line


@click.group(help=_("Show the topics of the week; open them and invite people to them."))
def topic() -> None:
    """Gather the commands of topics."""


@topic.command("list", help=_("Print a line a topic: CODE STATE FROM THEME TITLE."))
def list_topics() -> None:
    """Print the topics by their days."""
    from bot.gateway import week
    from bot.wiring import open_house

    async def work() -> "list[Line]":
        async with open_house(read_settings(), telegram=False) as house:
            return await house.database.read(week.listed, house, current.get())

    for line in run(work()):
        click.echo(f"{line.code} {line.state} {line.starts} {line.theme} {line.title}")


@topic.command(
    "open",
    help=_("Invite people to the topic of the week of their first theme. CODE: from now on."),
)
@click.argument("codes", nargs=-1, metavar=_("[CODE]..."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@click.option("--quiet", is_flag=True, help=_("Announce it to nobody; invitations are made."))
@click.option("--force", is_flag=True, help=_("Open in spite of what is missing or doubtful."))
def open_topics(codes: tuple[str, ...], yes: bool, quiet: bool, force: bool) -> None:
    """Show whom it will reach, ask, and open."""
    from bot.wiring import make_simulators, open_house

    async def work() -> None:
        settings = read_settings()
        async with open_house(settings, make_simulators(settings)) as house:
            phase, is_open = await house.database.read(_phase, house, codes)
            refuse_unready(house.library, phase.flow, force=force)
            if is_open and not quiet:
                await refuse_without_templates(house, force=force)
            await _open(house, phase, codes, is_open=is_open, ask=not yes, quiet=quiet)

    run(work())


def _phase(
    connection: "Connection", house: "House", codes: tuple[str, ...]
) -> tuple["Phase", bool]:
    """Return the phase that has topics, and whether it is open. Raises NoTopics, NoSuchTopic."""
    from bot.gateway import week

    programme = house.programmes.programme(connection, house.clock())
    week.check_codes(programme, codes)
    phase = week.phase_with_topics(programme)
    is_open = phase.flow in programme.open_flows
    if not (codes or is_open):
        sentence = _("The phase {phase} is not open: palabre phase open {phase} opens it.")
        raise Sentence(sentence.replace("{phase}", phase.code))
    return phase, is_open


async def _open(
    house: "House", phase: "Phase", codes: tuple[str, ...], *, is_open: bool, ask: bool, quiet: bool
) -> None:
    from bot.gateway import phases, week
    from bot.gateway.broadcasts.carrying import begun

    if is_open:
        preview = await house.database.read(phases.preview, house, phase, codes)
        click.echo(summary(preview, quiet=quiet))
    else:
        sentence = _("The phase {phase} is not open: nobody is invited before it is.")
        click.echo(sentence.replace("{phase}", phase.code))
    if ask and not agreed(_("Open it now?")):
        end(_("Nothing was opened."), 1)

    def work(connection: "Connection") -> int:
        week.open_topics(connection, house, codes)
        if not is_open:
            return 0
        verb = phases.open_quietly if quiet else phases.open_and_announce
        return verb(connection, house, phase)

    number = await house.database.write(work, wakes=("broadcasts",))
    outcomes = await begun(house, number) if number else {}
    for line in await house.database.read(week.listed, house, current.get()):
        if line.state == week.OPEN:
            click.echo(f"{line.code} {line.state} {line.starts} {line.theme} {line.title}")
    for outcome, count in outcomes.items():
        click.echo(counted(outcome, count))
