"""`moderate list|show|approve|refuse|translate`: what others may hear, decided by a person."""

import json
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.running import Sentence, run
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.gateway.house import House
    from bot.gateway.moderate import Wanted
    from bot.store.moderation import Case

STATES = ("waiting", "approved", "refused")
by_whom = click.option(
    "--by", default="coordinator", metavar=_("NAME"), help=_("Who decides, for the record.")
)
DEAR = 3  # SMS segments that others pay to hear it


@click.group(help=_("Decide what others may hear in the forum: nothing is heard before."))
def moderate() -> None:
    """Gather the commands of moderation."""


# ── looking ──


@moderate.command("list", help=_("Print a line a contribution: ID TOPIC LANGUAGE KIND TEXT."))
@click.option("--state", type=click.Choice(STATES), default="waiting", help=_("Which ones."))
@click.option("--topic", default="", metavar=_("TOPIC"), help=_("On this topic alone."))
@click.option("--in", "language", default="", metavar="fr|en|es", help=_("In this language alone."))
@click.option(
    "--untranslated", default="", metavar="fr|en|es", help=_("Approved, not in this language yet.")
)
@click.option("--trials", is_flag=True, help=_("Also those who only tried it out."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def list_contributions(
    state: str, topic: str, language: str, untranslated: str, trials: bool, as_json: bool
) -> None:
    """Print what waits, or what was decided, by topic and language."""
    from bot.gateway.moderate import Wanted

    found = run(_listed(Wanted(state, topic, language, untranslated, trials)))
    if as_json:
        click.echo(json.dumps([_fields(case) for case in found], ensure_ascii=False, indent=2))
        return
    if not found:
        click.echo(_("Nothing of that kind."), err=True)
    _print(found, headed=sys.stdout.isatty())


async def _listed(wanted: "Wanted") -> "list[Case]":
    from bot.gateway import moderate
    from bot.wiring import open_house

    async with open_house(read_settings(), telegram=False) as house:
        languages = house.library.consultation.languages
        for named in filter(None, (wanted.language, wanted.untranslated)):
            if named not in languages:
                raise _unspoken(named, languages)
        return await house.database.read(moderate.listed, house, wanted)


def _unspoken(name: str, languages: Sequence[str]) -> Sentence:
    sentence = _("The consultation does not speak {name}; it speaks: {names}.")
    return Sentence(sentence.replace("{name}", name).replace("{names}", ", ".join(languages)))


def _print(cases: "Sequence[Case]", *, headed: bool) -> None:
    for (topic, language), some in groupby(cases, key=lambda case: (case.about, case.language)):
        group = list(some)
        if headed:
            click.echo(click.style(f"{topic or '-'} · {language} · {len(group)}", bold=True))
        for case in group:
            words = _words(case).replace("\n", " / ") or "-"
            click.echo(f"{case.id} {topic or '-'} {language} {_kind(case)} {words}")


def _words(case: "Case") -> str:
    words = case.texts.get(case.language) or case.text
    if words or not case.by_a_machine:
        return words or case.transcript
    return _("{words} (automatic, may be wrong)").replace("{words}", case.transcript)


def _kind(case: "Case") -> str:
    return "voice" if case.playable else "text"


def _fields(case: "Case") -> dict[str, Any]:
    names = ("id", "flow", "about", "step", "language", "text", "transcript", "by_a_machine",
             "state", "reason", "sound", "heard", "may_sound", "texts")  # fmt: skip
    seconds = [sent.seconds for sent in case.recordings if sent.playable]
    return {name: getattr(case, name) for name in names} | {
        "kind": _kind(case),
        "seconds": seconds[0] if seconds else None,
        "answered_at": case.answered_at,
    }


@moderate.command("show", help=_("Print one contribution whole; write its recording to a file."))
@click.argument("contribution", metavar=_("ID"))
@click.option(
    "--sound", type=click.Path(path_type=Path), metavar=_("FILE"),
    help=_("Write the recording there (MP3), to listen before letting others hear it."),
)  # fmt: skip
def show(contribution: str, sound: Path | None) -> None:
    """Print one contribution, and fetch its recording."""
    case, data = run(_shown(contribution, bool(sound)))
    click.echo(json.dumps(_fields(case), ensure_ascii=False, indent=2))
    if sound is None:
        return
    if not data:
        raise Sentence(_("This contribution has no recording that can be listened to."))
    try:
        sound.write_bytes(data)
    except OSError as error:
        sentence = _("{file} cannot be written ({why}).")
        words = sentence.replace("{file}", str(sound)).replace("{why}", error.strerror or "")
        raise Sentence(words) from None


async def _shown(contribution: str, with_sound: bool) -> "tuple[Case, bytes]":
    from bot.gateway import moderate
    from bot.wiring import open_house

    async with open_house(read_settings(), telegram=False) as house:
        case = await house.database.read(moderate.find, house, contribution)
        data = house.media.get(case.playable) if with_sound and case.playable else b""
        return case, data


# ── deciding ──


@moderate.command("approve", help=_("Let others hear a contribution, in its own words or yours."))
@click.argument("contribution", metavar=_("ID"))
@click.option(
    "--text", default="", metavar=_("TEXT"), help=_("Shorter or corrected words; - reads them.")
)
@click.option("--sound", is_flag=True, help=_("Let the voice itself be heard, too."))
@by_whom
def approve(contribution: str, text: str, sound: bool, by: str) -> None:
    """Approve one contribution."""
    from bot.gateway import moderate

    words = _given(text)

    async def work(house: "House") -> "moderate.Approved":
        return await house.database.write(
            lambda c: moderate.approve(c, house, contribution, by, words, sound=sound)
        )

    done = run(_in_house(work))
    click.echo(_("Approved; {count} SMS parts.").replace("{count}", str(done.segments)))
    if done.segments > DEAR:
        click.echo(_("That is long by SMS: --text can shorten it."), err=True)
    if done.to_translate_again:
        count = str(done.to_translate_again)
        sentence = _("The words changed: {count} translations were dropped, translate them again.")
        click.echo(sentence.replace("{count}", count), err=True)


@moderate.command("refuse", help=_("Let nobody hear a contribution, or nobody any more."))
@click.argument("contribution", metavar=_("ID"))
@click.option("--reason", required=True, metavar=_("TEXT"), help=_("Why, for the record."))
@by_whom
def refuse(contribution: str, reason: str, by: str) -> None:
    """Refuse one contribution."""
    from bot.gateway import moderate

    async def work(house: "House") -> None:
        await house.database.write(moderate.refuse, house, contribution, by, reason)

    run(_in_house(work))
    click.echo(_("Refused."))


@moderate.command("translate", help=_("Let an approved contribution be heard in another language."))
@click.argument("contribution", metavar=_("ID"))
@click.option("--to", "language", required=True, metavar="fr|en|es", help=_("Which language."))
@click.option("--text", required=True, metavar=_("TEXT"), help=_("The words in it; - reads them."))
@by_whom
def translate(contribution: str, language: str, text: str, by: str) -> None:
    """Write a person's translation of one contribution."""
    from bot.gateway import moderate

    words = _given(text)

    async def work(house: "House") -> "moderate.Approved":
        return await house.database.write(
            moderate.translate, house, contribution, by, language, words
        )

    done = run(_in_house(work))
    click.echo(_("Translated; {count} SMS parts.").replace("{count}", str(done.segments)))


def _given(text: str) -> str:
    """Return words from the command line, or from a pipe where "-" stands."""
    return sys.stdin.read() if text == "-" else text


async def _in_house(work: Any) -> Any:
    from bot.wiring import open_house

    async with open_house(read_settings(), telegram=False) as house:
        return await work(house)
