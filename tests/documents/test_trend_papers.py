"""The two sample trend papers say what they are, hold enough, and name their sources."""

import re
from pathlib import Path

import pytest

DOCUMENTS = Path(__file__).parents[2] / "flows" / "ess" / "documents"
PAPERS = [
    f"{paper}.{language}" for paper in ("trends-1", "trends-2") for language in ("fr", "en", "es")
]
BAND = {"fr": "> **Exemple.**", "en": "> **Sample.**", "es": "> **Ejemplo.**"}
ENOUGH_WORDS = 1200
ENOUGH_FACTS = 10
FIELDS = 5

paper = pytest.mark.parametrize("name", PAPERS)


def text_of(name: str) -> str:
    return (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8")


def parts(name: str) -> tuple[str, list[str]]:
    """The paper without its sources, and its numbered sources."""
    body, sources = re.split(
        r"^## (?:Sources|Fuentes)$", text_of(name), maxsplit=1, flags=re.MULTILINE
    )
    return body, re.findall(r"^\d+\. (.+)$", sources, flags=re.MULTILINE)


def dated_facts(name: str) -> set[int]:
    """The sources that are cited in a sentence that holds a year."""
    body, _ = parts(name)
    sentences = re.split(r"(?<=[.!?;:])\s+(?!\[)", body)
    dated = [sentence for sentence in sentences if re.search(r"\b(19|20)\d\d\b", sentence)]
    return {int(number) for sentence in dated for number in re.findall(r"\[(\d+)\]", sentence)}


@paper
def test_a_paper_says_at_once_that_it_is_a_sample(name: str) -> None:
    lines = [line for line in text_of(name).splitlines() if line]
    assert lines[0].startswith("# ")
    assert lines[1].startswith(BAND[name[-2:]])
    assert "Palabre" in lines[1]


@paper
def test_a_paper_has_1200_words_without_its_sources(name: str) -> None:
    body, _ = parts(name)
    assert len(re.findall(r"\w+(?:['’-]\w+)*", body)) >= ENOUGH_WORDS


@paper
def test_a_paper_states_ten_dated_facts_each_with_its_source(name: str) -> None:
    assert len(dated_facts(name)) >= ENOUGH_FACTS


@paper
def test_every_source_holds_a_year_and_is_cited_and_every_citation_has_a_source(name: str) -> None:
    body, sources = parts(name)
    assert all(re.search(r"\b(19|20)\d\d\b", source) for source in sources)
    assert {int(number) for number in re.findall(r"\[(\d+)\]", body)} == set(
        range(1, len(sources) + 1)
    )


@paper
def test_a_paper_asks_its_reader_on_all_five_fields(name: str) -> None:
    body, _ = parts(name)
    assert len(re.findall(r"^\d\. \*\*.+\*\*.*\?", body, flags=re.MULTILINE)) == FIELDS


@paper
def test_brackets_are_closed_and_no_link_is_left_half_written(name: str) -> None:
    text = text_of(name)
    assert text.count("[") == text.count("]")
    assert text.count("(") == text.count(")")
    assert text.count("**") % 2 == 0
    assert not re.search(r"\]\s*\[?\(|\]\(\s*\)", text)


@pytest.mark.parametrize("stem", ["trends-1", "trends-2"])
def test_the_three_languages_have_the_same_parts_and_cite_the_same_sources(stem: str) -> None:
    def outline(language: str) -> tuple[list[int], list[str]]:
        body, sources = parts(f"{stem}.{language}")
        headings = [len(marks) for marks in re.findall(r"^(#+) ", body, flags=re.MULTILINE)]
        return [*headings, len(sources)], re.findall(r"\[\d+\]", body)

    assert outline("en") == outline("fr")
    assert outline("es") == outline("fr")


@pytest.mark.parametrize("stem", ["trends-1", "trends-2"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_years_are_the_same_in_every_language(stem: str, language: str) -> None:
    def years(name: str) -> set[str]:
        return set(re.findall(r"\b(?:19|20)\d\d(?=s?\b)", text_of(name)))

    assert years(f"{stem}.{language}") == years(f"{stem}.fr")


@pytest.mark.parametrize("stem", ["trends-1", "trends-2", "agenda", "final"])
def test_french_says_vous_and_spanish_says_usted(stem: str) -> None:
    assert not re.search(r"\b(tu|toi|tes|ton)\b", text_of(f"{stem}.fr"))
    assert re.search(r"\b(vous|votre|vos)\b", text_of(f"{stem}.fr"))
    assert not re.search(r"\b(tú|vos|vosotros|ustedes|tus)\b", text_of(f"{stem}.es"))
    assert re.search(r"\b[Uu]sted\b", text_of(f"{stem}.es"))
