"""`backup`, `forgotten list|apply`: copies without the key, and who must not come back by them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.running import Sentence, run
from bot.language import _
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.store.forget import Forgotten


@click.command(help=_("Copy the data to a folder while everything runs; never the key."))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar=_("FOLDER"))
def backup(folder: Path) -> None:
    """Copy an embedded house; on PostgreSQL say what does it."""
    settings = read_settings()
    if not settings.embedded:
        raise Sentence(_("On PostgreSQL, pg_dump makes the copy: see docs/operate.md."))
    size, recordings = _saved(settings, folder)
    sentence = _("Copied: {size} MB of data, {count} new recordings. Without SECRET_KEY nobody can "
                 "read it: keep that somewhere else.")  # fmt: skip
    words = sentence.replace("{size}", f"{size / 1e6:.1f}")
    click.echo(words.replace("{count}", str(recordings)))


def _saved(settings: Settings, folder: Path) -> tuple[int, int]:
    from bot.store.saving import save
    from bot.wiring import database_of, recordings_folder

    file = Path(settings.database_url.removeprefix("sqlite:///"))
    if not file.exists():
        sentence = _(
            "There is nothing to copy in {folder}: PALABRE_DATA names where the data lies."
        )
        raise Sentence(sentence.replace("{folder}", str(file.parent)))
    database = database_of(settings)
    try:
        return save(database, recordings_folder(settings), folder)
    finally:
        database.close()


@click.group(help=_("The list of those who asked to be forgotten: keep it outside the copies."))
def forgotten() -> None:
    """Gather the commands of the list."""


@forgotten.command("list", help=_("Write the list; it names nobody."))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help=_("The file to write.")
)
def list_forgotten(out: Path | None) -> None:
    """Write a line for each address: PSEUDONYM CHANNEL INDEX AT."""
    from bot.store.forget import forgotten_list
    from bot.wiring import open_house

    async def work() -> list[str]:
        async with open_house(read_settings(), telegram=False) as house:
            return [
                f"{one.pseudonym or '-'} {one.channel or '-'} "
                f"{one.address_index.hex() or '-'} {one.at}\n"
                for one in await house.database.read(forgotten_list)
            ]

    lines = run(work())
    if out is None:
        click.echo("".join(lines), nl=False)
        return
    half = out.with_name(f"{out.name}.part")
    half.write_text("".join(lines), "ascii")
    half.replace(out)


@forgotten.command("apply", help=_("After a restore: forget again whom the copy brought back."))
@click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar=_("FILE")
)
def apply(file: Path) -> None:
    """Read the list, and forget again."""
    from bot.store.forget import apply_forgotten, put_away_log
    from bot.wiring import open_house

    entries = _read(file)

    async def work() -> int:
        async with open_house(read_settings(), telegram=False) as house:
            count = await house.database.write(apply_forgotten, house.media, entries, house.clock())
            put_away_log(house.database)
            return count

    sentence = _("Forgotten again: {count} people.")
    click.echo(sentence.replace("{count}", str(run(work()))))


def _read(file: Path) -> "list[Forgotten]":
    from bot.store.forget import Forgotten

    found: list[Forgotten] = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            pseudonym, channel, index, at = ("" if word == "-" else word for word in line.split())
            entry = Forgotten(pseudonym, bytes.fromhex(index), channel, int(at))
        except ValueError:
            sentence = _("Line {number} of {file} is none of the list: make it with "
                         "`palabre forgotten list --out FILE`.")  # fmt: skip
            words = sentence.replace("{number}", str(number)).replace("{file}", str(file))
            raise Sentence(words) from None
        found.append(entry)
    return found
