"""The sample draft agenda and the table of documents hold what the flows will say."""

from pathlib import Path
from typing import Any

import pytest
import yaml

DOCUMENTS = Path(__file__).parents[2] / "flows" / "ess" / "documents"
THEMES = {"food", "trade", "housing", "poverty", "health"}
INSTRUMENTS = {"law", "finance", "procurement", "capacity", "statistics", "co-construction"}
KEYS = {"title", "summary", "text", "theme", "instrument", "state"}
LANGUAGES = ("fr", "en", "es")


def table(name: str) -> dict[str, Any]:
    """A YAML file in which everything is text, as the flow loader reads it."""
    return yaml.load((DOCUMENTS / name).read_text(encoding="utf-8"), yaml.BaseLoader)


AGENDA = table("agenda.yaml")
ITEMS: dict[str, dict[str, str]] = AGENDA["items"]
DOCUMENT_TABLE: dict[str, dict[str, str]] = table("documents.yaml")["documents"]

item = pytest.mark.parametrize("code", ITEMS)
document = pytest.mark.parametrize("code", DOCUMENT_TABLE)


def test_the_agenda_is_marked_as_a_sample_of_five_items() -> None:
    assert AGENDA["sample"] == "yes"
    assert len(ITEMS) == len(THEMES)


def test_each_of_the_five_themes_has_its_item() -> None:
    assert {item["theme"] for item in ITEMS.values()} == THEMES


@item
def test_an_item_has_all_its_keys_and_known_codes(code: str) -> None:
    assert set(ITEMS[code]) == KEYS
    assert ITEMS[code]["instrument"] in INSTRUMENTS
    assert ITEMS[code]["state"] == "draft"


@item
def test_a_summary_fits_beside_its_question(code: str) -> None:
    assert 0 < len(ITEMS[code]["summary"]) <= 190


@item
def test_a_full_text_is_short_enough_to_be_heard_and_long_enough_to_be_argued_with(
    code: str,
) -> None:
    assert 90 <= len(ITEMS[code]["text"].split()) <= 160


@item
def test_a_full_text_says_by_when_who_pays_and_what_is_open(code: str) -> None:
    text = ITEMS[code]["text"]
    assert "20" in text
    assert "paierait" in text or "paieraient" in text
    assert "Ce qui se discute" in text


@item
def test_the_french_document_holds_the_item_word_for_word(code: str) -> None:
    paper = (DOCUMENTS / "agenda.fr.md").read_text(encoding="utf-8")
    for key in ("title", "summary", "text"):
        assert ITEMS[code][key] in paper


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_has_one_numbered_part_for_each_item(language: str) -> None:
    lines = (DOCUMENTS / f"agenda.{language}.md").read_text(encoding="utf-8").splitlines()
    numbers = [line.split(".")[0] for line in lines if line.startswith("## ") and line[3].isdigit()]
    assert numbers == [f"## {number}" for number in range(1, len(ITEMS) + 1)]


@pytest.mark.parametrize(
    ("language", "word"), [("fr", "Exemple"), ("en", "Sample"), ("es", "Ejemplo")]
)
def test_the_document_says_at_once_that_it_is_a_sample(language: str, word: str) -> None:
    lines = (DOCUMENTS / f"agenda.{language}.md").read_text(encoding="utf-8").splitlines()
    assert lines[2].startswith(f"> **{word}.**")


def test_the_table_names_the_two_papers_and_the_agenda_as_a_draft_and_at_the_end() -> None:
    assert list(DOCUMENT_TABLE) == ["trends-1", "trends-2", "agenda", "final"]


@document
def test_a_document_is_summed_up_for_the_ear(code: str) -> None:
    row = DOCUMENT_TABLE[code]
    assert set(row) == {"title", "summary", "more", "file"}
    assert row["summary"].startswith("Exemple.")
    assert len(row["summary"]) <= 400
    assert len(row["more"]) <= 700
    assert "cliqu" not in row["summary"] + row["more"]


@document
def test_a_document_exists_in_each_language_as_markdown_and_as_pdf(code: str) -> None:
    stem = DOCUMENT_TABLE[code]["file"]
    names = [f"{stem}.{language}.{kind}" for language in LANGUAGES for kind in ("md", "pdf")]
    assert [name for name in names if not (DOCUMENTS / name).is_file()] == []


@document
def test_the_french_paper_bears_the_title_of_the_table(code: str) -> None:
    row = DOCUMENT_TABLE[code]
    paper = (DOCUMENTS / f"{row['file']}.fr.md").read_text(encoding="utf-8")
    assert paper.splitlines()[0] == f"# {row['title']}"
