"""`template list|submit`: what may be written first on WhatsApp, and who approved it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from bot.cli.running import Sentence, run
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.gateway.house import House
    from bot.gateway.templates import Standing


@click.group(help=_("Show what may be written first on WhatsApp; have it approved."))
def template() -> None:
    """Gather the commands of the templates."""


@template.command("list", help=_("Ask how each stands. A line each: NAME LANGUAGE STATE."))
def list_templates() -> None:
    """Print how each template stands now."""
    from bot.gateway import templates

    async def look(house: "House") -> list["Standing"]:
        await templates.look(house)
        return await house.database.read(templates.standings, house)

    _print(run(_asked(look)))


@template.command("submit", help=_("Have approved what never was submitted."))
def submit_templates() -> None:
    """Submit what is new or was changed."""
    from bot.gateway import templates

    done = run(_asked(templates.submit))
    _print(done)
    if not done:
        click.echo(_("Nothing is new: all were submitted before."))


async def _asked(ask: "Callable[[House], Awaitable[list[Standing]]]") -> "list[Standing]":
    """Ask Twilio something about templates. Raises Sentence where it cannot be asked."""
    from bot.wiring import open_house
    from channels.base import HoldsTemplates
    from channels.errors import DeliveryError

    async with open_house(read_settings()) as house:
        if not any(isinstance(one, HoldsTemplates) for one in house.channels.values()):
            sentence = _("WhatsApp is not set up here: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN "
                         "and TWILIO_WHATSAPP_FROM.")  # fmt: skip
            raise Sentence(sentence)
        try:
            return await ask(house)
        except DeliveryError as error:
            words = _("Twilio: {why}").replace("{why}", _(error.failure.words))
            raise Sentence(f"{words} {error.detail}".strip()) from None


def _print(found: "list[Standing]") -> None:
    for one in found:
        why = f" ({one.reason})" if one.reason else ""
        click.echo(f"{one.name} {one.language} {_(one.state)}{why}")
