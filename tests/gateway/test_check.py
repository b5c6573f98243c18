"""`palabre check`: what it calls a fault, what it warns of, what it measures."""

from pathlib import Path
from textwrap import dedent, indent

import pytest
from test_library import CONSULTATION, PO, catalogue, write

from bot.gateway.check import Report, check
from bot.gateway.library import Library
from bot.gateway.report import format_report
from bot.gateway.walk import Exchanges, exchanges, turns

FLOW = """\
title: Accueil
steps:
{steps}
endings:
  merci: Merci.
  adieu: Adieu.
"""
AGENDA = "items:\n  one:\n    title: Un\n    summary: {summary}\n  two:\n    title: Deux\n"
CHOICE = "    ask: Alors ?\n    choices:\n      yes: Oui\n      no: Non\n"


def looked_at(
    folder: Path, steps: str, *, english: dict[str, str] | None = None, summary: str = "Court."
) -> tuple[Report, Library]:
    """Check a consultation of one flow."""
    write(folder, "flows/demo/consultation.yaml", CONSULTATION)
    write(folder, "flows/demo/welcome.yaml", FLOW.format(steps=steps.rstrip("\n")))
    write(folder, "flows/demo/documents/agenda.yaml", AGENDA.format(summary=summary))
    write(folder, "flows/demo/documents/documents.yaml", "documents:\n  a:\n    title: A\n")
    write(folder, "locales/en/LC_MESSAGES/demo.po", PO + catalogue(english or {}))
    library = Library(folder / "flows", "demo", folder / "locales", tolerant=True)
    return check(library), library


def warned(report: Report) -> list[str]:
    """Return the warnings but for what is missing in English, which is everything."""
    return [str(each) for each in report.warnings if "are missing" not in each.what]


def test_a_good_flow_has_no_fault_and_no_warning(tmp_path: Path) -> None:
    """And the exit status is 0."""
    report, _ = looked_at(tmp_path, "  a:\n" + CHOICE)
    assert (report.faults, warned(report), report.exit_status) == ((), [], 0)


def test_faults_of_files_make_the_check_fail(tmp_path: Path) -> None:
    """With file and line."""
    report, _ = looked_at(tmp_path, "  a:\n    ask: Alors ?\n")
    assert report.exit_status == 1
    assert str(report.faults[0]).startswith("flows/demo/welcome.yaml:4: ")


@pytest.mark.parametrize("word", ["Stop", "Yes", "Pass", "Help", "End", "Alto", "Retour"])
def test_a_translated_label_that_means_something_else_is_a_fault(tmp_path: Path, word: str) -> None:
    """In whatever language the word is one."""
    report, _ = looked_at(tmp_path, "  a:\n" + CHOICE, english={"Oui": word})
    (fault,) = report.faults
    assert str(fault) == (
        f'flows/demo/welcome.yaml:3: en: step "a" offers "{word}", a word by which people, or the '
        "carrier, mean something else at any time; choose other words in the catalogue"
    )


def test_two_labels_that_a_translation_made_the_same_are_a_fault(tmp_path: Path) -> None:
    """Nobody could tell them apart."""
    report, _ = looked_at(tmp_path, "  a:\n" + CHOICE, english={"Oui": "Well", "Non": "well."})
    assert [fault.what for fault in report.faults] == [
        'en: step "a": "yes" and "no" both read "well."'
    ]


def test_a_translation_that_renamed_a_placeholder_is_a_fault_in_the_catalogue(
    tmp_path: Path,
) -> None:
    """At the translator's line."""
    said = {"Bonjour {first_name}.": "Hi {name}."}
    report, _ = looked_at(tmp_path, "  a:\n    say: Bonjour {first_name}.\n", english=said)
    (fault,) = report.faults
    assert str(fault) == (
        "locales/en/LC_MESSAGES/demo.po:4: the translation does not have the placeholders of "
        "flows/demo/welcome.yaml:3; use the same {words} in braces as the original"
    )


def test_what_a_language_lacks_is_summed_up_by_file(tmp_path: Path) -> None:
    """With the first lines."""
    report, _ = looked_at(tmp_path, "  a:\n" + CHOICE, english={"Oui": "I do", "Merci.": "Thanks."})
    assert (
        "flows/demo/welcome.yaml:1: en: 4 sentences are missing (lines 1, 3, 10); translate them "
        "in locales/, after `palabre translate update`"
    ) in [str(each) for each in report.warnings]


STOPS_SHORT = "a sentence stops short; put it where the sentence can do without it"
LONG_LABEL = '"Oui, sans aucune réserve": add a short form of 20 signs, "label | short"'


@pytest.mark.parametrize(
    ("words", "question", "said"),
    [
        ("Un mot. " * 40, "Alors ?", "the first message has 328 characters; keep it within 300"),
        ("Un mot ê. " * 14, "Alors ?",
         "the first message takes 3 SMS segments; keep it within 2"),
        ("Salut.", "Qui ? Où ?", 'step "a" asks two things; make it two steps'),
        ("Salut.\n    attach: a", "Alors ?",
         'step "a" attaches "a", which has no file here; add the file, or it is passed over'),
        ("Merci à ceux de {network} !", "Alors ?", "where {network} is empty, " + STOPS_SHORT),
        ("'Le lien : {network.link}'", "Alors ?",
         "where {network.link} is empty, " + STOPS_SHORT),
        ("Salut.", "Alors ?\n    choices:\n      yes: Oui, sans aucune réserve\n      no: Non",
         'step "a": 1 labels are too long for whatsapp; ' + LONG_LABEL),
    ],
)  # fmt: skip
def test_what_works_but_badly_is_a_warning(
    tmp_path: Path, words: str, question: str, said: str
) -> None:
    """In each language in which it does."""
    answer = "" if "choices" in question else "    answer: text\n"
    report, _ = looked_at(tmp_path, f"  a:\n    say: {words}\n    ask: {question}\n{answer}")
    assert report.exit_status == 0
    assert f"flows/demo/welcome.yaml:3: fr: {said}" in warned(report)


def test_a_short_form_is_enough_for_a_narrow_place(tmp_path: Path) -> None:
    """It is what stands on the button."""
    label = "Oui, sans aucune réserve | Oui, tout"
    report, _ = looked_at(tmp_path, "  a:\n" + CHOICE.replace("Oui", label))
    assert warned(report) == []


def test_a_long_summary_is_a_warning_where_it_is_written(tmp_path: Path) -> None:
    """More than three SMS."""
    block = "  p:\n    for each: agenda item\n    steps:\n      a:\n        say: '{item.summary}'\n"
    report, _ = looked_at(tmp_path, block, summary="Un mot. " * 60)
    assert (
        'flows/demo/documents/agenda.yaml:4: the summary of "one" takes 4 SMS segments; '
        "keep it within 3"
    ) in warned(report)


WAYS = {
    "one question": ("a: CHOICE", (1, 1)),
    "a way out": ("a: CHOICE\n  if no: adieu\nb: CHOICE", (1, 2)),
    "a condition": ("a: CHOICE\nb: CHOICE\n  only if: a is no", (1, 2)),
    "a jump over": ("a: CHOICE\n  if no: c\nb: CHOICE\nc: CHOICE", (2, 3)),
    "a block": (
        """\
p:
  for each: agenda item
  steps:
    a:
      ask: Alors ?
      answer: text
    b:
      only if: role is partner
      ask: Quoi ?
      answer: text""",
        (2, 4),
    ),
    "a block that one can leave": (
        """\
p:
  for each: agenda item
  steps:
    a:
      ask: Alors ?
      choices:
        yes: Oui
        no: Non
      if no: adieu
    b:
      ask: Quoi ?
      answer: text
c: CHOICE""",
        (1, 5),
    ),
    "a block that one goes on in": (
        """\
p:
  for each: agenda item
  steps:
    a:
      ask: Alors ?
      choices:
        yes: Oui
        no: Non
      if no: next item
    b:
      ask: Quoi ?
      answer: text""",
        (2, 4),
    ),
    "up to three times": (
        """\
p:
  up to 3 times:
    a:
      ask: Quoi ?
      answer: text""",
        (1, 3),
    ),
    "what was chosen": (
        """\
d:
  ask: Lesquels ?
  choices from: agenda item
  choose: several
p:
  for each: choice of d
  steps:
    a:
      ask: Et {item.title} ?
      answer: text""",
        (2, 3),
    ),
    "no question": ("a:\n  say: Salut.", (0, 0)),
}


@pytest.mark.parametrize(("steps", "counted"), WAYS.values(), ids=WAYS)
def test_exchanges_are_counted_from_the_shortest_way_to_the_longest(
    tmp_path: Path, steps: str, counted: tuple[int, int]
) -> None:
    """Jumps, conditions and blocks included."""
    written = steps.replace("CHOICE", "\n" + indent(dedent(CHOICE), "  ").rstrip())
    report, library = looked_at(tmp_path, indent(written, "  "))
    assert not report.faults
    assert exchanges(library.flow("welcome", "fr")) == Exchanges(*counted)


def test_turns_are_what_is_said_at_once(tmp_path: Path) -> None:
    """All that stands between two answers, item by item, then the ending."""
    _, library = looked_at(
        tmp_path,
        "  salut:\n    say: Bonjour {first_name}.\n  p:\n    for each: agenda item\n    steps:\n"
        "      a:\n        say: '{item.number}. {item.title}'\n        ask: Alors ?\n"
        "        answer: text\n  fin:\n    say: Fini.\n",
    )
    flow = library.flow("welcome", "fr")
    said = [[prompt.text for prompt in turn.prompts] for turn in turns(flow, everything=True)]
    assert said == [
        ["Bonjour Fatoumata.", "1. Un", "Alors ?"], ["2. Deux", "Alors ?"], ["Fini.", "Merci."],
    ]  # fmt: skip
    empty = next(turns(flow, everything=True, empty=True))
    assert empty.prompts[0].text == "Bonjour."


def test_figures_are_given_by_flow_language_and_channel(tmp_path: Path) -> None:
    """Segments for SMS alone; what makes a text dear is shown."""
    report, _ = looked_at(
        tmp_path, "  a:\n    say: Où êtes-vous, là-bas ?\n" + CHOICE, english={"Non": "No"}
    )
    by_place = {(each.language, each.channel): each for each in report.figures}
    assert by_place.keys() == {
        (language, channel)
        for language in ("fr", "en")
        for channel in ("telegram", "sms", "whatsapp")
    }
    sms = by_place["fr", "sms"]
    assert (sms.segments_first, sms.segments_least, sms.segments_most) == (1, 2, 2)
    assert sms.dear_letters == "ê"
    assert sms.longest == len("Où êtes-vous, là-bas ?\nAlors ?\n1. Oui\n2. Non")
    assert sms.longest_step == "a"
    assert by_place["fr", "telegram"].segments_most == 0


def test_on_a_pipe_the_report_is_plain_lines(tmp_path: Path) -> None:
    """So that scripts can read it."""
    report, _ = looked_at(tmp_path, "  a:\n    ask: Alors ?\n")
    text = format_report(report)
    assert text.startswith("Faults:\nflows/demo/welcome.yaml:4: ")
    assert text.endswith("1 faults, " + f"{len(report.warnings)} warnings.")
    assert "\x1b" not in text


def test_on_a_terminal_figures_are_a_table(tmp_path: Path) -> None:
    """One line for a flow, a language and a channel."""
    report, _ = looked_at(tmp_path, "  a:\n" + CHOICE)
    text = format_report(report, terminal=True, width=120)
    assert "questions" in text
    assert sum("welcome" in line and "telegram" in line for line in text.splitlines()) == 2


def test_what_ships_has_no_fault() -> None:
    """Nor a label too long, nor a message that asks two things."""
    root = Path(__file__).parents[2]
    report = check(Library(root / "flows", "ess", root / "locales", tolerant=True))
    assert report.faults == ()
    assert [each for each in report.warnings if "too long" in each.what] == []
    assert [each for each in report.warnings if "asks two things" in each.what] == []
