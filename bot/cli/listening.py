"""`listen list|play|code|write`: a human ear for what no machine here understands."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.running import run
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.gateway.listeners import Waits


@click.group(help=_("Hear what no machine here understands; code it, write it down, sum it up."))
def listen() -> None:
    """Gather the commands of listeners."""


@listen.command("list", help=_("Print what waits to be heard, oldest first."))
@click.option("--network", default="", metavar=_("NETWORK"), help=_("Only of people of a network."))
@click.option("--all", "every", is_flag=True, help=_("Recordings in our languages, too."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def list_waiting(network: str, every: bool, as_json: bool) -> None:
    """Print a line a contribution."""
    from bot.gateway import listeners

    found: list[Waits] = run(_in_house(listeners.waiting, network=network, every=every, reads=True))
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode([_fields(one) for one in found])))
    elif not found:
        click.echo(_("Nothing waits to be heard."))
    for each in [] if as_json else found:
        click.echo(" ".join(_line(each)))


def _fields(waits: "Waits") -> dict[str, Any]:
    one = waits.one
    return {
        "contribution": one.id,
        "participant": one.pseudonym,
        "network": one.network,
        "spoken_language": one.spoken_language,
        "language": one.language,
        "step": one.step,
        "question": one.question,
        "text": one.text or one.comment,
        "seconds": one.seconds,
        "codes": list(waits.codes),
    }


def _line(waits: "Waits") -> list[str]:
    one = waits.one
    length = f"{one.seconds:.0f} s" if one.seconds else "-"
    wanted = "|".join(waits.codes) or _("write down")
    said = " ".join((one.text or one.comment).split())[:60]
    parts = [one.id, one.pseudonym, one.spoken_language or one.language, length, one.step, wanted]
    return [*parts, said] if said else parts


@listen.command(help=_("Write the recordings of a contribution, as MP3, into a folder."))
@click.argument("contribution", metavar=_("CONTRIBUTION"))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help=_("The folder to write to.")
)
def play(contribution: str, out: Path) -> None:
    """Write what can be played."""
    from bot.gateway import listeners

    async def work() -> list[bytes]:
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            keys = await house.database.read(listeners.recordings_of, contribution)
            return [house.media.get(key) for _id, key in keys]

    sounds = run(work())
    out.mkdir(parents=True, exist_ok=True)
    for number, sound in enumerate(sounds, 1):
        file = out / f"{contribution}-{number}.mp3"
        file.write_bytes(sound)
        click.echo(file)


@listen.command(help=_("Say which choice was heard; a talk that waited for it goes on."))
@click.argument("contribution", metavar=_("CONTRIBUTION"))
@click.argument("codes", metavar=_("CODE…"), nargs=-1, required=True)
@click.option("--by", required=True, metavar=_("NAME"), help=_("Who listened."))
def code(contribution: str, codes: tuple[str, ...], by: str) -> None:
    """Code an answer."""
    from bot.gateway import listeners

    run(_in_house(listeners.code, contribution, codes, by))
    click.echo(_("Noted."))


@listen.command(help=_("Write down what is said in the recordings of a contribution."))
@click.argument("contribution", metavar=_("CONTRIBUTION"))
@click.argument("text", metavar=_("TEXT"))
@click.option("--spoken", required=True, metavar=_("LANGUAGE"), help=_("The language spoken."))
@click.option("--summary", is_flag=True, help=_("It sums up what is said."))
@click.option("--by", required=True, metavar=_("NAME"), help=_("Who listened."))
def write(contribution: str, text: str, spoken: str, summary: bool, by: str) -> None:
    """Write it down; every version stays."""
    from bot.gateway import listeners
    from bot.store.transcripts import Transcript

    kind = "summary" if summary else "words"
    run(_in_house(listeners.write_down, contribution, Transcript(text, spoken, by, kind)))
    click.echo(_("Noted."))


async def _in_house(verb: Callable[..., Any], *args: Any, reads: bool = False, **more: Any) -> Any:
    """Do something in a transaction of an open house."""
    from bot.wiring import open_house

    async with open_house(read_settings(), telegram=False) as house:
        if reads:
            return await house.database.read(partial(verb, **more), house, *args)
        return await house.database.write(verb, house, *args, wakes=("outbox",))
