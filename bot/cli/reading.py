"""`read list|show|translate`: answers as they were said, and in the language of those who draft."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from bot.cli.running import run
from bot.language import _, current
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.gateway.drafting import Read, Whole

SHOWN = 100  # letters of an answer, in a list


@click.group(help=_("Read what people said, in their words and translated; correct a machine."))
def read() -> None:
    """Gather the commands of those who draft."""


@read.command("list", help=_("Print answers in words, oldest first."))
@click.option("--phase", default="", metavar=_("PHASE"), help=_("Only of one phase."))
@click.option("--untranslated", is_flag=True, help=_("Only those that no person translated."))
@click.option("--trials", is_flag=True, help=_("Trial participants, too."))
def list_answers(phase: str, untranslated: bool, trials: bool) -> None:
    """Print a line an answer."""
    from bot.gateway import drafting
    from bot.store.contributions import Wanted

    async def work() -> list["Read"]:
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            wanted = Wanted(phase=phase, trials=trials or not house.leaves_trials_out,
                            into=house.translates_into)  # fmt: skip
            look = partial(drafting.listed, house=house, wanted=wanted, untranslated=untranslated)
            return await house.database.read(lambda c: list(look(c)))

    for one in run(work()):
        click.echo(_line(one))


def _line(one: "Read") -> str:
    words = " ".join(one.words.split())
    parts = [one.line.id, one.language, words if len(words) <= SHOWN else f"{words[:SHOWN]}…"]
    if one.looks:
        parts.insert(2, f"({_looks(one.looks)})")
    if one.translations:
        machine = any(each.machine for each in one.translations)
        made = _("automatic, may be wrong") if machine else _("translated")
        parts.append(f"[{made}]")
    return " ".join(parts)


def _looks(code: str) -> str:
    from babel import Locale

    name = Locale.parse(current.get()).languages.get(code, code)
    return _("looks like {language}").replace("{language}", str(name))


@read.command(help=_("Print an answer whole: as it was said first, then every version."))
@click.argument("contribution", metavar=_("CONTRIBUTION"))
def show(contribution: str) -> None:
    """Print one answer."""
    from bot.gateway import drafting

    async def work() -> "Whole":
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            return await house.database.read(drafting.found, house, contribution)

    for part in _parts(run(work())):
        click.echo(part)


def _parts(whole: "Whole") -> Iterator[str]:
    line = whole.read.line
    hint = f" ({_looks(whole.read.looks)})" if whole.read.looks else ""
    yield f"{line.question}\n{whole.read.language}{hint}"
    yield from filter(None, (line.text, line.comment))
    for one in whole.translations:
        yield _version(one.language, one.by, one.made_at, one.text, machine=one.machine)
    for version in whole.transcripts:
        said = version.written
        yield _version(said.language, said.by, version.made_at, said.text, machine=said.machine)
        for one in whole.of_transcripts.get(version.id, ()):
            yield _version(one.language, one.by, one.made_at, one.text, machine=one.machine)


def _version(language: str, by: str, at: int, text: str, *, machine: bool) -> str:
    when = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    mark = _("automatic, may be wrong")
    by_whom = f"{by} ({mark})" if machine else by
    return f"\n{language} · {by_whom} · {when}\n{text}"


@read.command(help=_("Translate an answer, or correct what a machine made of it."))
@click.argument("contribution", metavar=_("CONTRIBUTION"))
@click.argument("text", metavar=_("TEXT"))
@click.option("--by", required=True, metavar=_("NAME"), help=_("Who translated it."))
@click.option("--into", default="", metavar=_("LANGUAGE"), help=_("Into another language."))
@click.option("--spoken", is_flag=True, help=_("Of what is said in its recordings."))
def translate(contribution: str, text: str, by: str, into: str, spoken: bool) -> None:
    """Keep a person's translation; every version stays."""

    async def work() -> Any:
        from bot.gateway import drafting
        from bot.store.translations import Translation
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            one = Translation(text, into or house.translates_into, by)
            keep = partial(drafting.translate, spoken=spoken)
            await house.database.write(keep, house, contribution, one)

    run(work())
    click.echo(_("Noted."))
