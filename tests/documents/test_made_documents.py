"""The PDFs that are committed are those that the Markdown beside them makes."""

import hashlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot.documents.__main__ import main
from bot.documents.errors import NoDocuments, NoTitle, TypesetterMissing, UnnamedLanguage
from bot.documents.pdf import (
    documents_in,
    make_documents,
    paper_in,
    read_record,
    source_hash,
    typeset,
)

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "flows" / "ess" / "documents"
MOST_BYTES = 150_000
LANGUAGES = ("fr", "en", "es")
NAMES = [
    f"{stem}.{language}"
    for stem in ("agenda", "final", "trends-1", "trends-2")
    for language in LANGUAGES
]

RECORD = {built.name: built for built in read_record(DOCUMENTS)}
made = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "note.fr.md").write_text("# Titre\n\nTexte.\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def without_typst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)


def test_every_markdown_has_its_pdf_and_no_pdf_is_left_over() -> None:
    assert sorted(path.name for path in DOCUMENTS.glob("*.pdf")) == sorted(RECORD)
    assert [f"{name}.pdf" for name in sorted(NAMES)] == sorted(RECORD)


@made
def test_a_pdf_was_made_from_the_markdown_and_lay_out_of_today(name: str) -> None:
    assert RECORD[f"{name}.pdf"].source == source_hash(paper_in(DOCUMENTS / f"{name}.md"))


@made
def test_a_pdf_is_the_one_that_was_made(name: str) -> None:
    content = (DOCUMENTS / f"{name}.pdf").read_bytes()
    assert RECORD[f"{name}.pdf"].made == hashlib.sha256(content).hexdigest()
    assert len(content) < MOST_BYTES


if find_spec("typst"):

    @made
    def test_made_again_a_pdf_has_the_same_bytes(name: str) -> None:
        again = typeset(paper_in(DOCUMENTS / f"{name}.md"))
        assert again == (DOCUMENTS / f"{name}.pdf").read_bytes()

    def test_the_command_makes_a_pdf_for_each_markdown_and_names_it(
        folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main([str(folder)]) == 0
        assert capsys.readouterr().out == f"{folder / 'note.fr.pdf'}\n"
        assert (folder / "note.fr.pdf").read_bytes().startswith(b"%PDF")
        assert [built.name for built in read_record(folder)] == ["note.fr.pdf"]


@pytest.mark.usefixtures("without_typst")
def test_without_typst_one_sentence_says_what_to_install(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder)]) == 2
    assert capsys.readouterr().err == (
        "Typst is not installed: run `.venv/bin/pip install -e '.[documents]'` and try again.\n"
    )
    assert list(folder.glob("*.pdf")) == []


@pytest.mark.usefixtures("without_typst")
def test_without_typst_no_paper_is_set() -> None:
    with pytest.raises(TypesetterMissing):
        typeset(paper_in(DOCUMENTS / "agenda.fr.md"))


def test_an_empty_folder_is_named_with_what_to_put_there(tmp_path: Path) -> None:
    with pytest.raises(NoDocuments, match=r"put NAME\.LANGUAGE\.md there"):
        documents_in(tmp_path)


@pytest.mark.parametrize("name", ["note.md", "note.français.md", "note.1a.md"])
def test_a_file_without_its_language_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("# Titre\n", encoding="utf-8")
    with pytest.raises(UnnamedLanguage, match="does not say its language"):
        paper_in(path)


def test_a_file_without_a_title_is_named(tmp_path: Path) -> None:
    path = tmp_path / "note.fr.md"
    path.write_text("Texte.\n", encoding="utf-8")
    with pytest.raises(NoTitle, match=r"note\.fr\.md has no title"):
        paper_in(path)


def test_the_command_without_a_folder_says_how_to_call_it() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bot.documents"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert told.stderr == "Say which folder: python -m bot.documents FOLDER\n"


@pytest.mark.usefixtures("without_typst")
def test_a_fault_stops_before_anything_is_written(folder: Path) -> None:
    before = sorted(folder.iterdir())
    with pytest.raises(TypesetterMissing):
        make_documents(folder)
    assert sorted(folder.iterdir()) == before
