"""Placeholders: a closed list, filled in without any code being run, readable when empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.placeholders import PLACEHOLDERS, fill, lone_brace, names_in, wrong_name

KNOWN = {"first_name": "Ama", "network": "Tejido", "item.number": "2", "questions": 7}


@pytest.mark.parametrize(
    ("text", "with_values", "without"),
    [
        ("Bonjour {first_name}.", "Bonjour Ama.", "Bonjour."),
        ("Bonjour {first_name} !", "Bonjour Ama !", "Bonjour !"),
        ("Bonjour, {first_name} !", "Bonjour, Ama !", "Bonjour !"),
        ("Bonjour {first_name}, voici la suite.", "Bonjour Ama, voici la suite.",
         "Bonjour, voici la suite."),
        ("{first_name}, merci.", "Ama, merci.", "Merci."),
        ("Oui, {first_name}, merci.", "Oui, Ama, merci.", "Oui, merci."),
        ("Merci {first_name}", "Merci Ama", "Merci"),
        ("¿{first_name}?", "¿Ama?", "¿?"),
        ("Votre réseau ({network}) vous invite.", "Votre réseau (Tejido) vous invite.",
         "Votre réseau vous invite."),
        ("Avant\n{network}\nAprès", "Avant\nTejido\nAprès", "Avant\nAprès"),
        ("Faites passer :\n{network}", "Faites passer :\nTejido", "Faites passer :"),
        ("{item.number}. Un toit", "2. Un toit", "Un toit"),
        ("Merci à {first_name} de {network} pour tout.", "Merci à Ama de Tejido pour tout.",
         "Merci à de pour tout."),
        ("{questions} questions", "7 questions", "Questions"),
        ("Rien à remplir.", "Rien à remplir.", "Rien à remplir."),
        ("{first_name} {network}", "Ama Tejido", ""),
    ],
)  # fmt: skip
def test_a_text_reads_well_with_and_without_what_is_known(
    text: str, with_values: str, without: str
) -> None:
    """The blank, the comma, the brackets, the line around an empty word go with it."""
    assert fill(text, KNOWN) == with_values
    assert fill(text, {}) == without
    assert fill(text, dict.fromkeys(KNOWN, "")) == without


@pytest.mark.parametrize("name", ["{network}", "{0.__class__}", "%s", "{first_name}", "\0", "{"])
def test_what_people_are_called_is_never_read_as_a_placeholder(name: str) -> None:
    """A value is put in as it is, once."""
    said = fill("Bonjour {first_name}.", {"first_name": name, "network": "Tejido"})
    assert said == f"Bonjour {name}.".replace("\0.", ".").replace(" .", ".")


def test_only_the_surroundings_of_an_empty_word_are_mended() -> None:
    """French blanks before its signs stay where they were."""
    assert fill("Alors ?  Oui !\n\nBonjour {first_name}.", {}) == "Alors ?  Oui !\n\nBonjour."


@given(st.text(), st.dictionaries(st.sampled_from(PLACEHOLDERS), st.text()))
def test_no_text_and_no_value_can_break_it(text: str, values: dict[str, str]) -> None:
    """And what has no placeholder comes out as it went in."""
    filled = fill(text, values)
    assert filled == text or "{" in text


@pytest.mark.parametrize(
    ("name", "in_block", "said"),
    [
        ("first_name", False, None),
        ("item.title", True, None),
        ("firstname", True, ("there is no placeholder {firstname}", 'did you mean "first_name"?')),
        ("item.titel", True, ("there is no placeholder {item.titel}",
                              'did you mean "item.title"?')),
        ("item.title", False, (
            '{item.title} means the current item, and this step stands in no "for each"',
            "move it into the block, or take the placeholder out")),
    ],
)  # fmt: skip
def test_an_unknown_placeholder_is_named(name: str, in_block: bool, said: object) -> None:
    """With what may have been meant."""
    assert wrong_name(name, in_block=in_block) == said


def test_the_placeholders_of_a_text_are_found_in_their_order() -> None:
    """As they are written, twice if they stand there twice."""
    assert list(names_in("{b} and {a} and {b}")) == ["b", "a", "b"]


@pytest.mark.parametrize(("text", "alone"), [("{a} b", False), ("{a b", True), ("a} b", True)])
def test_a_brace_that_stands_alone_is_seen(text: str, alone: bool) -> None:
    """It would be shown to people as it is."""
    assert lone_brace(text) is alone
