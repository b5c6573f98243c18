"""`translate extract|update|status`: the catalogues of the translators."""

from typing import TYPE_CHECKING

import click

from bot.cli.running import FAULTS
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot import catalogues


@click.group()
def translate() -> None:
    """Gather sentences for translators; bring catalogues up to date; count what is missing."""


@translate.command()
def extract() -> None:
    """Write the templates (.pot) out of flows, pages and code."""
    from bot import catalogues

    for domain, template in catalogues.extract(_places()).items():
        count = sum(1 for message in template if message.id)
        click.echo(_("{domain}: {count} sentences").replace("{domain}", domain)
                   .replace("{count}", str(count)))  # fmt: skip


@translate.command()
def update() -> None:
    """Extract, then bring all catalogues up to date; what changed is marked fuzzy."""
    from bot import catalogues

    _show(catalogues.update(_places()))


@translate.command()
def status() -> None:
    """Count what is missing, fuzzy or broken, by language; exit 1 if anything is."""
    from bot import catalogues

    found = catalogues.status(_places())
    _show(found)
    if any(one.missing or one.fuzzy or one.broken for one in found):
        raise SystemExit(FAULTS)


def _places() -> "catalogues.Places":
    from bot import catalogues
    from bot.wiring import ROOT, flows_folder

    settings = read_settings()
    return catalogues.Places(ROOT, flows_folder(settings), ROOT / "locales", settings.consultation)


def _show(found: "list[catalogues.Status]") -> None:
    sentence = _("{language} {domain}: {sentences} sentences, {missing} missing, {fuzzy} fuzzy, "
                 "{broken} broken")  # fmt: skip
    for one in found:
        words = sentence
        for name in ("language", "domain", "sentences", "missing", "fuzzy", "broken"):
            words = words.replace(f"{{{name}}}", str(getattr(one, name)))
        click.echo(words)
