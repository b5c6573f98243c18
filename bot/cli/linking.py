"""`link list|undo`: two channels of one person, and taking that back."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.cli.running import agreed, end, run
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection


@click.group(help=_("Show who has linked two channels; take a link back."))
def link() -> None:
    """Gather the commands of links."""


@link.command("list", help=_("Print a line a link: ID STATE WHEN KEPT MERGED CHANNELS."))
def list_links() -> None:
    """Print the links, oldest first; people by their pseudonyms."""

    async def work() -> list[str]:
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            return await house.database.read(_lines)

    for line in run(work()):
        click.echo(line)


def _lines(connection: "Connection") -> list[str]:
    from bot.store import links, persons

    found = links.all_links(connection)
    people = {one for each in found for one in (each.kept, each.merged)}
    names = {key: row.pseudonym for key, row in persons.states(connection, people).items()}
    return [
        f"{one.id} {'undone' if one.undone_at else 'linked'} {_when(one.made_at)} "
        f"{names[one.kept]} {names[one.merged]} {one.channels}"
        for one in found
    ]


def _when(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")


@link.command("undo", help=_("Take a link back: each has their own talk and answers again."))
@click.argument("number", metavar="ID", type=int)
@click.option("--yes", is_flag=True, help=_("Do not ask."))
def undo_link(number: int, yes: bool) -> None:
    """Ask, and undo."""

    async def work() -> None:
        from bot.gateway.unlinking import undo
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            await undo(house, number, "coordinator")

    if not yes and not agreed(_("Take this link back?")):
        end(_("Nothing was changed."), 1)
    run(work())
    click.echo(_("Link {number} is undone.").replace("{number}", str(number)))
