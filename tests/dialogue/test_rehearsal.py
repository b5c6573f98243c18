"""Rehearsals: read, played, compared, written anew."""

import pytest
from programme import programme

from bot.dialogue.fault import Faults
from bot.dialogue.rehearsal import passing, read_rehearsal, same
from bot.dialogue.rehearsing import play

FLOW = """
steps:
  view:
    ask: What do you think?
    choices:
      agree: Agreed
      amend: Change it
  change:
    only if: view is amend
    ask: What should change?
    answer: text or voice
  best:
    ask: Which come first?
    choices:
      land: The land
      water: The water
    choose: up to 2 in order
    keep as: themes
endings:
  thanks: Thank you {first_name}. We will write to you.
"""
WRITTEN = """\
# Ama answers by voice.
flow: test
language: en
facts: first name = Ama
bot: What do you think?
     1. Agreed
     2. Change it
ama: 2
kept: view = amend
bot: What should change?
# Three days go by.
[three days later]
ama: hello
bot: We were at question 1 of 2: …
ama: [voice note ferry.ogg, 12 s]
kept: change = ferry.ogg
bot: I received your voice message of 12 seconds.
bot: Which come first?
     1. The land
     2. The water
     [Done]
     [Add to my answer]
ama: [button The water]
bot: Which come first?
     1. The land
     2. The water (1)
     [Done]
     [Add to my answer]
ama: 1 because of the children
kept: best = water land (because of the children)
fact: themes = water land
bot: Thank you Ama. …
"""


def test_a_rehearsal_that_comes_out_the_same_has_no_differences() -> None:
    """Word for word; "…" stands for whatever follows."""
    played = play(read_rehearsal(WRITTEN, "ama.txt"), programme(FLOW))
    assert [str(one) for one in played.differences] == []
    assert played.text == WRITTEN


def test_each_difference_has_its_line_and_both_texts() -> None:
    """So that an editor can jump there."""
    wrong = WRITTEN.replace("What should change?", "What shall change?").replace(
        "= amend", "= agree"
    )
    played = play(read_rehearsal(wrong, "ama.txt"), programme(FLOW))
    assert [str(one) for one in played.differences] == [
        "ama.txt:9: expected 'view = agree', got 'view = amend'",
        "ama.txt:10: expected 'What shall change?', got 'What should change?'",
    ]
    assert played.text == WRITTEN


def test_what_the_bot_says_besides_is_a_difference() -> None:
    """And an update writes it in; what it no longer says is left out."""
    short = "flow: test\nlanguage: en\nama: hello there you\nbot: Never said.\n"
    played = play(read_rehearsal(short, "short.txt"), programme(FLOW))
    assert len(played.differences) == 1
    assert "bot: What do you think?\n     1. Agreed" in played.text
    more = WRITTEN.replace("bot: What should change?\n", "")
    assert "bot: What should change?" in play(read_rehearsal(more, "m.txt"), programme(FLOW)).text


def test_an_updated_rehearsal_comes_out_the_same() -> None:
    """Whatever it was made of."""
    lines = "flow: test\nlanguage: en\nchannel: sms\nbot: …\nama: 2\nama: The road\nama: 2 1\n"
    text = play(read_rehearsal(lines, "new.txt"), programme(FLOW)).text
    again = play(read_rehearsal(text, "new.txt"), programme(FLOW))
    assert (again.differences, again.text) == ([], text)


@pytest.mark.parametrize(
    ("text", "what"),
    [("bot: Hello\n", 'begin with "flow: NAME"'), ("flow: test\nhello there\n", "who speaks"),
     ("flow: test\n[soon]\n", "three days later"), ("flow: test\nchannel: smoke\n", "no channel")],
)  # fmt: skip
def test_a_file_that_is_no_rehearsal_is_refused_with_a_sentence(text: str, what: str) -> None:
    """With the line and a remedy."""
    with pytest.raises(Faults, match=what):
        read_rehearsal(text, "bad.txt")


@pytest.mark.parametrize(
    ("text", "hours"),
    [("[next day]", 24), ("[three days later]", 72), ("[2 hours later]", 2),
     ("[one week later]", 168)],
)  # fmt: skip
def test_time_passes_in_words(text: str, hours: int) -> None:
    """So that a rehearsal reads like a story."""
    assert passing(text) == hours * 3_600_000


def test_three_dots_stand_for_the_rest_of_a_text() -> None:
    """And for nothing in the middle of it."""
    assert same("Thank you …", "Thank you Ama. Goodbye.")
    assert not same("Thank … Goodbye.", "Thank you. Goodbye.")
