"""The sample final agenda: the same items as the draft, and in each who should do what."""

import csv
import re
from pathlib import Path

import pytest
import yaml

from bot.dialogue.answersfile import COLUMNS

DOCUMENTS = Path(__file__).parents[2] / "flows" / "ess" / "documents"
LANGUAGES = ("fr", "en", "es")
BAND = {"fr": "> **Exemple.**", "en": "> **Sample.**", "es": "> **Ejemplo.**"}
PAYS = {"fr": "**Qui paie :**", "en": "**Who pays:**", "es": "**Quién paga:**"}
NOBODY_ASKED = {"fr": "personne n'a été consulté", "en": "nobody was consulted",
                "es": "no se consultó a nadie"}  # fmt: skip

language = pytest.mark.parametrize("language", LANGUAGES)


def text_of(name: str) -> str:
    return (DOCUMENTS / name).read_text(encoding="utf-8")


def sections(text: str) -> list[str]:
    """The numbered parts, each with its heading."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return [part for part in parts if part[0].isdigit()]


@language
def test_it_says_at_once_that_it_is_a_sample_for_which_nobody_was_asked(language: str) -> None:
    band = text_of(f"final.{language}.md").splitlines()[2]
    assert band.startswith(BAND[language])
    assert NOBODY_ASKED[language] in band


@language
def test_its_sections_are_the_items_of_the_draft_in_their_order(language: str) -> None:
    """So that "it is in section 3" means the same in both."""
    final, draft = (sections(text_of(f"{name}.{language}.md")) for name in ("final", "agenda"))
    assert [part.splitlines()[:3] for part in final] == [part.splitlines()[:3] for part in draft]
    items = yaml.load(text_of("agenda.yaml"), yaml.BaseLoader)["items"]
    assert len(final) == len(items)


@language
def test_each_section_names_who_should_do_what_and_who_pays(language: str) -> None:
    for part in sections(text_of(f"final.{language}.md")):
        doing = [line for line in part.splitlines() if line.startswith("- **")]
        assert len(doing) >= 3
        assert doing[-1].startswith(f"- {PAYS[language]}")


@language
def test_its_numbers_are_those_of_the_draft(language: str) -> None:
    for final, draft in zip(sections(text_of(f"final.{language}.md")),
                            sections(text_of(f"agenda.{language}.md")), strict=True):  # fmt: skip
        assert set(re.findall(r"\d+(?:[,.]\d+)*", final)) <= set(
            re.findall(r"\d+(?:[,.]\d+)*", draft)
        )


def test_the_drafters_table_ships_empty_with_all_its_columns() -> None:
    (head,) = csv.reader(text_of("answers.csv").splitlines())
    assert head == [*COLUMNS, *LANGUAGES]
