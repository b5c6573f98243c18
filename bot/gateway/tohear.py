"""What a flow says that can be recorded beforehand, once for everybody: its words, and its file.

A text that differs with what others said, or with what was counted, has no recording.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.flow import Document, Flow, Item, Step
from bot.dialogue.flowfile import every_step
from bot.dialogue.placeholders import names_in
from bot.gateway.aloud import digest, for_the_ear, prompt_words

LEFT_OUT = frozenset(("first_name", "progress", "questions", "minutes"))  # nobody records these


@dataclass(frozen=True)
class Words:
    """What is to be heard: `file` is its sound, below the documents' folder.

    `written` is the text as it stands in the flow, `of` what coordinators call it: a document, a
    point, "FLOW/STEP" or "FLOW/STEP/ITEM".
    """

    file: str
    language: str
    written: str
    of: str = ""

    @property
    def text(self) -> str:
        """The words as they are said."""
        return for_the_ear(self.written, self.language)

    @property
    def digest(self) -> str:
        """Tell these words from others."""
        return digest(self.written, self.language)


def papers_of(flow: Flow) -> Iterator[Words]:
    """Yield the papers that a flow pushes and the points that it asks about."""
    for items in flow.lists.values():
        for item in items:
            if item.summary and not item.hidden:
                document = flow.documents.get(item.document or item.code)
                yield _words(
                    flow, _stem(flow, document, item.code), f"{item.title}. {item.summary}"
                )
    for step in every_step(flow.steps):
        document = flow.documents.get(step.attach)
        if document is not None and step.say:
            stem = _stem(flow, document, document.code)
            yield _words(flow, stem, f"{document.title}. {step.say}")


def steps_of(flow: Flow) -> Iterator[Words]:
    """Yield what each step says and asks, with its choices, and each ending."""
    yield from _steps(flow, flow.steps, None)
    for ending in flow.endings:
        yield from _whole(flow, ending.name, ending.text)


def _steps(flow: Flow, steps: Sequence[Step], block: Step | None) -> Iterator[Words]:
    items = () if block is None else flow.lists.get(block.for_each, ())
    for step in steps:
        text = prompt_words((step.say, step.ask), step.choices)
        if "{item." in text:
            for item in items:
                if not item.hidden:
                    yield from _whole(flow, f"{step.name}/{item.code}", _filled(text, item))
        else:
            yield from _whole(flow, step.name, text)
        yield from _steps(flow, step.steps, step)


def _filled(text: str, item: Item) -> str:
    for name in ("title", "summary", "text"):
        text = text.replace(f"{{item.{name}}}", getattr(item, name))
    return text


def _whole(flow: Flow, name: str, text: str) -> Iterator[Words]:
    if for_the_ear(text, flow.language) and LEFT_OUT.issuperset(names_in(text)):
        yield _words(flow, f"{flow.name}/{name}", text)


def _words(flow: Flow, stem: str, text: str) -> Words:
    return Words(f"audio/{flow.language}/{stem}.ogg", flow.language, text, stem)


def _stem(flow: Flow, document: Document | None, code: str) -> str:
    files = document.files.values() if document else ()
    names = (Path(file).name.removesuffix(Path(file).suffix) for file in files)
    return next((name.removesuffix(f".{flow.language}") for name in names), code)
