"""What people may always say, as a whole message, in every language."""

import pytest

from bot.dialogue.commands import (
    COMMANDS,
    WORDS,
    command,
    language_named,
    own_name,
    start_payload,
)
from bot.dialogue.words import clean, plain


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("STOP", "stop"), ("Stop.", "stop"), ("arrêt", "stop"), ("Alto!", "stop"), ("baja", "stop"),
        ("arreter", "stop"), ("parar", "stop"), ("/start", "start"), ("Début", "start"),
        ("iniciar", "start"), ("/help", "help"), ("AYUDA", "help"), ("?", "help"),
        ("retour", "back"), ("Volver", "back"), ("passer", "skip"), ("répéter", "repeat"),
        ("más", "more"), ("assez", "enough"), ("Menú", "menu"), ("c'est tout", "done"),
        ("je veux parler à quelqu'un", "person"), ("UNE PERSONNE", "person"),
        ("vie privée", "privacy"), ("Olvídeme", "forget"), ("oubliez-moi", "forget"),
        ("oublie-moi", "forget"), ("forget me!", "forget"),
        ("Someone else is using this phone.", "someone else"),
    ],
)  # fmt: skip
def test_a_command_is_heard_without_case_accents_or_punctuation(said: str, meant: str) -> None:
    """In all three languages."""
    assert command(said) == meant


@pytest.mark.parametrize(
    "said", ["We must STOP this bill", "yes", "oui", "sí", "y", "fr", "", "stop me", "x" * 10_000]
)
def test_a_command_is_the_whole_message_and_yes_is_never_start(said: str) -> None:
    """Anything more is an answer."""
    assert command(said) is None


def test_every_command_can_be_said_in_each_language() -> None:
    """The table of words leaves no command out."""
    assert set(WORDS.values()) == set(COMMANDS)


def test_every_word_is_in_plain_letters() -> None:
    """A word with an accent in the table could never be heard."""
    assert [word for word in WORDS if plain(word) != word] == []


@pytest.mark.parametrize(
    ("said", "code"),
    [("English", "en"), ("français", "fr"), ("ESPAÑOL", "es"), ("Castellano", "es"),
     ("fr", ""), ("deutsch", ""), ("French", ""), ("", "")],
)  # fmt: skip
def test_a_language_is_known_by_its_own_name(said: str, code: str) -> None:
    """Two letters are not enough outside the language question."""
    assert language_named(said, ("fr", "en", "es")) == code


def test_a_language_that_is_added_later_has_its_own_name_too() -> None:
    """Without a line of code."""
    assert language_named("Deutsch", ("fr", "de")) == "de"
    assert own_name("es") == "Español"
    assert own_name("xx-nonsense") == "Xx-nonsense"


def test_a_typed_start_may_bring_a_networks_code() -> None:
    """As a join link does."""
    assert start_payload("/start tejido") == "tejido"
    assert start_payload("/start") == ""
    assert start_payload("start again") is None


def test_words_are_compared_by_letters_and_figures_alone() -> None:
    """Ligatures and the digits of the world included."""
    assert plain("  D’Accord… ŒUVRE ٣ 🔟 ") == "d accord oeuvre 3 10"
    assert clean("a\0b\ud800c") == "a�b�c"
