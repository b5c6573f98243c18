"""`speak`: sound for what nobody recorded, before a phase opens."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bot.cli.running import FAULTS, Sentence
from bot.dialogue.placeholders import fill
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.gateway.library import Library
    from bot.gateway.sounds import Sound, Sounds
    from bot.voice.saying import Speaker


DUE = ("missing", "stale", "recording stale")  # what the engine says, or says instead


@click.command(help=_("Have said what nobody recorded: papers and points of the agenda."))
@click.option("--phase", default="", metavar=_("PHASE"), help=_("Only what a phase needs."))
@click.option("--lang", default="", metavar="fr|en|es", help=_("Only in a language."))
@click.option("--steps", is_flag=True, help=_("Also what each step says and asks."))
@click.option("--list", "only_look", is_flag=True, help=_("Say what there is; make nothing."))
def speak(phase: str, lang: str, steps: bool, only_look: bool) -> None:
    """Print a line a sound, FILE STATE SECONDS KB, and what it came to."""
    from bot.gateway import speaking
    from bot.wiring import make_speaker

    speaker = make_speaker(read_settings())
    if speaker is None and not only_look:
        raise Sentence(_("There is no speech engine: pip install 'palabre[speech]'."))
    failed, made = False, Made()
    for one, is_new in _sounds(phase, lang, steps, None if only_look else speaker):
        length = f"{one.seconds:g} s" if one.seconds else "-"
        parts = (one.words.file, STATES[one.state](), length, f"{one.size // 1024} KB", _(one.why))
        click.echo(" ".join(part for part in parts if part))
        if one.seconds > speaking.LONGEST:
            click.echo(_("It lasts more than a minute: shorten its summary."))
        failed = failed or bool(one.why)
        if is_new:
            made.add(one)
    if made.sounds:
        click.echo(str(made), err=True)
    if failed:
        raise SystemExit(FAULTS)


@dataclass
class Made:
    """What was said anew: how much of it, and for how many signs a service would be paid."""

    sounds: int = 0
    seconds: float = 0.0
    size: int = 0
    signs: int = 0

    def add(self, one: "Sound") -> None:
        """Count a sound."""
        self.sounds += 1
        self.seconds += one.seconds
        self.size += one.size
        self.signs += len(one.words.text)

    def __str__(self) -> str:
        """Say what it came to."""
        words = _("{sounds} new sounds, {seconds} s, {size} KB, {signs} signs read by the engine.")
        values = {"sounds": self.sounds, "seconds": f"{self.seconds:.0f}",
                  "size": self.size // 1024, "signs": self.signs}  # fmt: skip
        return fill(words, values)


STATES = {
    "missing": lambda: _("missing"),
    "spoken": lambda: _("spoken"),
    "stale": lambda: _("stale"),
    "recorded": lambda: _("recorded"),
    "recording stale": lambda: _("recording says other words"),
    "unchecked": lambda: _("recorded, but not checked: palabre recording adopt"),
}


def _sounds(
    phase: str, lang: str, steps: bool, speaker: "Speaker | None"
) -> "Iterator[tuple[Sound, bool]]":
    """Yield how everything stands, after having it said where a speaker is given; is it new?"""
    from bot.gateway import phases
    from bot.gateway.speaking import to_be_heard

    library, sounds = library_in(lang)
    consultation = library.consultation
    flows = [phases.find(consultation, phase).flow] if phase else list(library.current)
    languages = [lang] if lang else consultation.languages
    try:
        for words in to_be_heard(library, flows, languages, steps=steps):
            found = sounds.look(words)
            due = speaker is not None and found.state in DUE
            said = sounds.say(words, speaker) if due and speaker else found
            yield said, due and not said.why
    finally:
        if speaker is not None:
            sounds.write()


def library_in(lang: str = "") -> "tuple[Library, Sounds]":
    """Return the consultation and its sounds; `lang` must be one of its languages."""
    from bot.wiring import library_of

    library = library_of(read_settings())
    known = library.consultation.languages
    if lang and lang not in known:
        sentence = _("{language} is no language of this consultation: {known}.")
        told = sentence.replace("{language}", lang).replace("{known}", ", ".join(known))
        raise Sentence(told)
    return library, library.sounds
