"""Which sentences are the consultation's own: only their sound is kept for others.

Whatever is not known to come from the flows, lists and phrases may hold a name, or what somebody
said; it is spoken to them and forgotten.
"""

import re
from collections.abc import Iterable, Iterator

from bot.dialogue.flow import Choice, Flow, Item
from bot.dialogue.placeholders import fill
from bot.gateway.contents import Contents
from bot.gateway.reading.script import sentences
from bot.gateway.walk import every

NUMBER = "7"  # stands for any number where sentences are compared
_COUNTED = ("questions", "minutes", "item.number", "number", "total", "count", "seconds", "most")
_CHOICE = re.compile(r"\d+: ")
_DIGITS = re.compile(r"(?<!\d)\d{1,4}(?!\d)")  # longer ones may be somebody's telephone number


class Public:
    """The sentences of one language that are everybody's, whatever small numbers they hold."""

    def __init__(self, contents: Contents, language: str) -> None:
        """Gather them."""
        phrases = contents.phrases.get(language) or contents.phrases["en"]
        counted = dict.fromkeys(_COUNTED, NUMBER)
        progress = fill(phrases.get("progress", ""), counted)
        consultation = contents.consultation
        values = counted | {
            "progress": progress,
            "who": consultation.responsible.get(language, ""),
            "reach": consultation.reach_a_person.get(language, ""),
        }
        self._known: set[str] = set()
        for text in (*phrases.values(), *_texts(contents, language)):
            self._known.update(map(_plain, sentences(fill(text, values), language)))

    def has(self, sentence: str) -> bool:
        """Say whether a sentence is the consultation's own."""
        return _plain(_CHOICE.sub("", sentence, count=1)) in self._known


def _plain(sentence: str) -> str:
    return _DIGITS.sub(NUMBER, sentence).rstrip(".")


def _texts(contents: Contents, language: str) -> Iterator[str]:
    consultation = contents.consultation
    for phase in consultation.phases:
        yield from (phase.announce.get(language, ""), phase.title.get(language, ""))
    for listed in consultation.lists.values():
        yield from (choice.label for choice in listed.get(language, ()))
    for bundle in contents.bundles.values():
        yield from texts_of(bundle.flows.get(language) or bundle.flows[bundle.source])


def texts_of(flow: Flow) -> Iterator[str]:
    """Yield all that a flow may say, with its lists filled in."""
    yield flow.title
    for item in _items(flow):
        yield from (item.title, item.summary, item.text)
    for text, offered in steps_filled(flow):
        yield text
        yield from (choice.label for choice in offered)


def steps_filled(flow: Flow) -> Iterator[tuple[str, tuple[Choice, ...]]]:
    """Yield what each step and ending says, for each item of its lists, and what it offers."""
    items = _items(flow)
    for step in every(flow.steps):
        for text in (step.say, step.ask, step.more):
            for filled in _with_items(text, items):
                yield filled, step.choices if text is step.ask else ()
    for ending in flow.endings:
        yield ending.text, ()


def _items(flow: Flow) -> list[Item]:
    return [item for listed in flow.lists.values() for item in listed if not item.hidden]


def _with_items(text: str, items: Iterable[Item]) -> Iterator[str]:
    """Yield a text for each item that it may be about."""
    if "{item." not in text and "{about." not in text:
        yield text
        return
    for item in items:
        shown = text
        for name in ("title", "summary", "text"):
            for what in ("item", "about"):
                shown = shown.replace(f"{{{what}.{name}}}", str(getattr(item, name)))
        yield shown
