"""The program's own words, in the language of who reads them."""

import pytest

from bot.language import LANGUAGES, current, of_this_terminal, translations, use


@pytest.mark.parametrize(
    ("setting", "environment", "language"),
    [
        ("es", {"LANG": "fr_FR.UTF-8"}, "es"),
        ("", {"LANG": "fr_FR.UTF-8"}, "fr"),
        ("", {"LC_ALL": "es_MX", "LANG": "fr_FR"}, "es"),
        ("", {"LANG": "C.UTF-8"}, "en"),
        ("", {"LANG": "de_DE.UTF-8"}, "en"),
        ("", {}, "en"),
    ],
)
def test_a_command_speaks_as_it_is_set_or_as_its_terminal_does(
    monkeypatch: pytest.MonkeyPatch, setting: str, environment: dict[str, str], language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert of_this_terminal(setting) == language


def test_a_language_that_is_not_known_becomes_english() -> None:
    token = current.set("fr")
    use("de")
    assert current.get() == "en"
    current.reset(token)


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_a_sentence_is_said_in_each_language_and_an_unknown_one_as_it_stands(
    language: str,
) -> None:
    sentence = "There is no flow {name}; there are: {names}."
    said = translations(language).gettext(sentence)
    assert said != sentence
    assert "{name}" in said
    assert "{names}" in said
    assert translations(language).gettext("never written") == "never written"
