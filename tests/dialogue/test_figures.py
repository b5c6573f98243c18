"""Figures are said as people of the language say them, and few is never a number."""

import pytest
from programme import shipped
from talk import Printed

from bot.dialogue.figures import said_count, said_figure, said_month
from bot.dialogue.placeholders import PLACEHOLDERS
from channels.segments import is_seven_bit

FIGURES = [name.partition(".")[2] for name in PLACEHOLDERS if name.startswith("figures.")]


def counted(**figures: object) -> Printed:
    """The consultation that ships, with so many people."""
    from dataclasses import replace

    return replace(shipped(), figures=figures)


@pytest.mark.parametrize(("language", "said"), [("fr", "12 345"), ("en", "12,345"),
                                                ("es", "12.345")])  # fmt: skip
def test_a_count_is_written_as_the_language_does_and_doubles_no_sms(
    language: str, said: str
) -> None:
    assert said_figure(counted(people=12345), language, "people") == said
    assert is_seven_bit(said_count(1234567, language))


@pytest.mark.parametrize(("language", "said"), [
    ("fr", "Nourriture, agriculture (120) et Santé (7)"),
    ("en", "Food and farming (120) and Health (7)"),
    ("es", "Alimentos y agricultura (120) y Salud (7)"),
])  # fmt: skip
def test_counts_by_theme_have_the_labels_of_the_language(language: str, said: str) -> None:
    assert (
        said_figure(counted(by_theme=(("food", 120), ("health", 7))), language, "by_theme") == said
    )


def test_languages_are_named_in_the_readers_own_and_spanish_minds_its_ear() -> None:
    programme = counted(by_language=(("fr", 70), ("en", 12)))
    assert said_figure(programme, "en", "by_language") == "French (70) and English (12)"
    assert said_figure(programme, "es", "by_language") == "francés (70) e inglés (12)"


def test_what_has_no_label_is_said_as_it_is() -> None:
    programme = counted(by_theme=(("weaving", 6),), by_language=(("quenya!", 5),))
    assert said_figure(programme, "en", "by_theme") == "weaving (6)"
    assert said_figure(programme, "en", "by_language") == "quenya! (5)"


def test_of_a_long_list_the_five_greatest_are_said() -> None:
    many = tuple((f"t{number}", 100 - number) for number in range(9))
    assert said_figure(counted(by_theme=many), "en", "by_theme").count("(") == 5


@pytest.mark.parametrize("language", ["fr", "en", "es"])
@pytest.mark.parametrize("name", FIGURES)
def test_what_is_withheld_or_unknown_is_said_in_words(name: str, language: str) -> None:
    for programme in (counted(), counted(**{name: None})):
        said = said_figure(programme, language, name)
        assert said
        assert not any(sign.isdigit() for sign in said)


def test_a_month_is_that_of_the_consultations_zone() -> None:
    last_minute_of_april = 1_809_129_540_000
    assert said_month(last_minute_of_april, "UTC", "fr") == "avril"
    assert said_month(last_minute_of_april, "Africa/Nairobi", "es") == "mayo"
