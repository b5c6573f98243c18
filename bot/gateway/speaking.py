"""Let the speech engine say what nobody recorded: papers and points of the agenda, to be heard.

A person's recording always goes before it. A ledger beside the sounds remembers which words each
of them says; when the words change, the engine's is made anew, and a person's is said to be stale.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.dialogue.flow import Document, Flow, Step
from bot.gateway.aloud import aloud
from bot.gateway.contents import SOUNDS
from bot.gateway.library import Library
from bot.voice.encode import resendable
from bot.voice.limits import Limits
from bot.voice.pcm import seconds
from bot.voice.saying import CannotSayError, Speaker

LEDGER = "audio/spoken.json"
LONGEST = 60  # seconds: a summary is listened to at once
_PLACEHOLDER = re.compile(r"\{[^{}]*\}\.?")
State = Literal["missing", "spoken", "stale", "recorded", "recording stale"]


@dataclass(frozen=True)
class Words:
    """What is to be heard: `file` is its sound, below the documents' folder."""

    file: str
    language: str
    text: str

    @property
    def digest(self) -> str:
        """Tell these words from others."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Sound:
    """How something to be heard stands: `seconds` and `size` (bytes) where there is a sound."""

    words: Words
    state: State
    seconds: float = 0.0
    size: int = 0
    why: str = ""  # it could not be said


def to_be_heard(library: Library, flows: Sequence[str], languages: Sequence[str]) -> list[Words]:
    """Return everything that flows push or ask about, once each."""
    found: dict[str, Words] = {}
    for name in flows:
        for language in languages:
            for one in _of_flow(library.flow(name, language)):
                found.setdefault(one.file, one)
    return list(found.values())


def _of_flow(flow: Flow) -> Iterator[Words]:
    for items in flow.lists.values():
        for item in items:
            if item.summary and not item.hidden:
                stem = _stem(flow, flow.documents.get(item.document or item.code), item.code)
                yield _words(flow, stem, f"{item.title}. {item.summary}")
    for step in _steps(flow.steps):
        document = flow.documents.get(step.attach)
        if document is not None and step.say:
            said = _PLACEHOLDER.sub("", step.say)
            stem = _stem(flow, document, document.code)
            yield _words(flow, stem, f"{document.title}. {said}")


def _steps(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _steps(step.steps)


def _words(flow: Flow, stem: str, text: str) -> Words:
    words = aloud(" ".join(text.split()), flow.language)
    return Words(f"audio/{flow.language}/{stem}.ogg", flow.language, words)


def _stem(flow: Flow, document: Document | None, code: str) -> str:
    files = document.files.values() if document else ()
    names = (Path(file).name.removesuffix(Path(file).suffix) for file in files)
    return next((name.removesuffix(f".{flow.language}") for name in names), code)


class Sounds:
    """The sounds below a documents' folder, and the ledger of what they say."""

    def __init__(self, documents: Path) -> None:
        self._folder = documents
        ledger = documents / LEDGER
        self._ledger: dict[str, dict[str, object]] = (
            json.loads(ledger.read_text("utf-8")) if ledger.is_file() else {}
        )

    def look(self, words: Words) -> Sound:
        """Say how something stands. A recording seen for the first time says the words of today."""
        found, known = self._file(words), self._ledger.get(words.file)
        if found is None:
            return Sound(words, "missing")
        if known is None:
            known = self._ledger[words.file] = {"words": words.digest, "by": "person"}
        same = known["words"] == words.digest
        spoken = known["by"] == "engine"
        state: State = ("spoken" if same else "stale") if spoken else (
            "recorded" if same else "recording stale")  # fmt: skip
        length = known.get("seconds")
        return Sound(words, state, float(length) if isinstance(length, float) else 0.0,
                     found.stat().st_size)  # fmt: skip

    def _file(self, words: Words) -> Path | None:
        stem = words.file.removesuffix(".ogg")
        names = (self._folder / f"{stem}.{ending}" for ending in SOUNDS)
        return next((name for name in names if name.is_file()), None)

    def say(self, words: Words, speaker: Speaker) -> Sound:
        """Have something said, and write it down. What cannot be said is told, not raised."""
        try:
            pcm = speaker.say(words.text, words.language)
        except CannotSayError as error:
            return Sound(words, "missing", why=str(error))
        data, length = resendable(pcm, Limits()), round(seconds(pcm), 1)
        file = self._folder / words.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        self._ledger[words.file] = {"words": words.digest, "by": "engine", "seconds": length}
        return Sound(words, "spoken", length, len(data))

    def write(self) -> None:
        """Write the ledger."""
        if self._ledger:
            file = self._folder / LEDGER
            text = json.dumps(self._ledger, indent=1, sort_keys=True, ensure_ascii=False)
            file.write_text(text + "\n", "utf-8")
