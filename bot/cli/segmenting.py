"""`segment list|save|show`: people chosen by a rule."""

from typing import TYPE_CHECKING

import click

from bot.cli.running import Sentence, run
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.gateway.segments import Segment


@click.group(help=_("People chosen by a rule: a sentence, read anew each time."))
def segment() -> None:
    """Gather the commands of segments."""


@segment.command("list", help=_("Print a line a segment: NAME COUNT RULE."))
def list_them() -> None:
    """Print all of them."""

    async def work() -> "list[Segment]":
        from bot.gateway.segments import list_segments
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            consultation = house.library.consultation
            return await house.database.read(list_segments, consultation, house.clock())

    for one in run(work()):
        click.echo(f"{one.name} {_count(one)} {one.rule}")


@segment.command("save", help=_("Save a rule under a name: language is fr and channel is sms"))
@click.argument("name", metavar=_("NAME"))
@click.argument("rule", nargs=-1, required=True, metavar=_("RULE"))
def save(name: str, rule: tuple[str, ...]) -> None:
    """Save a rule."""

    async def work() -> "Segment":
        from bot.gateway.segments import save as save_segment
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            return await house.database.write(
                save_segment, house.database, house.library.consultation, name, " ".join(rule),
                house.clock(),
            )  # fmt: skip

    _print(run(work()))


@segment.command("show", help=_("Print a segment's rule, and how many people it means now."))
@click.argument("name", metavar=_("NAME"))
def show(name: str) -> None:
    """Print one."""

    async def work() -> "Segment":
        from bot.gateway.segments.saved import show as show_segment
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            consultation = house.library.consultation
            return await house.database.read(show_segment, consultation, name, house.clock())

    found = run(work())
    _print(found)
    if found.wrong:
        raise Sentence(found.wrong)


def _print(found: "Segment") -> None:
    click.echo(f"{found.name}: {found.rule}")
    click.echo(_("{count} people").replace("{count}", _count(found)))


def _count(one: "Segment") -> str:
    return "?" if one.wrong else str(one.count)
