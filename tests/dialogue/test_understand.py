"""How answers are read: forgiving, as a person would be."""

import pytest
from talk import NOON

from bot.dialogue.dates import parse_date, parse_time, said_date
from bot.dialogue.flow import Choice
from bot.dialogue.numbers import parse_number, parse_numbers, said_number
from bot.dialogue.understand import Offer, read_one, read_several

VIEWS = Offer(
    (
        Choice("agree", "D'accord"),
        Choice("amend", "À modifier"),
        Choice("oppose", "Pas d'accord", "Contre"),
    )
)
CONSENT = Offer((Choice("yes", "I agree"), Choice("no", "No")))
THEMES = Offer(
    tuple(
        Choice(code, label)
        for code, label in (
            ("food", "Agriculture"),
            ("trade", "Commerce équitable"),
            ("housing", "Logement"),
            ("health", "Santé"),
            ("law", "Droit et finance"),
        )
    )
)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("1", "agree"), (" 1. ", "agree"), ("1)", "agree"), ("un", "agree"), ("uno", "agree"),
        ("first", "agree"), ("la première", "agree"), ("1er", "agree"), ("the second one", "amend"),
        ("numéro 2", "amend"), ("2e", "amend"), ("3️⃣", "oppose"), ("٣", "oppose"), ("３", "oppose"),
        ("③", "oppose"), ("D'ACCORD !", "agree"), ("d’accord", "agree"), ("daccord", "agree"),
        ("a modifier", "amend"), ("à mod", "amend"), ("Contre", "oppose"), ("pas", "oppose"),
        ("pas d'acord", "oppose"),
    ],
)  # fmt: skip
def test_a_choice_is_read_by_number_word_label_beginning_or_nearly(said: str, code: str) -> None:
    """All of these mean one choice, and nothing besides."""
    read = read_one(VIEWS, said)
    assert read is not None
    assert (read.codes, read.comment) == ((code,), "")


@pytest.mark.parametrize(
    ("said", "code", "comment"),
    [
        ("2 trop cher", "amend", "trop cher"), ("2, trop cher", "amend", "trop cher"),
        ("2) trop cher", "amend", "trop cher"), ("٢ غالي", "amend", "غالي"),
        ("D'accord, mais pas ici", "agree", "mais pas ici"),
        ("Pas d'accord du tout", "oppose", "du tout"),
        ("contre : trop loin", "oppose", "trop loin"),
    ],
)  # fmt: skip
def test_a_choice_with_more_words_is_the_choice_and_a_comment(
    said: str, code: str, comment: str
) -> None:
    """Nothing said is thrown away."""
    assert read_one(VIEWS, said)[:2] == ((code,), comment)  # type: ignore[index]


@pytest.mark.parametrize(
    "said",
    ["4", "0", "135", "2 ou 3", "1, 2", "2000 francs", "1.5", "je ne suis pas d'accord", "un homme",
     "bonjour", "👍", "\0", "\ud800", "", "   ", "?"],
)  # fmt: skip
def test_what_could_mean_anything_is_no_choice(said: str) -> None:
    """A doubtful choice is not made for people."""
    assert read_one(VIEWS, said) is None


@pytest.mark.parametrize(
    ("said", "code"),
    [("oui", "yes"), ("Sí", "yes"), ("YES", "yes"), ("non", "no"), ("no.", "no"), ("n", "no"),
     ("non merci", "no"), ("no, gracias", "no"), ("oui mais sans mon nom", "yes")],
)  # fmt: skip
def test_a_typed_yes_or_no_counts_in_any_language_where_codes_are_yes_and_no(
    said: str, code: str
) -> None:
    """Whatever the labels say."""
    assert read_one(CONSENT, said).codes == (code,)  # type: ignore[union-attr]


@pytest.mark.parametrize("said", ["no sé", "si no llueve", "no problem", "nom", "agre"])
def test_a_consent_is_never_guessed(said: str) -> None:
    """Words that only begin or look like a yes or no are neither."""
    assert read_one(CONSENT, said) is None


@pytest.mark.parametrize(
    ("said", "codes", "comment"),
    [
        ("135", "food housing law", ""), ("1, 3 et 5", "food housing law", ""),
        ("5 3 1", "law housing food", ""), ("3 3 1", "housing food", ""), ("2", "trade", ""),
        ("logement et santé", "housing health", ""), ("Droit et finance, santé", "law health", ""),
        ("1 3 parce que c'est loin", "food housing", "parce que c'est loin"),
        ("2 trop cher", "trade", "trop cher"), ("agricultre", "food", ""),
    ],
)  # fmt: skip
def test_several_choices_keep_their_order_and_lose_doubles(
    said: str, codes: str, comment: str
) -> None:
    """However they are strung together."""
    read = read_several(THEMES, said)
    assert read is not None
    assert (" ".join(read.codes), read.comment) == (codes, comment)


@pytest.mark.parametrize("said", ["16", "1 9", "tout", ""])
def test_numbers_that_are_not_offered_make_no_choice(said: str) -> None:
    """Not even in part."""
    assert read_several(THEMES, said) is None


def test_a_number_of_two_figures_is_one_choice_in_a_long_list() -> None:
    """With more than nine choices "12" is the twelfth."""
    many = Offer(tuple(Choice(f"c{n}", f"Choice {n}") for n in range(1, 13)))
    assert read_several(many, "12").codes == ("c12",)  # type: ignore[union-attr]


def test_two_labels_that_look_alike_are_not_guessed_between() -> None:
    """A mistyped label must be nearer to one than to any other."""
    alike = Offer((Choice("a", "Coopérative A"), Choice("b", "Coopérative B")))
    assert read_one(alike, "cooperativ") is None


@pytest.mark.parametrize(
    ("said", "language", "number"),
    [
        ("12", "en", 12), ("١٢", "en", 12), ("1 234,5", "fr", 1234.5), ("1,234", "en", 1234),
        ("1.234", "es", 1234), ("quatre-vingt-douze", "fr", 92), ("septante-deux", "fr", 72),
        ("treinta y dos", "es", 32), ("thirty two", "en", 32), ("environ 30 personnes", "fr", 30),
        ("douze", "en", 12), ("zéro", "fr", 0), ("aucune", "fr", 0), ("-3", "en", -3),
    ],
)  # fmt: skip
def test_numbers_are_read_as_each_language_writes_them(
    said: str, language: str, number: float
) -> None:
    """In figures or words."""
    assert parse_number(said, language) == number


@pytest.mark.parametrize("said", ["", "beaucoup", "30 ou 40", "9" * 400, "un jour je viendrai 2 3"])
def test_what_is_no_single_number_is_none(said: str) -> None:
    """Two numbers are no answer to "how many"."""
    assert parse_number(said, "fr") is None


def test_several_numbers_are_read_in_order_or_by_name() -> None:
    """Both ways people write a head count."""
    parts = (Choice("women", "femmes"), Choice("men", "hommes"))
    assert parse_numbers("12, 8", parts, "fr") == {"women": 12, "men": 8}
    assert parse_numbers("8 hommes et 12 femmes", parts, "fr") == {"women": 12, "men": 8}
    assert parse_numbers("12", parts, "fr") is None


def test_a_number_is_said_as_the_language_writes_it() -> None:
    """Small ones bare, great ones grouped without signs that make an SMS dear."""
    assert said_number(1234, "fr") == "1234"
    assert said_number(12345.5, "fr") == "12 345,5"


@pytest.mark.parametrize(
    ("said", "language", "iso"),
    [("le 14 mars", "fr", "2027-03-14"), ("03/04/2027", "en", "2027-04-03"),
     ("2027-01-05", "es", "2027-01-05"), ("mañana", "es", "2026-09-22"),
     ("14 March 2027", "en", "2027-03-14")],
)  # fmt: skip
def test_dates_are_read_day_first_and_ahead(said: str, language: str, iso: str) -> None:
    """On 21 September 2026 "14 March" is next year's."""
    assert parse_date(said, language, NOON) == iso


@pytest.mark.parametrize("said", ["bonjour", "", "2027-02-30", "x" * 500])
def test_what_is_no_date_is_none(said: str) -> None:
    """Nothing is made up."""
    assert parse_date(said, "fr", NOON) is None


def test_a_date_is_read_back_with_its_day() -> None:
    """So that a mistake is seen."""
    assert said_date("2027-03-14", "fr") == "dimanche 14 mars 2027"
    assert said_date("soon", "fr") == "soon"


@pytest.mark.parametrize(
    ("said", "time"),
    [("14h30", "14:30"), ("14:30", "14:30"), ("14 h", "14:00"), ("2pm", "14:00"), ("9", "09:00"),
     ("2:15 p.m.", "14:15"), ("12 am", "00:00"), ("midi", "12:00"), ("à 8h", "08:00"),
     ("25:00", None), ("bientôt", None), ("", None)],
)  # fmt: skip
def test_times_are_read_as_people_write_them(said: str, time: str | None) -> None:
    """Figures, letters, and noon."""
    assert parse_time(said) == time
