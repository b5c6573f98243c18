"""`invite NETWORK`: join links and QR."""

import click

from bot.cli.running import Sentence, end, run
from bot.language import _
from bot.settings import Settings, read_settings


@click.command(help=_("Print the links by which a network joins, and a QR code."))
@click.argument("network", metavar=_("NETWORK"))
@click.option(
    "--out",
    type=click.Path(dir_okay=True, file_okay=False),
    help=_("Also write the QR codes into this folder."),
)
def invite(network: str, out: str | None) -> None:
    """Print a link for each channel, and the QR code of the first."""
    settings = read_settings()
    links = run(_links(settings, network))
    if not links:
        end(_("No channel is set up yet: set TELEGRAM_BOT_TOKEN, then run this again."))
    for channel, link in links.items():
        click.echo(f"{channel}: {link}")
    first = next(iter(links.values()))
    click.echo()
    click.echo(_drawn(first))
    if out:
        _write(out, network, links)


async def _links(settings: Settings, network: str) -> dict[str, str]:
    from bot.gateway.joining import join_links, known_network
    from bot.wiring import bot_name, open_house

    async with open_house(settings) as house:
        consultation = house.library.consultation
        if not known_network(consultation, network):
            names = ", ".join(one.code for one in consultation.networks)
            sentence = _("There is no network {network}; consultation.yaml names: {names}.")
            raise Sentence(sentence.replace("{network}", network).replace("{names}", names))
        return join_links(network, await bot_name(house), settings.public_url)


def _drawn(link: str) -> str:
    import io

    import segno

    page = io.StringIO()
    segno.make(link, error="m").terminal(out=page, compact=True)
    return page.getvalue()


def _write(folder: str, network: str, links: dict[str, str]) -> None:
    from pathlib import Path

    import segno

    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for channel, link in links.items():
        for ending in ("svg", "png"):
            file = place / f"{network}-{channel}.{ending}"
            segno.make(link, error="m").save(str(file), scale=8, border=4)
            click.echo(str(file))
