"""What is read out of the prompts of one turn: sentences for the ear, choices with their numbers.

A person's recording goes before the engine: of a whole step, or of the paper that it pushes, in
place of what the step says.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.dialogue.commands import own_name
from bot.dialogue.reply import Prompt
from bot.gateway.aloud import aloud, prompt_words
from bot.gateway.files import MEDIA
from bot.gateway.sounds import Sounds
from bot.voice.saying import clean
from channels.base import Said

_ENDS = re.compile(r"(?<=[.!?…])[\s»”]+(?=[^\s»”])|\n+")
_ONLY_NUMBER = re.compile(r"\d{1,3}\.")


def script(prompts: Sequence[Prompt], language: str, sounds: Sounds) -> tuple[Said, ...]:
    """Return what is to be heard of a turn, in order."""
    return tuple(
        one
        for _, step in groupby(prompts, key=lambda prompt: prompt.step)
        for one in _step(list(step), language, sounds)
    )


def _step(prompts: Sequence[Prompt], language: str, sounds: Sounds) -> Iterator[Said]:
    """Yield what is heard of one step: whole, where a person recorded it."""
    offered = [choice for prompt in prompts for choice in prompt.choices]
    whole = sounds.sound_for(prompt_words([one.text for one in prompts], offered), language)
    if prompts[0].step and whole is not None and whole.by == "person":
        yield Said(file=whole.file)
        return
    is_said = any(prompt.kind == "said" for prompt in prompts)
    attached = filter(None, map(document_sound, prompts))
    # What an engine says of a paper is heard only where the step itself does not say it.
    papers = [file for file in attached if sounds.is_a_persons(file) or not is_said]
    yield from (Said(file=file) for file in papers)
    for prompt in prompts:
        if not (papers and prompt.kind == "said"):  # the paper's recording says the same
            yield from (Said(words, language) for words in sentences(prompt.text, language))
        yield from choices(prompt, language)


def document_sound(prompt: Prompt) -> str:
    """Return the path of the sound of a document that a prompt attaches, "" for none."""
    path = prompt.attach.files.get("audio", "") if prompt.attach else ""
    return "" if path.startswith(MEDIA) else path


def choices(prompt: Prompt, language: str) -> Iterator[Said]:
    """Yield each choice with the number by which it can be given; a language says its own name."""
    for place, choice in enumerate(prompt.choices, prompt.first):
        own = choice.code if own_name(choice.code) == choice.label else language
        yield Said(f"{place}: {aloud(choice.label, own).rstrip('.')}.", own)
    besides = (prompt.done, prompt.page.replace("=", ":"), prompt.add, prompt.add_by_word)
    for label in filter(None, besides):
        yield Said(f"{aloud(label, language).rstrip('.')}.", language)


def sentences(text: str, language: str) -> Iterator[str]:
    """Yield the sentences of a text as they are said; addresses and signs say nothing."""
    open_number = ""
    for piece in _ENDS.split(text):
        words = clean(aloud(f"{open_number} {piece or ''}".strip(), language))
        if _ONLY_NUMBER.fullmatch(words):  # "1. The law": the number of what follows
            open_number = words
        elif any(sign.isalnum() for sign in words):
            open_number = ""
            yield words
