"""The PDFs of a folder of Markdown, the same bytes each time, and the record of what made them."""

import hashlib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import msgspec

from bot.documents.errors import NoDocuments, NoTitle, TypesetterMissing, UnnamedLanguage
from bot.documents.typesetting import Paper, read_paper, typst_source

RECORD = "built.txt"
TEMPLATE = "paper.typ"


class Built(msgspec.Struct, frozen=True):
    """One line of the record: a PDF's name, the hash of what it was made of, its own hash."""

    name: str
    source: str
    made: str


def make_documents(folder: Path) -> list[Path]:
    """Make NAME.LANGUAGE.pdf beside each NAME.LANGUAGE.md of `folder`, and its record.

    Returns the PDFs, by name. Raises DocumentError.
    """
    typeset = _typesetter()
    papers = [(path.with_suffix(".pdf"), paper_in(path)) for path in documents_in(folder)]
    for target, paper in papers:
        target.write_bytes(typeset(paper))
    record = "".join(f"{_line(_built(*pair))}\n" for pair in papers)
    (folder / RECORD).write_text(record, encoding="utf-8")
    return [target for target, _ in papers]


def documents_in(folder: Path) -> list[Path]:
    """The Markdown files of `folder`, by name. Raises NoDocuments."""
    found = sorted(folder.glob("*.md"))
    if not found:
        raise NoDocuments(folder=folder)
    return found


def paper_in(path: Path) -> Paper:
    """The paper in one Markdown file. Raises UnnamedLanguage, NoTitle, CannotTypeset."""
    language = path.with_suffix("").suffix.removeprefix(".")
    if not (len(language) == 2 and language.isascii() and language.isalpha()):
        raise UnnamedLanguage(path=path)
    paper = read_paper(path.read_text(encoding="utf-8"), language)
    if not paper.title:
        raise NoTitle(path=path)
    return paper


def source_hash(paper: Paper) -> str:
    """What decides how the PDF of `paper` looks, as a SHA-256: its text and the lay-out."""
    return _sha256(_source(paper))


def read_record(folder: Path) -> list[Built]:
    """The record that `make_documents` left in `folder`."""
    lines = (folder / RECORD).read_text(encoding="utf-8").splitlines()
    return [Built(*line.split()) for line in lines]


def template() -> str:
    """The lay-out that all papers share, as Typst text."""
    return files(__package__).joinpath(TEMPLATE).read_text(encoding="utf-8")


def typeset(paper: Paper) -> bytes:
    """The PDF of `paper`. Raises TypesetterMissing."""
    return _typesetter()(paper)


def _typesetter() -> Callable[[Paper], bytes]:
    try:
        import typst
    except ImportError as missing:
        raise TypesetterMissing from missing

    def set_in_type(paper: Paper) -> bytes:
        return typst.compile(_source(paper), format="pdf", ignore_system_fonts=True, timestamp=0)

    return set_in_type


def _source(paper: Paper) -> bytes:
    return typst_source(paper, template()).encode()


def _built(target: Path, paper: Paper) -> Built:
    return Built(target.name, source_hash(paper), _sha256(target.read_bytes()))


def _line(built: Built) -> str:
    return f"{built.name} {built.source} {built.made}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
