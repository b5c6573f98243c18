"""`speak`: sound for what nobody recorded, before a phase opens."""

import contextlib
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
    from bot.gateway.reading.reader import Reader
    from bot.gateway.sounds import Sound, Sounds
    from bot.voice.saying import Speaker
    from channels.base import Said


OWN = "*"  # what the bot says in any phase
AT_ONCE = 2  # sentences that are made at the same time
DUE = ("missing", "stale", "recording stale")  # what the engine says, or says instead


@click.command(help=_("Have said what nobody recorded: papers, points, each sentence of a phase."))
@click.option("--phase", default="", metavar=_("PHASE"), help=_("Only what a phase needs."))
@click.option("--lang", default="", metavar="fr|en|es", help=_("Only in a language."))
@click.option("--steps", is_flag=True, help=_("Also what each step says and asks."))
@click.option("--list", "only_look", is_flag=True, help=_("Say what there is; make nothing."))
def speak(phase: str, lang: str, steps: bool, only_look: bool) -> None:
    """Print a line a flow and language, a line a paper (FILE STATE SECONDS KB), and the sum."""
    from bot.engines import make_speaker
    from bot.gateway import speaking

    speaker = make_speaker(read_settings())
    if speaker is None and not only_look:
        raise Sentence(_("There is no speech engine: .venv/bin/pip install -e '.[speech]'."))
    failed, made = False, Made()
    for line in _prepared(phase, lang, None if only_look else speaker, made):
        click.echo(line)
    for one, is_new in _sounds(phase, lang, steps, None if only_look else speaker):
        length = f"{one.seconds:g} s" if one.seconds else "-"
        parts = (one.words.file, STATES[one.state](), length, f"{one.size // 1024} KB", _(one.why))
        click.echo(" ".join(part for part in parts if part))
        if one.seconds > speaking.LONGEST:
            click.echo(_("It lasts more than a minute: shorten its summary."))
        failed = failed or bool(one.why)
        if is_new:
            made.add(one.words.text, one.seconds, one.size)
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
    missing: int = 0

    def add(self, words: str, seconds: float, size: int) -> None:
        """Count a sound."""
        self.sounds += 1
        self.seconds += seconds
        self.size += size
        self.signs += len(words)

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


def _prepared(phase: str, lang: str, speaker: "Speaker | None", made: Made) -> "Iterator[str]":
    """Make what those hear who prefer listening, sentence by sentence; a line a flow."""
    from bot.gateway import phases
    from bot.gateway.house import wall_clock
    from bot.gateway.reading.preparing import flow_sentences, own_sentences
    from bot.wiring import opened_database, reader_of

    settings = read_settings()
    library, _folder = library_in(lang)
    consultation = library.consultation
    flows = [phases.find(consultation, phase).flow] if phase else [*library.current, OWN]
    with opened_database(settings, library) as (database, media):
        reader = reader_of(settings, library, database, media)
        for flow in flows:
            for language in [lang] if lang else consultation.languages:
                contents = library.contents
                said = (own_sentences(contents, language) if flow == OWN
                        else flow_sentences(contents, flow, language))  # fmt: skip
                yield _line(flow, language, _read(reader, said, speaker, made, wall_clock()))
        reader.close()


def _read(
    reader: "Reader", said: "list[Said]", speaker: "Speaker | None", made: Made, moment: int
) -> Made:
    """Have sentences said, two at a time; return what there is of them."""
    from concurrent.futures import ThreadPoolExecutor

    from bot.voice.saying import CannotSayError

    there = Made()

    def one(sentence: "Said") -> None:
        found = reader.prepared(sentence)
        if found is None and speaker is not None and speaker.speaks(sentence.language):
            with contextlib.suppress(CannotSayError):  # it counts as missing
                found = reader.sentence(sentence, moment).sound
                made.add(sentence.words, found.seconds, found.size)
        if found is not None:
            there.add(sentence.words, found.seconds, found.size)
        else:
            there.missing += 1

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(one, said))
    return there


def _line(flow: str, language: str, there: Made) -> str:
    name = _("always") if flow == OWN else flow
    words = _("{name} {language}: {sounds} sentences, {seconds} s, {size} KB, {missing} missing")
    return fill(words, {"name": name, "language": language, "sounds": there.sounds,
                        "seconds": f"{there.seconds:.0f}", "size": there.size // 1024,
                        "missing": there.missing})  # fmt: skip


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
