"""answers.csv: every mistake is named with its line and what to do about it."""

import pytest

from bot.dialogue.answersfile import LONGEST, load_answers
from bot.dialogue.fault import Faults
from bot.dialogue.flow import Outcome

FILE = "flows/ess/documents/answers.csv"
HEAD = "contribution,participant,step,item,section,fr,en"
SAID = "C'est fait.,It is done."


def read(*lines: str, head: str = HEAD) -> tuple[Outcome, ...]:
    """Read a table of these lines."""
    text = "\n".join((head, *lines)) + "\n"
    return load_answers(text, FILE, ("fr", "en"), ("land", "seeds"), ("manque", "avis"))


def wrong(*lines: str, head: str = HEAD) -> list[str]:
    """Return what is wrong, each as "LINE: sentence"."""
    with pytest.raises(Faults) as found:
        read(*lines, head=head)
    return [str(fault).removeprefix(f"{FILE}:") for fault in found.value.faults]


def test_a_line_is_about_a_contribution_or_about_what_someone_said_at_a_step() -> None:
    assert read(f"c1,,,,land,{SAID}", f",ama,avis,seeds,,{SAID}") == (
        Outcome({"fr": "C'est fait.", "en": "It is done."}, "land", "c1", line=2),
        Outcome({"fr": "C'est fait.", "en": "It is done."}, "", "", "ama", "avis", "seeds", 3),
    )


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_whatever_a_spreadsheet_puts_between_cells_is_understood(sign: str) -> None:
    (one,) = read(f"c1,,,,land,{SAID}".replace(",", sign), head=HEAD.replace(",", sign))
    assert one.section == "land"


def test_columns_may_stand_in_any_order_and_empty_lines_say_nothing() -> None:
    (one,) = read("", ",,", "Fait.,Done.,c1", head="fr,en,contribution")
    assert (one.contribution, one.line) == ("c1", 4)


def test_a_sentence_may_hold_commas_quotes_and_line_breaks() -> None:
    (one,) = read('c1,,,,,"Vous avez dit ""oui"",\nmerci.",Done.')
    assert one.texts["fr"] == 'Vous avez dit "oui",\nmerci.'


def test_a_table_without_lines_or_without_anything_is_well() -> None:
    assert read() == ()
    assert load_answers("", FILE, ("fr",), (), ()) == ()


@pytest.mark.parametrize(("line", "told"), [
    (f",,manque,,,{SAID}", ("2: this line does not say to which answer it belongs; fill in "
     "`contribution`, or `participant` and `step`, as in the export")),
    (f",ama,,,,{SAID}", ("2: this line does not say to which answer it belongs; fill in "
     "`contribution`, or `participant` and `step`, as in the export")),
    (f"c1,ama,manque,,,{SAID}", ("2: this line names an answer in two ways; "
     "keep `contribution`, or `participant` and `step`")),
    (f"the first,,,,,{SAID}", '2: "the first" is no code of the export; copy it from there'),
    (f",ama,manqe,,,{SAID}", '2: no flow asks "manqe"; did you mean "manque"?'),
    (f"c1,,,,lands,{SAID}", '2: the agenda has no item "lands"; did you mean "land"?'),
    ("c1,,,,,C'est fait.,", ("2: nothing is said here in en; "
     "write what became of it in every language")),
    ("c1,,,,,,", "2: nothing is said here in fr, en; write what became of it in every language"),
    (f"c1,,,,,{'a' * (LONGEST + 1)},b", ("2: the sentence in fr has 301 characters; "
     "keep it within 300")),
    ("c1,,,,,Bonjour {first_name}.,Hello.", ("2: the sentence in fr holds a brace; "
     "write it without: nothing is filled in here")),
])  # fmt: skip
def test_what_is_wrong_in_a_line_is_said_with_its_remedy(line: str, told: str) -> None:
    assert wrong(line) == [told]


def test_an_answer_has_one_line() -> None:
    assert wrong(f"c1,,,,,{SAID}", f"c2,,,,,{SAID}", f"c1,,,,,{SAID}") == [
        "4: this answer has a line already, line 2; keep one of them"
    ]


def test_a_column_that_is_not_known_is_named_and_one_language_must_be_there() -> None:
    assert wrong(head="contribution,sektion,fr") == [
        '1: there is no column "sektion"; did you mean "section"?'
    ]
    assert wrong(head="contribution,section") == [
        '1: no column holds what people are told; add the columns "fr, en"'
    ]


def test_what_is_no_table_is_named() -> None:
    (told,) = wrong("c1,,,,," + "a" * 200_000 + ",b")
    assert told.startswith("1: this table cannot be read")
