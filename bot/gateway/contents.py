"""One reading of all the consultation's files and catalogues; faults are gathered over all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from bot.dialogue.answersfile import load_answers
from bot.dialogue.consultationfile import read_consultation
from bot.dialogue.fault import Complaints, Fault, Faults, nearest_or_all
from bot.dialogue.flow import AGENDA, Bundle, Consultation, Document, Flow, Item, Outcome, Phase
from bot.dialogue.flowfile import every_step, load_flow, with_spoken_language
from bot.dialogue.listsfile import ListFile, load_agenda, load_documents, load_topics
from bot.dialogue.reading import words
from bot.dialogue.revision import bundle, revision_hash, structure_hash
from bot.dialogue.templatesfile import FILE as TEMPLATES
from bot.dialogue.templatesfile import Template, load_templates, translated, wrong_text
from bot.dialogue.topics import TOPICS
from bot.dialogue.translate import Sentence, sentences, translate, translate_consultation
from bot.dialogue.yamlnodes import read_table
from bot.gateway.catalogue import (
    PROGRAM,
    PROGRAM_SOURCE,
    Translations,
    po_path,
    read_translations,
)
from bot.gateway.sounds import ENDINGS, GOOD, Sounds
from bot.gateway.tohear import papers_of

DOCUMENTS_LIST = "documents"
PHRASES = "phrases.yaml"
NO_FLOWS = ("consultation.yaml", TEMPLATES)
ANSWERS = "answers.csv"
Read = TypeVar("Read")


@dataclass(frozen=True)
class Contents:
    """All that was read in one go."""

    consultation: Consultation
    flows: Mapping[str, Flow] = field(default_factory=dict)  # in the source's language
    paths: Mapping[str, str] = field(default_factory=dict)  # flow → its file
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bundles: Mapping[str, Bundle] = field(default_factory=dict)
    structures: Mapping[str, str] = field(default_factory=dict)
    current: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, tuple[Sentence, ...]] = field(default_factory=dict)  # by file
    translations: Mapping[str, Translations] = field(default_factory=dict)  # by language
    templates: Mapping[tuple[str, str], Template] = field(default_factory=dict)  # name, language
    own_file: str = ""  # of the phrases, which the bot itself says
    own_sentences: tuple[Sentence, ...] = ()
    own_translations: Mapping[str, Translations] = field(default_factory=dict)  # by language
    outcomes: tuple[Outcome, ...] = ()
    faults: tuple[Fault, ...] = ()


class Reading:
    """One reading of all files; faults are gathered over all of them."""

    def __init__(self, folder: Path, locales: Path) -> None:
        self.folder = folder
        self.locales = locales
        self.faults: list[Fault] = []
        self.sentences: dict[str, tuple[Sentence, ...]] = {}
        self._sounds = Sounds(folder / "documents")

    def contents(self) -> Contents:
        path = self.folder / "consultation.yaml"
        text = self._text(path)
        found = read_consultation(text, self._label(path))
        plain, self.sentences[self._label(path)] = found.consultation, found.sentences
        self.faults.extend(found.faults)
        if not plain.source:
            raise Faults(self.faults)  # without a language nothing else can be read
        lists, documents = self._lists(plain)
        flows, paths = self._flows(plain, lists, documents)
        plain = replace(plain, phases=self._phases(plain, flows))
        outcomes = self._outcomes(plain, lists, flows)
        said = self._all_translations(plain, plain.name, plain.source)
        program = self._all_translations(plain, PROGRAM, PROGRAM_SOURCE)
        own = self._own_phrases()
        texts = {key: text for key, (text, _) in own.items()}
        bundles = {name: self._bundle(flow, plain, said) for name, flow in flows.items()}
        current = {name: revision_hash(each) for name, each in bundles.items()}
        return Contents(
            consultation=translate_consultation(
                plain, {code: each.gettext for code, each in said.items()}
            ),
            flows=flows,
            paths=paths,
            phrases={PROGRAM_SOURCE: texts}
            | {
                code: {key: each.gettext(text) for key, text in texts.items()}
                for code, each in program.items()
            },
            own_file=f"{self.locales.name}/{PHRASES}",
            own_sentences=tuple(Sentence(text, key, line) for key, (text, line) in own.items()),
            own_translations=program,
            outcomes=outcomes,
            bundles={current[name]: each for name, each in bundles.items()},
            structures={current[name]: structure_hash(each) for name, each in bundles.items()},
            current=current,
            templates=self._templates(plain, said),
            sentences=self.sentences,
            translations=said,
            faults=tuple(sorted(set(self.faults))),
        )

    def _label(self, path: Path) -> str:
        """Name a file as people see it: from the folder of all flows or locales on."""
        root = self.folder.parent if path.is_relative_to(self.folder) else self.locales
        return f"{root.name}/{path.relative_to(root).as_posix()}"

    def _text(self, path: Path) -> str:
        try:
            return path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            what, remedy = "there is no such file", "create it, or set PALABRE_FLOWS"
        except UnicodeDecodeError:
            what, remedy = "this file is not written in UTF-8", "save it as UTF-8"
        raise Faults([Fault(self._label(path), 1, what, remedy)])

    def _try(self, read: Callable[[], Read], otherwise: Read) -> Read:
        try:
            return read()
        except Faults as wrong:
            self.faults.extend(wrong.faults)
            return otherwise

    def _all_translations(
        self, plain: Consultation, domain: str, source: str
    ) -> dict[str, Translations]:
        return {
            code: self._translations(code, domain) for code in plain.languages if code != source
        }

    def _translations(self, language: str, domain: str) -> Translations:
        path = po_path(self.locales, language, domain)
        return self._try(lambda: read_translations(path), Translations())

    # --- lists and documents ---

    def _lists(
        self, plain: Consultation
    ) -> tuple[dict[str, tuple[Item, ...]], dict[str, Document]]:
        themes = [choice.code for choice in plain.lists.get("themes", {}).get(plain.source, ())]
        pushed = self._list_file("documents.yaml", load_documents)
        agenda = self._list_file("agenda.yaml", lambda text, file: load_agenda(text, file, themes))
        topics = self._list_file("topics.yaml", lambda text, file: load_topics(text, file, themes))
        talked_about = (*agenda.items, *topics.items)
        titles = {item.code: item.title for item in (*talked_about, *pushed.items)}
        stems = {item.document: item.document for item in talked_about} | pushed.stems
        files = self._files()
        documents = {
            code: Document(code, titles.get(code, code), files_of(stem, plain.source, files))
            for code, stem in stems.items()
            if code in pushed.stems or _anywhere(stem, plain.languages, files)
        }
        self.stems = stems
        lists = {AGENDA: agenda.items, DOCUMENTS_LIST: pushed.items, TOPICS: topics.items}
        return {name: items for name, items in lists.items() if items}, documents

    def _list_file(self, name: str, load: Callable[[str, str], ListFile]) -> ListFile:
        path = self.folder / "documents" / name
        if not path.exists():
            return ListFile()
        found = self._try(lambda: load(self._text(path), self._label(path)), ListFile())
        self.sentences[self._label(path)] = found.sentences
        return found

    def _files(self) -> frozenset[str]:
        root = self.folder / "documents"
        self.files = frozenset(path.relative_to(root).as_posix() for path in root.rglob("*"))
        return self.files

    def _outcomes(
        self,
        plain: Consultation,
        lists: Mapping[str, tuple[Item, ...]],
        flows: Mapping[str, Flow],
    ) -> tuple[Outcome, ...]:
        path = self.folder / "documents" / ANSWERS
        if not path.exists():
            return ()
        sections = [item.code for item in lists.get(AGENDA, ())]
        steps = {step.name for flow in flows.values() for step in every_step(flow.steps)}
        return self._try(
            lambda: load_answers(
                self._text(path), self._label(path), plain.languages, sections, sorted(steps)
            ),
            (),
        )

    # --- flows ---

    def _flows(
        self,
        plain: Consultation,
        lists: Mapping[str, tuple[Item, ...]],
        documents: Mapping[str, Document],
    ) -> tuple[dict[str, Flow], dict[str, str]]:
        flows: dict[str, Flow] = {}
        paths: dict[str, str] = {}
        for path in sorted(self.folder.glob("*.yaml")):
            if path.name in NO_FLOWS:
                continue
            label = self._label(path)
            try:
                flow = load_flow(self._text(path), label, plain, lists, documents)
            except Faults as wrong:
                self.faults.extend(wrong.faults)
                continue
            self.sentences[label] = tuple(sentences(flow))
            flows[path.stem], paths[path.stem] = with_spoken_language(flow, plain), label
        self._refuse_shared_keywords(flows, paths)
        return flows, paths

    def _refuse_shared_keywords(self, flows: Mapping[str, Flow], paths: Mapping[str, str]) -> None:
        owner: dict[str, str] = {}
        for name, flow in flows.items():
            for keyword in flow.keywords:
                other = owner.setdefault(keyword.casefold(), name)
                if other != name:
                    what = f'the keyword "{keyword}" belongs to "{other}" already'
                    self.faults.append(Fault(paths[name], 1, what, "choose another word"))

    def _phases(self, plain: Consultation, flows: Mapping[str, Flow]) -> tuple[Phase, ...]:
        """Point each phase at its flow; one that is not written yet has none."""
        file = self._label(self.folder / "consultation.yaml")
        broken = {path.stem for path in self.folder.glob("*.yaml")} - flows.keys()
        kept = []
        for phase in plain.phases:
            absent = phase.flow not in flows and phase.flow not in broken
            if absent and (phase.flow != phase.code or phase.ships == "open"):
                what = f'phase "{phase.code}" needs the flow "{phase.flow}", which is not there'
                remedy = nearest_or_all(phase.flow, flows)
                self.faults.append(Fault(file, 1, what, remedy))
            kept.append(replace(phase, flow="") if phase.flow not in flows else phase)
        return tuple(kept)

    def _bundle(self, flow: Flow, plain: Consultation, said: Mapping[str, Translations]) -> Bundle:
        flows = {plain.source: flow}
        for code, each in said.items():
            files = {
                document: files_of(self.stems.get(document, document), code, self.files)
                for document in flow.documents
            }
            flows[code] = translate(flow, each.gettext, code, files)
        heard = {code: self._without_stale_sounds(one) for code, one in flows.items()}
        return bundle(heard, plain.source)

    def _without_stale_sounds(self, flow: Flow) -> Flow:
        """Let no document have a sound that says other words than the flow does."""
        sounded = {one.files["audio"]: code for code, one in flow.documents.items()
                   if "audio" in one.files}  # fmt: skip
        if not sounded:
            return flow
        stale = [words for words in papers_of(flow) if self._sounds.look(words).state not in GOOD]
        stems = {words.file.removesuffix(".ogg") for words in stale}
        silent = {code for file, code in sounded.items() if file.rpartition(".")[0] in stems}
        if not silent:
            return flow
        documents = {
            code: replace(one, files={kind: file for kind, file in one.files.items()
                                      if kind != "audio" or code not in silent})
            for code, one in flow.documents.items()
        }  # fmt: skip
        return replace(flow, documents=documents)

    # --- what a provider approves beforehand ---

    def _templates(
        self, plain: Consultation, said: Mapping[str, Translations]
    ) -> dict[tuple[str, str], Template]:
        path = self.folder / TEMPLATES
        if not path.exists():
            return {}
        text, label = self._text(path), self._label(path)
        nothing: tuple[Template, ...] = ()
        found = self._try(lambda: load_templates(text, label, plain.source), nothing)
        self.sentences[label] = tuple(Sentence(one.text, one.name, one.line) for one in found)
        templates = {(one.name, plain.source): one for one in found}
        for code, each in said.items():
            for one in found:
                templates[one.name, code] = translated(one, each.gettext, code)
                if wrong := wrong_text(templates[one.name, code].text, one.name):
                    self.faults.append(Fault(label, one.line, f"{code}: {wrong[0]}", wrong[1]))
        return templates

    # --- the program's own words ---

    def _own_phrases(self) -> dict[str, tuple[str, int]]:
        path = self.locales / PHRASES
        nothing: dict[str, tuple[str, int]] = {}
        if not path.exists():
            return nothing
        return self._try(lambda: read_phrases(self._text(path), self._label(path)), nothing)


def read_phrases(text: str, file: str) -> dict[str, tuple[str, int]]:
    """Read phrases.yaml: key → English sentence and its line. Raises Faults."""
    complaints = Complaints(file)
    entries = read_table(text, complaints).entries
    found = {entry.key: (words(entry, complaints), entry.line) for entry in entries}
    complaints.insist()
    return found


def _anywhere(stem: str, languages: tuple[str, ...], files: frozenset[str]) -> bool:
    return any(files_of(stem, code, files) for code in languages)


def files_of(stem: str, language: str, files: frozenset[str]) -> dict[str, str]:
    """Return which files a document has in a language: kind → path."""
    wanted = {"pdf": f"{stem}.{language}.pdf", "page": f"{stem}.{language}.md"}
    found = {kind: path for kind, path in wanted.items() if path in files}
    sounds = (f"audio/{language}/{stem}.{ending}" for ending in ENDINGS)
    sound = next((path for path in sounds if path in files), None)
    return found | ({"audio": sound} if sound else {})
