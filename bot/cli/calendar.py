"""`phase list|open|close`: the calendar."""

from typing import TYPE_CHECKING

import click

from bot.cli.running import Sentence, agreed, end, run
from bot.language import _, current
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.gateway.broadcasts.preview import Preview
    from bot.gateway.house import House
    from bot.gateway.library import Library


@click.group(help=_("Show the calendar; open and close phases."))
def phase() -> None:
    """Gather the commands of the calendar."""


@phase.command("list", help=_("Print a line a phase: CODE STATE FROM TO TITLE."))
def list_phases() -> None:
    """Print the calendar."""
    from bot.gateway import phases

    async def work() -> list[phases.Line]:
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            consultation = house.library.consultation
            return await house.database.read(phases.calendar, consultation, current.get())

    for line in run(work()):
        click.echo(
            f"{line.code} {line.state} {line.opens or '-'} {line.closes or '-'} {line.title}"
        )


@phase.command("open", help=_("Open a phase: invite those concerned and announce it to them."))
@click.argument("name", metavar=_("PHASE"))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@click.option("--quiet", is_flag=True, help=_("Announce it to nobody; invitations are made."))
@click.option("--force", is_flag=True, help=_("Open in spite of what is missing or doubtful."))
def open_phase(name: str, yes: bool, quiet: bool, force: bool) -> None:
    """Show whom it will reach, ask, and open."""
    from bot.gateway import phases
    from bot.gateway.broadcasts.carrying import begun

    async def work() -> None:
        from bot.wiring import make_simulators, open_house

        settings = read_settings()
        async with open_house(settings, make_simulators(settings)) as house:
            found = phases.find(house.library.consultation, name)
            refuse_unready(house.library, found.flow, force=force)
            if not quiet:
                await refuse_without_templates(house, force=force)
            preview = await house.database.read(phases.preview, house, found)
            click.echo(summary(preview, quiet=quiet))
            if not yes and not agreed(_("Open it now?")):
                end(_("Nothing was opened."), 1)
            verb = phases.open_quietly if quiet else phases.open_and_announce
            number = await house.database.write(verb, house, found, wakes=("broadcasts",))
            outcomes = await begun(house, number)
        click.echo(_("{phase} is open.").replace("{phase}", found.code))
        for outcome, count in outcomes.items():
            click.echo(counted(outcome, count))

    run(work())


@phase.command("close", help=_("Close a phase: nobody begins it any more."))
@click.argument("name", metavar=_("PHASE"))
def close_phase(name: str) -> None:
    """Close it."""
    from bot.gateway import phases

    async def work() -> None:
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            found = phases.find(house.library.consultation, name)
            await house.database.write(phases.close, house, found)

    run(work())
    click.echo(_("{phase} is closed.").replace("{phase}", name))


def refuse_unready(library: "Library", flow: str, *, force: bool) -> None:
    """Refuse to open what some people could not read."""
    if force or not flow:
        return
    languages = library.consultation.languages
    flaws = [flaw for language in languages for flaw in library.flaws(language, flow)]
    if flaws:
        first = flaws[0]
        sentence = _(
            "{count} texts of this phase are missing or not sure in a language; the first is "
            "{file}:{line} ({language}). Translate them, or open with --force."
        )
        raise Sentence(
            sentence.replace("{count}", str(len(flaws)))
            .replace("{file}", first.file)
            .replace("{line}", str(first.sentence.line))
            .replace("{language}", first.language)
        )


async def refuse_without_templates(house: "House", *, force: bool) -> None:
    """Refuse to announce what some people could not be told; with `force`, say so alone."""
    lacking = await lacking_templates(house)
    if lacking and not force:
        remedy = _("Wait until they are approved, or open with --force: then these people are "
                   "left out.")  # fmt: skip
        raise Sentence(f"{lacking} {remedy}")
    if lacking:
        click.echo(lacking)


async def lacking_templates(house: "House", *more: str) -> str:
    """Say which templates are wanted for whoever wrote on WhatsApp a day ago or more; "": none."""
    from bot.gateway import templates

    if not await house.database.read(templates.anybody_beyond, house):
        return ""
    await templates.look_now_and_then(house)
    found = await house.database.read(templates.standings, house, ("invite", "remind", *more))
    missing = [one for one in found if one.state != templates.APPROVED]
    if not missing:
        return ""
    words = _("On WhatsApp, nobody who wrote a day ago or more can be reached without these "
              "templates: {which}. `palabre template submit` has them approved.")  # fmt: skip
    return words.replace("{which}", templates.listed(missing))


def summary(preview: "Preview", *, quiet: bool) -> str:
    """Say whom opening would reach, and why not the others."""
    if quiet:
        head = _("It is announced to nobody; {count} people could be reached.")
    else:
        head = _("The announcement goes to {count} people.")
    lines = [head.replace("{count}", str(preview.recipients))]
    lines += [counted(channel, count) for channel, count in preview.by_channel.items()]
    lines += [counted(language or "?", count) for language, count in preview.by_language.items()]
    lines += [counted(f"skipped: {why}", count) for why, count in preview.excluded.items()]
    return "\n".join(lines)


def counted(what: str, count: int) -> str:
    """Say how many recipients stand so."""
    words = _("{what}: {count}").replace("{what}", _fate(what)).replace("{count}", str(count))
    return f"  {words}"


def _fate(outcome: str) -> str:
    """Say a recipient's outcome: a state, and why where there is a reason."""
    state, _colon, why = outcome.partition(": ")
    return f"{_(state)} ({_(why)})" if why else _(state)
