"""Making a Flow out of a Flow: the same steps and codes, the sentences in another language.

A label and its short form are one sentence for the translator: "label | short".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from bot.dialogue.flow import Choice, Consultation, Document, Ending, Flow, Item, Phase, Step

Gettext = Callable[[str], str]
Files = Mapping[str, Mapping[str, str]]  # document → kind → path, in one language
NAMES_OF_THEIR_OWN = ("networks", "languages")  # lists that read the same in every language


class Sentence(NamedTuple):
    """A sentence for the translator, the step or entry it belongs to, and its line."""

    text: str
    step: str
    line: int


def translate(flow: Flow, gettext: Gettext, language: str = "", files: Files | None = None) -> Flow:
    """Return the flow with all its texts put through `gettext`.

    `files` says which files the documents have in that language; without it they keep theirs.
    """
    lists = {name: _items(name, items, gettext) for name, items in flow.lists.items()}
    documents = {code: _document(each, gettext, files) for code, each in flow.documents.items()}
    return replace(
        flow,
        title=_said(flow.title, gettext),
        language=language or flow.language,
        steps=tuple(_step(step, gettext) for step in flow.steps),
        endings=tuple(_ending(ending, gettext) for ending in flow.endings),
        lists=lists,
        documents=documents,
    )


def _said(text: str, gettext: Gettext) -> str:
    return gettext(text) if text else ""


def _step(step: Step, gettext: Gettext) -> Step:
    return replace(
        step,
        say=_said(step.say, gettext),
        more=_said(step.more, gettext),
        ask=_said(step.ask, gettext),
        choices=_step_choices(step, gettext),
        parts=translated_choices(step.parts, gettext),
        steps=tuple(_step(each, gettext) for each in step.steps),
    )


def _step_choices(step: Step, gettext: Gettext) -> tuple[Choice, ...]:
    if step.keep_as == "language":
        return step.choices  # each language names itself
    if step.choices_from in NAMES_OF_THEIR_OWN:
        own = len(step.choices) - step.added
        return step.choices[:own] + translated_choices(step.choices[own:], gettext)
    return translated_choices(step.choices, gettext)


def translated_choices(choices: Iterable[Choice], gettext: Gettext) -> tuple[Choice, ...]:
    """Return the same codes with their labels in another language."""
    return tuple(_choice(choice, gettext) for choice in choices)


def written(choice: Choice) -> str:
    """Return a label as it stands in the file and in the catalogues."""
    return f"{choice.label} | {choice.short}" if choice.short else choice.label


def _choice(choice: Choice, gettext: Gettext) -> Choice:
    label, _, short = (part.strip() for part in _said(written(choice), gettext).partition("|"))
    return Choice(choice.code, label, short)


def _ending(ending: Ending, gettext: Gettext) -> Ending:
    return replace(ending, text=_said(ending.text, gettext))


def _items(name: str, items: Iterable[Item], gettext: Gettext) -> tuple[Item, ...]:
    if name in NAMES_OF_THEIR_OWN:
        return tuple(items)
    return tuple(
        replace(
            item,
            title=_said(item.title, gettext),
            summary=_said(item.summary, gettext),
            text=_said(item.text, gettext),
        )
        for item in items
    )


def _document(document: Document, gettext: Gettext, files: Files | None) -> Document:
    own = document.files if files is None else dict(files.get(document.code, {}))
    return replace(document, title=_said(document.title, gettext), files=own)


def sentences(flow: Flow) -> Iterator[Sentence]:
    """Yield what a translator must translate of a flow; lists have their own files."""
    if needs_words(flow.title):
        yield Sentence(flow.title, "title", 1)
    for step in flow.steps:
        yield from _sentences_of(step)
    for ending in flow.endings:
        if needs_words(ending.text):
            yield Sentence(ending.text, ending.name, ending.line)


def _sentences_of(step: Step) -> Iterator[Sentence]:
    own = step.choices[len(step.choices) - step.added :] if step.choices_from else step.choices
    labels = () if step.keep_as == "language" else (*own, *step.parts)
    for text in (step.say, step.more, step.ask, *(written(each) for each in labels)):
        if needs_words(text):
            yield Sentence(text, step.name, step.line)
    for each in step.steps:
        yield from _sentences_of(each)


def needs_words(text: str) -> bool:
    """Say whether there is anything to translate besides placeholders, digits and signs."""
    bare = ""
    for part in text.split("{"):
        bare += part.partition("}")[2] if "}" in part else part
    return any(sign.isalpha() for sign in bare)


def translate_consultation(
    consultation: Consultation, gettexts: Mapping[str, Gettext]
) -> Consultation:
    """Return the consultation with its texts in every language that `gettexts` has."""
    source = consultation.source

    def each_way(texts: Mapping[str, str]) -> dict[str, str]:
        text = texts.get(source, "")
        return {source: text} | {code: _said(text, way) for code, way in gettexts.items()}

    return replace(
        consultation,
        title=each_way(consultation.title),
        responsible=each_way(consultation.responsible),
        reach_a_person=each_way(consultation.reach_a_person),
        spoken_language=each_way(consultation.spoken_language)
        if consultation.spoken_language
        else {},
        phases=tuple(_phase(phase, each_way) for phase in consultation.phases),
        lists={
            name: {source: by.get(source, ())}
            | {code: translated_choices(by.get(source, ()), way) for code, way in gettexts.items()}
            for name, by in consultation.lists.items()
        },
    )


def _phase(phase: Phase, each_way: Callable[[Mapping[str, str]], dict[str, str]]) -> Phase:
    return replace(phase, title=each_way(phase.title), announce=each_way(phase.announce))
