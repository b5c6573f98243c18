"""What a consultation has to say, and what of it can be heard: by a person, by the engine."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.gateway.library import Library
from bot.gateway.sounds import Sound
from bot.gateway.tohear import Words, papers_of, steps_of

LONGEST = 60  # seconds: a summary is listened to at once


def to_be_heard(
    library: Library, flows: Sequence[str], languages: Sequence[str], *, steps: bool = False
) -> list[Words]:
    """Return everything that flows push or ask about, once each; with `steps` all they say."""
    found: dict[str, Words] = {}
    for name in flows:
        for language in languages:
            flow = library.flow(name, language)
            for one in (*papers_of(flow), *(steps_of(flow) if steps else ())):
                found.setdefault(one.file, one)
    return list(found.values())


class NothingOfThisName(Exception):
    """Nothing that is said has this name; `palabre recording list` shows what has."""


class SeveralOfThisName(Exception):
    """Several flows have a step of this name: write FLOW/STEP."""


def named(library: Library, name: str, language: str) -> Words:
    """Return what is called so: a document, a point, a step. Raises the two above."""
    known = to_be_heard(library, list(library.current), (language,), steps=True)
    exact = [one for one in known if one.of == name]
    found = exact or [one for one in known if one.of.endswith(f"/{name}")]
    if not found:
        raise NothingOfThisName(NothingOfThisName.__doc__)
    if len(found) > 1:
        names = ", ".join(one.of for one in found[:5])
        raise SeveralOfThisName(f"{SeveralOfThisName.__doc__} ({names})")
    return found[0]


class Coverage(NamedTuple):
    """What of a phase's texts can be heard in a language."""

    phase: str
    flow: str
    language: str
    sounds: tuple[Sound, ...]

    def count(self, *states: str) -> int:
        """Return how many stand so."""
        return sum(one.state in states for one in self.sounds)


def coverage(library: Library) -> list[Coverage]:
    """Look at everything that the phases say, in every language."""
    found = []
    for phase in library.consultation.phases:
        for language in library.consultation.languages if phase.flow in library.current else ():
            words = to_be_heard(library, (phase.flow,), (language,), steps=True)
            sounds = tuple(map(library.sounds.look, words))
            found.append(Coverage(phase.code, phase.flow, language, sounds))
    return found
