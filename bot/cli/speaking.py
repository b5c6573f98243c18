"""`speak`: sound for what nobody recorded, before a phase opens."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from bot.cli.running import FAULTS, Sentence
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.gateway.sounds import Sound
    from bot.voice.saying import Speaker


DUE = ("missing", "stale", "recording stale")  # what the engine says, or says instead


@click.command(help=_("Have papers and points of the agenda said that nobody recorded."))
@click.option("--phase", default="", metavar=_("PHASE"), help=_("Only what a phase needs."))
@click.option("--lang", default="", metavar="fr|en|es", help=_("Only in a language."))
@click.option("--list", "only_look", is_flag=True, help=_("Say what there is; make nothing."))
def speak(phase: str, lang: str, only_look: bool) -> None:
    """Print a line a sound: FILE STATE SECONDS KB."""
    from bot.gateway import speaking
    from bot.voice.saying import speaker_of

    settings = read_settings()
    speaker = speaker_of(settings.tts)
    if speaker is None and not only_look:
        raise Sentence(_("There is no speech engine: pip install 'palabre[speech]'."))
    failed = False
    for one in _sounds(phase, lang, None if only_look else speaker):
        length = f"{one.seconds:g} s" if one.seconds else "-"
        parts = (one.words.file, STATES[one.state](), length, f"{one.size // 1024} KB", one.why)
        click.echo(" ".join(part for part in parts if part))
        if one.seconds > speaking.LONGEST:
            click.echo(_("It lasts more than a minute: shorten its summary."))
        failed = failed or bool(one.why)
    if failed:
        raise SystemExit(FAULTS)


STATES = {
    "missing": lambda: _("missing"),
    "spoken": lambda: _("spoken"),
    "stale": lambda: _("stale"),
    "recorded": lambda: _("recorded"),
    "recording stale": lambda: _("recording says other words"),
    "unchecked": lambda: _("recorded, but not checked: palabre recording adopt"),
}


def _sounds(phase: str, lang: str, speaker: "Speaker | None") -> "Iterator[Sound]":
    """Yield how everything stands, after having it said where a speaker is given."""
    from bot.gateway import phases
    from bot.gateway.speaking import to_be_heard
    from bot.wiring import library_of

    library = library_of(read_settings())
    consultation = library.consultation
    if lang and lang not in consultation.languages:
        known = ", ".join(consultation.languages)
        sentence = _("{language} is no language of this consultation: {known}.")
        raise Sentence(sentence.replace("{language}", lang).replace("{known}", known))
    flows = [phases.find(consultation, phase).flow] if phase else list(library.current)
    sounds = library.sounds
    for words in to_be_heard(library, flows, [lang] if lang else consultation.languages):
        found = sounds.look(words)
        due = speaker is not None and found.state in ("missing", "stale")
        yield sounds.say(words, speaker) if due and speaker else found
    if speaker is not None:
        sounds.write()
