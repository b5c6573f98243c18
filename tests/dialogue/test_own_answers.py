"""Hearing what became of one's own answers, leaving it all behind, and telling how one speaks."""

import pytest
from programme import programme
from talk import NOON, Talker

from bot.dialogue.conversation import Person
from bot.dialogue.flow import Outcome

TOLD = """
steps:
  ready:
    ask: Shall we begin?
    choices:
      yes: Go ahead
      no: Not now
  know:
    only if: own answers are known
    ask: You answered {answered}. Would you like to know?
    choices:
      yes: Tell me
      no: Not now
  each:
    only if: know is yes
    for each: own answers
    steps:
      one:
        say: "{item.number}. {item.text} {item.summary}"
  none:
    only if: own answers are unknown
    say: Nothing was written about your answers.
  stay:
    ask: Shall we stay in touch?
    choices:
      yes: Gladly
      no: Better not
      erase: Erase it all
    keep as: stay in touch
    if erase: forget me
endings:
  thanks: Thank you.
"""
SEEDS = Outcome({"en": "You asked for seeds.", "fr": "Des graines."}, "seeds", "c1")
ROAD = Outcome({"fr": "Une route."}, "", "", "ama", "missing")
MAY = 1_810_000_000_000  # a day in May 2027


def told(*outcomes: Outcome, **known: object) -> Talker:
    """Someone who has begun, and of whose answers this became."""
    person = Person(language="en", facts={"consent to take part": "yes"}, **known)  # type: ignore[arg-type]
    return Talker(programme(TOLD), person, outcomes=outcomes).begins("test").says("1")


def test_nothing_is_shown_before_the_person_asks_for_it() -> None:
    ama = told(SEEDS)
    assert "seeds" not in ama.heard
    assert ama.asked == "know"
    assert "seeds" not in ama.says("2").heard


def test_each_answer_is_told_with_the_section_in_which_it_stands() -> None:
    heard = told(SEEDS, ROAD).says("1").heard
    assert "1. You asked for seeds. It is in section 2: Seeds." in heard
    assert "2. Une route.\n" in heard + "\n"  # better in another language than not at all


def test_where_nothing_was_written_nothing_is_offered() -> None:
    ama = told()
    assert ama.asked == "stay"
    assert "Nothing was written about your answers." in ama.heard


@pytest.mark.parametrize(("known", "said"), [
    ({}, "You answered. Would"),
    ({"done": {"reactions": MAY, "trends": NOON}}, "You answered in May. Would"),
    ({"done": {"welcome": MAY}}, "You answered. Would"),
    ({"done": {"reactions": MAY}, "put_off": ("reactions",)}, "You answered. Would"),
])  # fmt: skip
def test_it_is_said_when_they_answered_where_that_is_known(
    known: dict[str, object], said: str
) -> None:
    assert said in told(SEEDS, **known).heard


def test_what_is_told_is_asked_for_in_whichever_language_is_spoken_then() -> None:
    ama = told(SEEDS).says("français")
    assert "Des graines." in ama.says("1").heard


def test_to_be_forgotten_is_confirmed_once_and_done() -> None:
    ama = told().says("Erase it all")
    assert "Shall I erase everything about you?" in ama.heard
    assert not ama.turn.effects
    ama.says("yes")
    assert [effect.kind for effect in ama.turn.effects] == ["forget"]
    assert "stay" not in {kept.step for kept in ama.kept.values()}


def test_whoever_changes_their_mind_is_asked_again() -> None:
    ama = told().says("3").says("no")
    assert "All stays as it was." in ama.heard
    assert ama.asked == "stay"
    assert ama.says("1").person.facts["stay in touch"] == "yes"


def test_other_words_at_the_confirmation_belong_to_the_question() -> None:
    assert told().says("3").says("Better not").person.facts["stay in touch"] == "no"


SPOKEN = """
steps:
  first:
    ask: What is missing?
    answer: text or voice
  tongue:
    only if: person has spoken, and spoken language is unknown
    ask: Which language do you speak?
    answer: text or voice
    optional: yes
    keep as: spoken language
endings:
  thanks: Thank you.
"""


def test_who_has_spoken_is_asked_in_which_language_and_who_has_written_is_not() -> None:
    person = Person(language="en", facts={"consent to take part": "yes"})
    ama = Talker(programme(SPOKEN), person).begins("test").speaks()
    assert ama.asked == "tongue"
    assert ama.says("Wolof").person.facts["spoken language"] == "Wolof"
    assert Talker(programme(SPOKEN), person).begins("test").says("water").asked == ""


def test_a_language_that_is_said_aloud_is_left_to_a_human_ear() -> None:
    person = Person(language="en", facts={"consent to take part": "yes"})
    ama = Talker(programme(SPOKEN), person).begins("test").speaks().speaks()
    assert ama.person.facts["spoken language"] == "?"
    assert ama.answer("tongue").files
