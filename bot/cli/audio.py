"""`audio-session draft|make`: what people said, put together to be listened to."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bot.cli.running import Sentence, run
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.gateway.audio.make import Session
    from bot.gateway.audio.script import Script
    from bot.gateway.house import House
    from bot.store.quotable import Quotable

Result = TypeVar("Result")


@click.group("audio-session", help=_("Put what people said together, to be listened to."))
def audio_session() -> None:
    """Gather the commands of audio sessions."""


@audio_session.command(help=_("Write a script to begin from: whom one may hear, in an order."))
@click.option("--phase", required=True, metavar=_("PHASE"), help=_("Of which phase."))
@click.option("--theme", default="", metavar=_("THEME"), help=_("Only of a theme."))
@click.option("--lang", required=True, metavar="fr|en|es", help=_("In which language."))
@click.option("--most", default=8, help=_("How many voices at most."))
@click.option("--out", required=True, type=click.Path(path_type=Path), help=_("The file."))
def draft(phase: str, theme: str, lang: str, most: int, out: Path) -> None:
    """Draft a script."""
    out.write_text(run(_drafted(phase, theme, lang, most)), "utf-8")
    click.echo(_("{file} is written: change it, then make the session of it.")
               .replace("{file}", str(out)))  # fmt: skip


@audio_session.command(help=_("Make MP3 and OGG with chapters, cover text and transcript."))
@click.argument("script", required=False, type=click.Path(path_type=Path, exists=True),
                metavar=_("SCRIPT"))  # fmt: skip
@click.option("--phase", default="", metavar=_("PHASE"), help=_("Without a script: draft one."))
@click.option("--theme", default="", metavar=_("THEME"), help=_("Only of a theme."))
@click.option("--lang", default="", metavar="fr|en|es", help=_("In which language."))
@click.option("--out", required=True, type=click.Path(path_type=Path), help=_("The folder."))
def make(script: Path | None, phase: str, theme: str, lang: str, out: Path) -> None:
    """Make a session of a script, or of a draft."""
    if script is None and not (phase and lang):
        raise Sentence(_("Name a script, or --phase and --lang."))
    out.mkdir(parents=True, exist_ok=True)
    if script is None:
        script = out / "script.yaml"
        script.write_text(run(_drafted(phase, theme, lang, 8)), "utf-8")
    session = run(_made(script, script.read_text("utf-8")))
    for name, data in session.files.items():
        (out / name).write_bytes(data)
    click.echo(_summary(session, out))


@audio_session.command("list", help=_("Those that were given away: CODE LANGUAGE SECONDS TITLE."))
def list_them() -> None:
    """Print a line for each, the newest first, and one more where it is stale."""
    from bot.store.audio_sessions import listed, taken_back

    found = run(_in_database(lambda c, _house: [(one, taken_back(c, one)) for one in listed(c)]))
    for one, count in found:
        click.echo(f"{one.code} {one.language} {one.seconds:g} {one.title}")
        if count:
            words = _("{count} of its voices may not be heard any more: its page is closed. "
                      "Make it anew without them, and withdraw this one.")  # fmt: skip
            click.echo("  " + words.replace("{count}", str(count)))


@audio_session.command("withdraw", help=_("Delete the page and the sound of one given away."))
@click.argument("code", metavar="CODE")
def withdraw(code: str) -> None:
    """Take one back; what people received stays with them."""
    from bot.store.audio_sessions import take_back

    if not run(_in_database(lambda c, house: take_back(c, house.media, code, house.clock()))):
        raise Sentence(_("No audio session has this code: palabre audio-session list."))
    click.echo(_("The page is gone; what people received stays with them."))


async def _in_database(work: "Callable[[Connection, House], Result]") -> "Result":
    from bot.wiring import open_house

    async with open_house(read_settings(), telegram=False) as house:
        return await house.database.write(work, house)


def _summary(session: "Session", out: Path) -> str:
    from bot.gateway.audio.make import clock

    level = "-" if session.level is None else f"{session.level:.1f} LUFS"
    sizes = ", ".join(f"{name} {len(data) // 1024} KB" for name, data in session.files.items()
                      if name.startswith("session"))  # fmt: skip
    chapters = [f"  {clock(one.start)} {one.title}" for one in session.chapters]
    return "\n".join((f"{out}: {clock(session.seconds)}, {level}, {sizes}", *chapters))


async def _drafted(phase: str, theme: str, language: str, most: int) -> str:
    from bot.gateway import phases
    from bot.gateway.audio.draft import choose, draft
    from bot.gateway.export.labels import item_themes
    from bot.store import quotable
    from bot.wiring import open_house

    async with open_house(read_settings(), telegram=False) as house:
        found = phases.find(house.library.consultation, phase)
        themes = item_themes(house.library.folder / "documents" / "agenda.yaml")
        voices = await house.database.read(
            lambda c: list(quotable.in_phase(c, found.code, language))
        )
        about = [one for one in voices if not theme or (themes.get(one.item) or one.theme) == theme]
        chosen = choose(about, most)
        if not chosen:
            raise Sentence(_("Nobody spoke there who agreed to be heard."))
        title = found.title.get(language) or found.title[house.library.consultation.source]
        return draft(chosen, title, language)


async def _made(file: Path, text: str) -> "Session":
    from bot.engines import make_speaker
    from bot.gateway.audio.make import Maker
    from bot.gateway.audio.script import read_script
    from bot.wiring import open_house

    settings = read_settings()
    script = read_script(text, file.name)
    async with open_house(settings, telegram=False) as house:
        quotes = await house.database.read(_quotes, script)
        maker = Maker(script, file.name, file.parent, quotes, house.media,
                      make_speaker(settings))  # fmt: skip
        return maker.make()


def _quotes(connection: object, script: "Script") -> "dict[str, Quotable]":
    from bot.store import quotable

    wanted = {part.text for part in script.parts if part.kind == "quote"}
    found = {one: quotable.of(connection, one) for one in wanted}  # type: ignore[arg-type]
    return {one: recording for one, recording in found.items() if recording}
