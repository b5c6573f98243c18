"""`explain` and `doctor`: where someone is and why; is all well, and what to do."""

from typing import TYPE_CHECKING

import click

from bot.cli.running import FAULTS, Sentence, run
from bot.language import _, current
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.gateway.doctor import Finding


@click.command(help=_("Say where someone is and why. PARTICIPANT stands in the export."))
@click.argument("participant", metavar=_("PARTICIPANT"))
def explain(participant: str) -> None:
    """Say where a participant (a pseudonym) is, and why."""
    for line in run(_where(read_settings(), participant)):
        click.echo(line)


async def _where(settings: Settings, pseudonym: str) -> list[str]:
    from bot.gateway.explaining import explain_participant
    from bot.wiring import open_house

    async with open_house(settings, telegram=False) as house:
        language = current.get()
        lines = await house.database.read(explain_participant, house, pseudonym, language)
    if lines is None:
        sentence = _("There is no participant {name}; the export's column `participant` has them.")
        raise Sentence(sentence.replace("{name}", pseudonym))
    return lines


@click.command(help=_("Look whether all is well, and say what to do where it is not."))
def doctor() -> None:
    """Print what was found."""
    findings = run(_examined(read_settings()))
    signs = {"well": "+", "note": "-", "ill": "!"}
    for finding in findings:
        click.echo(f"{signs[finding.state]} {finding.words}")
    if any(finding.state == "ill" for finding in findings):
        raise SystemExit(FAULTS)


async def _examined(settings: Settings) -> list["Finding"]:
    from bot.checking import examine_clock, examine_key, examine_way_in
    from bot.examining import examine_twilio
    from bot.gateway.doctor import examine
    from bot.serving import WEBHOOK, examine_telegram
    from bot.wiring import open_house

    async with open_house(settings) as house:
        found = [*examine_key(settings), *await examine(house, settings.data)]
        found += await examine_clock(house)
        found += await examine_telegram(house, settings)
        found += await examine_way_in(house, settings, settings.public_url + WEBHOOK)
        return found + await examine_twilio(house, settings)
