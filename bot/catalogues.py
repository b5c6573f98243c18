"""Gathering sentences for translators and keeping their catalogues up to date.

Two domains: `palabre`, the program's own words, written in English; and the consultation's,
named like its folder, written in its source language. See docs/decisions.
"""

import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po

from bot.dialogue.consultationfile import load_consultation, read_consultation
from bot.dialogue.flow import Consultation
from bot.dialogue.flowfile import flow_sentences
from bot.dialogue.listsfile import list_sentences
from bot.dialogue.templatesfile import FILE as TEMPLATES
from bot.dialogue.templatesfile import template_sentences
from bot.dialogue.translate import Sentence
from bot.gateway.catalogue import (
    PROGRAM,
    PROGRAM_SOURCE,
    po_path,
    read_catalogue,
    read_translations,
)
from bot.sentences import Extracted

SWEPT = ("bot", "channels", "locales")  # the folders that hold the program's own words
# Dates would make each update look like work; the rest says nothing until somebody fills it in.
NOISE = (
    *(b'"POT-Creation-Date:', b'"PO-Revision-Date:', b'"Generated-By:'),
    *(b'"Project-Id-Version:', b'"Report-Msgid-Bugs-To:', b'"Last-Translator:'),
    b'"Language-Team:',
)


@dataclass(frozen=True)
class Places:
    """Where sentences and catalogues lie."""

    root: Path  # of the program: babel.cfg stands there
    flows: Path
    locales: Path
    name: str  # the consultation's folder

    @property
    def folder(self) -> Path:
        """The consultation's folder."""
        return self.flows / self.name

    def consultation(self) -> Consultation:
        """Read the consultation, for its languages. Raises Faults."""
        path = self.folder / "consultation.yaml"
        return load_consultation(
            path.read_text("utf-8"), f"{self.flows.name}/{self.name}/{path.name}"
        )


@dataclass(frozen=True)
class Status:
    """How far a translation is: counts of sentences."""

    language: str
    domain: str
    sentences: int
    missing: int
    fuzzy: int
    broken: int


def extract(places: Places) -> dict[str, Catalog]:
    """Write both templates (locales/DOMAIN.pot) and return them by domain. Raises Faults."""
    templates = {
        PROGRAM: _template(PROGRAM, _program_messages(places.root)),
        places.name: _template(places.name, _consultation_messages(places)),
    }
    places.locales.mkdir(parents=True, exist_ok=True)
    for domain, template in templates.items():
        _write(places.locales / f"{domain}.pot", template)
    return templates


def update(places: Places) -> list[Status]:
    """Extract, bring all catalogues up to date, and return how far each is. Raises Faults.

    A sentence that changed keeps its old translation, marked fuzzy.
    """
    consultation = places.consultation()
    sources = {PROGRAM: PROGRAM_SOURCE, places.name: consultation.source}
    for domain, template in extract(places).items():
        for language in consultation.languages:
            path = po_path(places.locales, language, domain)
            if language == sources[domain]:
                _write(path, _catalogue(domain, language))
            else:
                _write(path, _updated(path, template, domain, language))
    return status(places)


def status(places: Places) -> list[Status]:
    """Return how far each language is, by domain; the languages' sources are left out."""
    consultation = places.consultation()
    wanted = {
        PROGRAM: (PROGRAM_SOURCE, _texts(_program_messages(places.root))),
        places.name: (consultation.source, _texts(_consultation_messages(places))),
    }
    return [
        _status(places, language, domain, texts)
        for language in consultation.languages
        for domain, (source, texts) in wanted.items()
        if language != source
    ]


def _status(places: Places, language: str, domain: str, texts: Collection[str]) -> Status:
    said = read_translations(po_path(places.locales, language, domain))
    states = [said.state(text) for text in texts]
    return Status(
        language,
        domain,
        len(texts),
        states.count("missing"),
        states.count("fuzzy"),
        states.count("broken"),
    )


# --- catalogues ---


@dataclass(frozen=True)
class Found:
    """A text in a file, with what the translator should know of it."""

    text: str | tuple[str, ...]
    file: str
    line: int
    comments: tuple[str, ...] = ()


def _texts(found: Iterable[Found]) -> set[str]:
    return {each.text if isinstance(each.text, str) else each.text[0] for each in found}


def _catalogue(domain: str, language: str | None) -> Catalog:
    of = f"into {language}" if language else "template"
    return Catalog(
        locale=language,
        domain=domain,
        project=domain,
        header_comment=f"# {domain}: {of}. The license is that of the program.",
        charset="utf-8",
        fuzzy=False,
    )


def _template(domain: str, found: Iterable[Found]) -> Catalog:
    template = _catalogue(domain, None)
    for each in found:
        template.add(each.text, locations=[(each.file, each.line)], auto_comments=each.comments)
    return template


def _updated(path: Path, template: Catalog, domain: str, language: str) -> Catalog:
    kept = _catalogue(domain, language)
    if path.exists():
        for message in read_catalogue(path, language):
            if message.id:
                kept[message.id] = message
    kept.update(template, update_header_comment=False)
    kept.obsolete.clear()
    kept.fuzzy = False
    return kept


def _write(path: Path, catalogue: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, sort_by_file=True, include_previous=True)
    lines = (line for line in buffer.getvalue().splitlines(True) if not line.startswith(NOISE))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(lines))


# --- extraction ---


def _program_messages(root: Path) -> Iterator[Found]:
    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(  # type: ignore[no-untyped-call]
            file, filename="babel.cfg"
        )
    found = extract_from_dir(
        root, methods, options, comment_tags=("Translators:",), directory_filter=_is_swept(root)
    )
    for file_name, line, text, comments, _ in sorted(found, key=lambda each: (each[0], each[1])):
        yield Found(text, Path(file_name).as_posix(), line, tuple(comments))


def _is_swept(root: Path) -> Callable[[str], bool]:
    def swept(folder: str) -> bool:
        first = Path(folder).relative_to(root).parts[0]
        return first in SWEPT

    return swept


def _consultation_messages(places: Places) -> Iterator[Found]:
    folder = places.folder
    for path in sorted((*folder.glob("*.yaml"), *folder.glob("documents/*.yaml"))):
        name = path.relative_to(places.flows.parent).as_posix()
        for each in sentences_of(path.read_text("utf-8"), name):
            yield Found(each.text, name, each.line, (_context(name, each),))


def _context(name: str, sentence: Sentence) -> str:
    return f"{name.rpartition('/')[2]}: {sentence.step}"


def sentences_of(text: str, name: str) -> tuple[Sentence, ...]:
    """Return what is to be translated of a consultation's file, by what kind of file it is."""
    *folders, file = name.split("/")
    if file == "consultation.yaml":
        return read_consultation(text, name).sentences
    if file == TEMPLATES:
        return template_sentences(text, name)
    if folders and folders[-1] == "documents":
        return list_sentences(text, name)
    return flow_sentences(text, name)


def extract_flows(
    file: IO[bytes], keywords: Mapping[str, Any], tags: Collection[str], options: Mapping[str, str]
) -> Iterator[Extracted]:
    """Read a consultation's YAML for Babel: babel.cfg names this function."""
    name = Path(file.name).as_posix()
    for each in sentences_of(file.read().decode("utf-8"), name):
        yield each.line, None, each.text, [_context(name, each)]
