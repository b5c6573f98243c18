"""The consultation's files and catalogues, read once, and again when they change on disk."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from bot.dialogue.fault import Fault, Faults
from bot.dialogue.flow import CONSENTS, Bundle, Consultation, Document, Flow, Outcome
from bot.dialogue.templatesfile import Template
from bot.dialogue.translate import Sentence
from bot.gateway.catalogue import State, Translations
from bot.gateway.contents import Contents, Reading
from bot.gateway.sounds import Sounds

Marks = dict[str, tuple[int, int]]  # path → when it changed, how long it is


class Flaw(NamedTuple):
    """A sentence that cannot be said in a language, where it stands, and why not."""

    file: str
    sentence: Sentence
    language: str
    state: State


class Library:
    """What can be talked about, as the files say now.

    Raises Faults when a file cannot be used, unless `tolerant`: then `faults` holds them and
    the files concerned are left out.
    """

    def __init__(
        self, flows: Path, consultation: str, locales: Path, *, tolerant: bool = False
    ) -> None:
        """Read everything."""
        self.folder = flows / consultation
        self.locales = locales
        self.tolerant = tolerant
        self._marks = _marks(self.folder, locales)
        self.contents = self._read()

    def _read(self) -> Contents:
        held = Reading(self.folder, self.locales).contents()
        if held.faults and not self.tolerant:
            raise Faults(held.faults)
        self.sounds = Sounds(self.folder / "documents")  # what is said, and in which sound
        return held

    def reload_if_changed(self) -> bool:
        """Read again what changed on disk; True if it did.

        Raises Faults, once for each change, and goes on with what it had.
        """
        marks = _marks(self.folder, self.locales)
        if marks == self._marks:
            return False
        self._marks = marks
        self.contents = self._read()
        return True

    @property
    def consultation(self) -> Consultation:
        """The consultation, in all its languages."""
        return self.contents.consultation

    @property
    def phrases(self) -> Mapping[str, Mapping[str, str]]:
        """What the bot itself says: language → key → sentence."""
        return self.contents.phrases

    @property
    def bundles(self) -> Mapping[str, Bundle]:
        """The revisions on disk, by hash."""
        return self.contents.bundles

    @property
    def current(self) -> Mapping[str, str]:
        """Flow name → the hash of its revision."""
        return self.contents.current

    @property
    def structures(self) -> Mapping[str, str]:
        """Revision → the hash of its steps, codes and conditions without the texts."""
        return self.contents.structures

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of what people said, as the drafters' table says."""
        return self.contents.outcomes

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What was wrong, when tolerant."""
        return self.contents.faults

    def document(self, code: str, language: str) -> Document | None:
        """Return a document in a language (the source's where it has none); None: no such one."""
        for name in self.current:
            found = self.flow(name, language).documents.get(code)
            if found is not None:
                return found
        return None

    def public_path(self, file: str) -> str:
        """Return the path of the page that answers with a document's file, "" if it is none."""
        for language in self.consultation.languages:
            for name in self.current:
                for code, document in self.flow(name, language).documents.items():
                    if file in document.files.values():
                        return f"/d/{code}.{file.rpartition('.')[2]}?lang={language}"
        return ""

    def template(self, name: str, language: str) -> Template | None:
        """Return a template in a language; None: the consultation has none of this name."""
        return self.contents.templates.get((name, language))

    def flow(self, name: str, language: str) -> Flow:
        """Return a flow as it is now, in a language (the source's where it has none)."""
        revision = self.bundles[self.current[name]]
        return revision.flows.get(language) or revision.flows[revision.source]

    def hosted_engine_unnamed(self) -> str:
        """Return a language in which no consent names where recordings are sent, "" for none."""
        return self._unnamed(self.consultation.hosted_engine)

    def hosted_translator_unnamed(self) -> str:
        """Return a language in which no consent names where words are sent, "" for none."""
        return self._unnamed(self.consultation.hosted_translator)

    def _unnamed(self, name: str) -> str:
        for language in self.consultation.languages:
            steps = (step for flow in self.current for step in self.flow(flow, language).steps)
            asked = (f"{one.say} {one.ask}" for one in steps if one.keep_as in CONSENTS)
            if not name or not any(name in words for words in asked):
                return language
        return ""

    def flaws(self, language: str, flow: str = "") -> tuple[Flaw, ...]:
        """Return what is missing, fuzzy or broken in a language, of one flow or of everything."""
        held = self.contents
        found: list[Flaw] = []
        if said := held.translations.get(language):
            for file, sentences in held.sentences.items():
                if not flow or file == held.paths.get(flow):
                    found += _flaws(file, sentences, language, said)
        own = held.own_translations.get(language)
        if own and not flow:
            found += _flaws(held.own_file, held.own_sentences, language, own)
        return tuple(found)

    def missing(self, language: str, flow: str = "") -> tuple[Flaw, ...]:
        """Return the sentences without any translation."""
        return tuple(flaw for flaw in self.flaws(language, flow) if flaw.state == "missing")

    def fuzzy(self, language: str, flow: str = "") -> tuple[Flaw, ...]:
        """Return the sentences whose source changed since they were translated."""
        return tuple(flaw for flaw in self.flaws(language, flow) if flaw.state == "fuzzy")


def _flaws(
    file: str, sentences: Iterable[Sentence], language: str, said: Translations
) -> Iterator[Flaw]:
    for sentence in sentences:
        if state := said.state(sentence.text):
            yield Flaw(file, sentence, language, state)


def _marks(*folders: Path) -> Marks:
    found = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                stat = path.stat()
                found[path.as_posix()] = (stat.st_mtime_ns, stat.st_size)
    return found
