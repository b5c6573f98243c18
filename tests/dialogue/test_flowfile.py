"""What a flow file that is well written becomes."""

import pytest
from flowtexts import load, steps, with_steps

from bot.dialogue.flow import Choice, Jump, Step
from bot.dialogue.flow import Test as Asks

WHOLE = """\
# What people think of the draft.
title: Réactions
phase: reactions
language: fr
keywords: [AGENDA, PROYECTO]
minutes: 5

steps:

  accueil:
    say: |
      Bonjour {first_name}.
      {questions} questions.
    attach: paper

  points:
    for each: agenda item
    steps:
      avis:
        say: "{item.number}. {item.summary}"
        attach: item audio
        more: "{item.text}"
        ask: Qu'en pensez-vous ?
        choices:
          yes: D'accord
          no: Pas d'accord | Contre
        if yes: next item
      changement:
        only if: avis is no, and avis has no comment
        ask: Que faut-il changer ?
        answer: text or voice

endings:
  merci: Merci.
"""


def test_a_flow_is_what_its_file_says() -> None:
    """The head of a flow is read as it is written."""
    flow = load(WHOLE, "flows/ess/reactions.yaml")
    assert (flow.name, flow.title, flow.phase, flow.language) == (
        "reactions", "Réactions", "reactions", "fr",
    )  # fmt: skip
    assert flow.keywords == ("AGENDA", "PROYECTO")
    assert flow.minutes == 5
    assert [ending.text for ending in flow.endings] == ["Merci."]


def test_a_flow_holds_the_lists_and_documents_that_it_needs_and_no_others() -> None:
    """What a revision does not show does not change it."""
    flow = load(WHOLE)
    assert list(flow.lists) == ["agenda item"]
    assert list(flow.documents) == ["paper"]
    assert load(with_steps("salut:\n  say: Bonjour")).lists == {}


def test_each_step_knows_its_line() -> None:
    """The line of a step is the line of its name."""
    accueil, points = load(WHOLE).steps
    assert (accueil.line, points.line) == (10, 16)
    assert [step.line for step in points.steps] == [19, 28]


def test_yes_and_no_stay_words() -> None:
    """YAML would make booleans of them; here they are codes, and a text is a text."""
    block = load(WHOLE).steps[1].steps
    assert block[0].choices == (Choice("yes", "D'accord"), Choice("no", "Pas d'accord", "Contre"))
    assert block[0].jumps == (Jump("yes", "next item"),)
    assert block[1].only_if == (
        Asks("avis", "step", "is", ("no",)),
        Asks("avis", "step", "has no comment"),
    )


@pytest.mark.parametrize("written", ["no", "0123", "+221771", "08:30", "null", "~", "1.50", "true"])
def test_what_looks_like_a_number_stays_as_it_was_written(written: str) -> None:
    """A label keeps its zeros, its plus and its letters."""
    found = steps(f"q:\n  ask: Lequel ?\n  choices:\n    a: {written}\n    b: Autre")
    assert found["q"].choices[0].label == written


@pytest.mark.parametrize(
    ("written", "kind", "parts"),
    [
        ("answer: text", "text", ()),
        ("answer: voice", "voice", ()),
        ("answer: text or voice", "text or voice", ()),
        ("answer: number", "number", ()),
        ("answer: 1 to 5", "1 to 5", ()),
        ("answer: date", "date", ()),
        ("answer: time", "time", ()),
        ("answer: place", "place", ()),
        ("answer: photos", "photos", ()),
        ("answer: several photos or recordings", "several photos or recordings", ()),
        ('answer: "numbers: women, men, other"', "numbers", ("women", "men", "other")),
        ("answer:\n    numbers: women, men", "numbers", ("women", "men")),
        ("answer:\n    numbers:\n      women: Femmes\n      men: Hommes", "numbers",
         ("Femmes", "Hommes")),
        ("choices:\n    a: Un\n    b: Deux", "choice", ()),
        ("choices from: themes", "choice", ()),
    ],
)  # fmt: skip
def test_every_kind_of_answer_can_be_asked_for(written: str, kind: str, parts: object) -> None:
    """The kinds are those of docs/flows.md."""
    step = steps(f"q:\n  ask: Alors ?\n  {written}")["q"]
    assert step.answer == kind
    assert tuple(part.label for part in step.parts) == parts
    assert step.waits


@pytest.mark.parametrize(
    ("written", "choose", "most"),
    [("one", "one", 0), ("several", "several", 0), ("up to 2 in order", "in order", 2)],
)
def test_several_choices_may_be_asked_for(written: str, choose: str, most: int) -> None:
    """`choose` says how many, and whether their order counts."""
    step = steps(f"q:\n  ask: Lesquels ?\n  choices from: themes\n  choose: {written}")["q"]
    assert (step.choose, step.most) == (choose, most)


def test_a_list_can_be_offered_and_added_to() -> None:
    """What the step adds stands behind the list, and is known as added."""
    step = steps("""
    q:
      ask: Quel réseau ?
      choices from: networks
      choices:
        none: Aucun
    """)["q"]
    assert [choice.code for choice in step.choices] == ["tejido", "none"]
    assert (step.choices_from, step.added) == ("networks", 1)


@pytest.mark.parametrize("written", ["3 days, 10 days", "[3 days, 10 days]", "72 hours, 240 hours"])
def test_reminders_are_hours(written: str) -> None:
    """However they are written."""
    step = steps(f"q:\n  ask: Alors ?\n  answer: text\n  remind after: {written}")["q"]
    assert step.remind_after == (72, 240)


def test_a_question_can_be_optional_become_a_fact_and_hand_over() -> None:
    """The marks of a step."""
    step = steps("""
    q:
      ask: Votre prénom ?
      answer: text
      optional: yes
      keep as: first name
      hand over: yes
    """)["q"]
    assert (step.optional, step.keep_as, step.hand_over) == (True, "first name", True)


@pytest.mark.parametrize(
    ("condition", "tests"),
    [
        ("role is facilitator or partner",
         (Asks("role", "fact", "is", ("facilitator", "partner")),)),
        ("region is unknown", (Asks("region", "fact", "is unknown"),)),
        ("channel can play sound", (Asks("channel", "channel", "can play sound"),)),
        ("consent to be heard is yes", (Asks("consent to be heard", "fact", "is", ("yes",)),)),
        ("avant is a", (Asks("avant", "step", "is", ("a",)),)),
        ("note is 4 or 5", (Asks("note", "step", "is", ("4", "5")),)),
        ("avant has a comment, and note is 1",
         (Asks("avant", "step", "has a comment"), Asks("note", "step", "is", ("1",)))),
        ("network is unknown", (Asks("network", "fact", "is unknown"),)),
    ],
)  # fmt: skip
def test_conditions_are_sentences(condition: str, tests: tuple[Asks, ...]) -> None:
    """A name is a step's if there is one, else a fact's; the channel can be asked too."""
    found = steps(f"""
    avant:
      ask: Alors ?
      choices:
        a: Un
        b: Deux
    note:
      ask: Combien ?
      answer: 1 to 5
    network:
      only if: {condition}
      ask: Quel réseau ?
      choices from: networks
      keep as: network
    """)
    assert found["network"].only_if == tests


def test_a_block_can_run_over_what_a_person_chose() -> None:
    """`choice of STEP` needs no list."""
    found = steps("""
    domaines:
      ask: Lesquels ?
      choices from: themes
      choose: several
    chacun:
      for each: choice of domaines
      steps:
        quoi:
          ask: Que faire pour {item.title} ?
          answer: text
    """)
    assert found["chacun"].for_each == "choice of domaines"


def test_a_block_can_be_gone_through_a_few_times() -> None:
    """`up to 3 times` holds its steps."""
    found = steps("""
    propositions:
      up to 3 times:
        proposition:
          ask: Une proposition ?
          answer: text or voice
    """)
    assert found["propositions"].up_to == 3
    assert [step.name for step in found["propositions"].steps] == ["proposition"]


def test_inside_a_block_one_may_jump_on_past_it_and_out() -> None:
    """To the next item, further down, past the block, to an ending."""
    found = steps("""
    points:
      for each: agenda item
      steps:
        avis:
          ask: Alors ?
          choices:
            a: Un
            b: Deux
            c: Trois
            d: Quatre
          if a: next item
          if b: suite
          if c: apres
          if d: adieu
        suite:
          say: Suite.
        encore:
          say: Encore.
    apres:
      say: Après.
    """)
    assert [jump.target for jump in found["avis"].jumps] == ["next item", "suite", "apres", "adieu"]


def test_a_language_may_name_itself_where_languages_are_chosen() -> None:
    """Elsewhere a language's name would switch to it."""
    found = steps("""
    langue:
      ask: Votre langue ?
      choices:
        fr: Français
        en: English
      keep as: language
    """)
    assert isinstance(found["langue"], Step)
