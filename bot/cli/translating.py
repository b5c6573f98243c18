"""`translate extract|update|status`: the catalogues of the translators."""

from typing import TYPE_CHECKING

import click

from bot.cli.running import FAULTS
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot import catalogues


@click.group(help=_("Gather sentences for translators; count what is missing."))
def translate() -> None:
    """Gather the translators' commands."""


@translate.command(help=_("Gather the sentences of flows, pages and code (.pot)."))
def extract() -> None:
    """Write the templates."""
    from bot import catalogues

    for domain, template in catalogues.extract(_places()).items():
        count = sum(1 for message in template if message.id)
        click.echo(_("{domain}: {count} sentences").replace("{domain}", domain)
                   .replace("{count}", str(count)))  # fmt: skip


@translate.command(help=_("Bring the catalogues up to date. What changed is marked fuzzy."))
def update() -> None:
    """Extract and merge."""
    from bot import catalogues

    _show(catalogues.update(_places()))


@translate.command(help=_("Count what is missing, fuzzy or broken in each language."))
def status() -> None:
    """Print the counts; exit 1 if anything is not done."""
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
