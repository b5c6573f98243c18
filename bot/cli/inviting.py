"""`invite NETWORK`: join links, square codes, and a kit to pass on."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.running import Sentence, run
from bot.language import _
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.gateway.joining import Way
    from bot.gateway.kit import Kit


@click.command(help=_("Print the links by which a network joins, and a QR code."))
@click.argument("network", metavar=_("NETWORK"))
@click.option(
    "--out",
    type=click.Path(dir_okay=True, file_okay=False),
    help=_("Also write the QR codes into this folder."),
)
@click.option(
    "--kit",
    "pack",
    type=click.Path(),
    help=_("Write what the network passes on into this folder, or into a file ending in .zip."),
)
def invite(network: str, out: str | None, pack: str | None) -> None:
    """Print a link for each channel, and the QR code of the first."""
    settings = read_settings()
    ways, kit = run(_found(settings, network, pack))
    if not ways:
        raise Sentence(_("No channel is set up yet: set TELEGRAM_BOT_TOKEN, then run this again."))
    for way in ways:
        click.echo(f"{way.channel}: {way.link}")
    click.echo()
    click.echo(_drawn(ways[0].square))
    if out:
        _write_squares(Path(out), network, ways)
    if kit and pack:
        _write_kit(kit, Path(pack))


async def _found(
    settings: Settings, network: str, pack: str | None
) -> tuple[list["Way"], "Kit | None"]:
    from bot.engines import make_speaker
    from bot.gateway.joining import known_network, ways_to_join
    from bot.gateway.kit import kit_of
    from bot.wiring import learn_bot_name, open_house

    async with open_house(settings) as house:
        consultation = house.library.consultation
        if not known_network(consultation, network):
            names = ", ".join(one.code for one in consultation.networks)
            sentence = _("There is no network {network}; consultation.yaml names: {names}.")
            raise Sentence(sentence.replace("{network}", network).replace("{names}", names))
        await learn_bot_name(house)
        ways = ways_to_join(network, house.private_links, settings.public_url)
        if not pack or not ways:
            return ways, None
        return ways, kit_of(house.library, network, ways, make_speaker(settings))


def _drawn(square: str) -> str:
    import io

    import segno

    page = io.StringIO()
    segno.make(square, error="m").terminal(out=page, compact=True)
    return page.getvalue()


def _write_squares(folder: Path, network: str, ways: list["Way"]) -> None:
    from bot.gateway.kit import squares

    folder.mkdir(parents=True, exist_ok=True)
    for way in ways:
        for name, content in squares(network, way).items():
            (folder / name).write_bytes(content)
            click.echo(str(folder / name))


def _write_kit(kit: "Kit", out: Path) -> None:
    from bot.gateway.kit import write_kit

    try:
        written = write_kit(kit, out)
    except OSError as error:
        sentence = _("{file} cannot be written ({why}): name another place after --kit.")
        words = sentence.replace("{file}", str(out)).replace("{why}", error.strerror or "")
        raise Sentence(words) from None
    for file in written:
        click.echo(str(file))
    for sound in kit.sounds:
        said = (
            _("{language}: {seconds} seconds of sound, recorded by a person.")
            if (sound.recorded)
            else _("{language}: {seconds} seconds of sound, by the speech engine.")
        )
        words = said.replace("{language}", sound.language)
        click.echo(words.replace("{seconds}", f"{sound.seconds:g}"))
    for language, why in kit.silent.items():
        click.echo(_silence(language, why), err=True)


def _silence(language: str, why: str) -> str:
    sentences = {
        "no engine": _(
            "{language}: no sound. Install the speech engine (.venv/bin/pip install "
            "-e '.[speech]'), or record a minute yourself as "
            "flows/…/documents/audio/{language}/invite.ogg."
        ),
        "no voice": _(
            "{language}: no sound. The speech engine has no voice for this language: record a "
            "minute yourself as flows/…/documents/audio/{language}/invite.ogg."
        ),
        "failed": _(
            "{language}: no sound. The speech engine failed: record a minute yourself as "
            "flows/…/documents/audio/{language}/invite.ogg."
        ),
    }
    return sentences[why].replace("{language}", language)
