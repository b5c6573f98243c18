"""`stuck list|retry`: what could not be answered or had, and once more."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.cli.running import Sentence, run
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.store.aside import Aside


@click.group(
    help=_("Show what could not be answered or fetched; try it again."),
    invoke_without_command=True,
)
@click.pass_context
def stuck(context: click.Context) -> None:
    """List it, unless another word follows."""
    if context.invoked_subcommand is None:
        _show()


@stuck.command("list", help=_("Print a line each: ID SINCE CHANNEL KIND WHY."))
def list_stuck() -> None:
    """Print what was set aside."""
    _show()


def _show() -> None:
    from bot.store.aside import set_aside
    from bot.wiring import open_house

    async def work() -> "list[Aside]":
        async with open_house(read_settings(), telegram=False) as house:
            return await house.database.read(set_aside)

    found = run(work())
    for one in found:
        at = datetime.fromtimestamp(one.at / 1000, UTC).isoformat(timespec="seconds")
        click.echo(f"{one.id} {at} {one.channel} {one.kind} {one.why}")
    if not found:
        click.echo(_("Nothing was set aside."), err=True)


@stuck.command("retry", help=_("Answer or fetch again what is named by its ID; all of it if none."))
@click.argument("ids", nargs=-1, metavar="[ID…]")
def retry(ids: tuple[str, ...]) -> None:
    """Put it back where it waits for its turn."""
    from bot.store.aside import take_again
    from bot.wiring import open_house

    async def work() -> list[str]:
        async with open_house(read_settings(), telegram=False) as house:
            return await house.database.write(
                take_again, ids or None, house.clock(), wakes=("inbox", "media")
            )

    again = run(work())
    if again or not ids:
        click.echo(_("Taken again: {count}.").replace("{count}", str(len(again))))
    if missing := [one for one in ids if one not in again]:
        sentence = _("Not there, or erased meanwhile: {names}. `palabre stuck` lists what is.")
        raise Sentence(sentence.replace("{names}", ", ".join(missing)))
