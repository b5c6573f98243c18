"""`recording add|adopt|list|remove`: voices of people who read what the bot says."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.running import FAULTS, Sentence
from bot.cli.speaking import STATES, library_in
from bot.language import _

if TYPE_CHECKING:
    from bot.gateway.sounds import Sound
    from bot.voice.recorded import Recorded

LANG = click.option("--lang", required=True, metavar="fr|en|es", help=_("In which language."))
FOR = click.option("--for", "name", required=True, metavar=_("WHAT"),
                   help=_("A document, a point of the agenda, or FLOW/STEP."))  # fmt: skip


@click.group(help=_("Let people's voices read what the bot says: before any speech engine."))
def recording() -> None:
    """Gather the commands of recordings."""


@recording.command(help=_("Check a recording, level it, and keep it for the words it reads."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
                metavar=_("FILE"))  # fmt: skip
@FOR
@LANG
def add(file: Path, name: str, lang: str) -> None:
    """Keep a recording."""
    from bot.gateway.speaking import named

    library, sounds = library_in(lang)
    words = named(library, name, lang)
    data = file.read_bytes()
    made = _checked(data, file.name)
    click.echo(_("It must read these words:"))
    click.echo(f"  {words.text}")
    _tell(sounds.keep(words, made, data), made)
    sounds.write()


@recording.command(help=_("Take in the files that you put into documents/audio yourself."))
def adopt() -> None:
    """Check and level what nobody looked at; the files themselves stay."""
    from bot.gateway.speaking import to_be_heard

    library, sounds = library_in()
    failed = False
    for words in to_be_heard(library, list(library.current), library.consultation.languages,
                             steps=True):  # fmt: skip
        if (file := sounds.unchecked(words)) is not None:
            try:
                data = file.read_bytes()
                made = _checked(data, file.name)
                _tell(sounds.keep(words, made, data), made)
            except Sentence as error:
                click.echo(error.message, err=True)
                failed = True
    sounds.write()
    if failed:
        raise SystemExit(FAULTS)


@recording.command("list", help=_("Print a line for each text: LANGUAGE WHAT STATE SECONDS."))
@click.option("--phase", default="", metavar=_("PHASE"), help=_("Only what a phase needs."))
@click.option("--lang", default="", metavar="fr|en|es", help=_("Only in a language."))
@click.option("--words", "with_words", is_flag=True, help=_("The words below each, to read out."))
def list_them(phase: str, lang: str, with_words: bool) -> None:
    """Print what can be recorded, and how it stands."""
    from bot.gateway import phases
    from bot.gateway.speaking import to_be_heard

    library, sounds = library_in(lang)
    consultation = library.consultation
    flows = [phases.find(consultation, phase).flow] if phase else list(library.current)
    languages = [lang] if lang else consultation.languages
    for words in to_be_heard(library, flows, languages, steps=True):
        one = sounds.look(words)
        length = f"{one.seconds:g} s" if one.seconds else "-"
        click.echo(f"{words.language} {words.of} {STATES[one.state]()} {length}{instead(one)}")
        if with_words:
            click.echo(f"  {words.text}")


@recording.command(help=_("Take a recording away; the speech engine reads its words again."))
@FOR
@LANG
def remove(name: str, lang: str) -> None:
    """Remove a recording."""
    from bot.gateway.speaking import named

    library, sounds = library_in(lang)
    words = named(library, name, lang)
    if not sounds.remove(words):
        raise Sentence(_("Nobody recorded “{name}” in this language.").replace("{name}", words.of))
    sounds.write()
    click.echo(_("The recording of “{name}” is removed.").replace("{name}", words.of))


def instead(one: "Sound") -> str:
    """Say what is heard where a recording reads other words than those of today."""
    if one.aside:
        return " " + _("(a recording reads other words; the speech engine is heard instead)")
    if one.state == "recording stale":
        return " " + _("(it is not used; palabre speak lets the engine read it)")
    return ""


def _checked(data: bytes, name: str) -> "Recorded":
    from bot.voice.recorded import recorded
    from bot.voice.verdict import MEANINGS, UnheardError

    try:
        return recorded(data)
    except UnheardError as error:
        why = _(MEANINGS[error.verdict].why)
        sentence = _("“{file}” cannot be used: {why}").replace("{file}", name)
        raise Sentence(sentence.replace("{why}", why)) from None


def _tell(one: "Sound", made: "Recorded") -> None:
    """Say what was kept, and what its listeners will notice."""
    from bot.gateway.speaking import LONGEST
    from bot.voice.verdict import MEANINGS, Verdict

    level = "-" if made.lufs is None else f"{made.lufs:g} LUFS"
    click.echo(f"{one.words.file} {one.seconds:g} s {level} {one.size // 1024} KB")
    if made.verdict is Verdict.CLIPPED:
        click.echo(_(MEANINGS[made.verdict].why))
    if one.seconds > LONGEST:
        click.echo(_("It lasts more than a minute: people may stop listening."))
