"""`chat`: a participant at the keyboard, through the whole gateway and the configured database."""

import sys
from typing import TYPE_CHECKING

import click

from bot.cli.running import Sentence, run
from bot.language import _
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.gateway.chatting import Chat
    from bot.gateway.library import Library


@click.command(help=_("Take part here. The bot speaks first; from a pipe, one reply a line."))
@click.argument("flow", default="", metavar=_("[FLOW]"))
@click.option(
    "--channel",
    type=click.Choice(["telegram", "sms", "whatsapp"]),
    default="telegram",
    help=_("The channel whose means are used."),
)
@click.option("--lang", default="", metavar="fr|en|es", help=_("The participant's language."))
def chat(flow: str, channel: str, lang: str) -> None:
    """Hold a talk at the keyboard."""
    run(_chat(read_settings(), flow, channel, lang))


async def _chat(settings: Settings, flow: str, channel: str, lang: str) -> None:
    from bot.gateway.chatting import Chat
    from bot.wiring import make_terminal, open_house

    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    quick = settings if interactive else _without_bursts(settings)
    terminal = make_terminal(sys.stdout, channel)
    async with open_house(quick, [lambda _parts: terminal], telegram=False) as house:
        _check(house.library, flow, lang)
        async with Chat(house, terminal) as talk:
            await talk.begin(flow, lang)
            await _lines(talk, interactive=interactive)


def _without_bursts(settings: Settings) -> Settings:
    from dataclasses import replace

    return replace(settings, burst_seconds=0)


def _check(known: "Library", flow: str, lang: str) -> None:
    if flow and flow not in known.current:
        sentence = _("There is no flow {name}; there are: {names}.")
        names = ", ".join(known.current)
        raise Sentence(sentence.replace("{name}", flow).replace("{names}", names))
    if lang and lang not in known.consultation.languages:
        sentence = _("The consultation does not speak {name}; it speaks: {names}.")
        names = ", ".join(known.consultation.languages)
        raise Sentence(sentence.replace("{name}", lang).replace("{names}", names))


async def _lines(talk: "Chat", *, interactive: bool) -> None:
    import asyncio

    while True:
        if interactive:
            click.echo("> ", nl=False)
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            break
        if line.strip():
            await _say(talk, line.rstrip("\n"))


async def _say(talk: "Chat", line: str) -> None:
    try:
        await talk.say(line)
    except FileNotFoundError as error:
        sentence = _("There is no file {name} to send.")
        raise Sentence(sentence.replace("{name}", str(error))) from None
