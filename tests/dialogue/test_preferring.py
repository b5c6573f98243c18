"""Who would rather listen says so by a word, or by speaking before they ever wrote an answer."""

import pytest
from programme import programme
from talk import Talker
from two_flows import newcomer, welcomed

FACT = "prefers listening"


def hearing(**scene: object) -> Talker:
    """Someone at the first question of `trends`, where the bot can speak."""
    return welcomed(reads_aloud=True, **scene)


@pytest.mark.parametrize(
    ("word", "value"),
    [("Écouter", "yes"), ("LISTEN", "yes"), ("solo escuchar", "only"), ("Lire.", "no")],
)
def test_a_word_says_how_one_wants_to_be_spoken_to_and_the_question_is_put_again(
    word: str, value: str
) -> None:
    """In every language."""
    talker = hearing().says(word)
    assert talker.person.facts[FACT] == value
    assert talker.asked == "view"
    assert "What do you think of the trends?" in talker.heard


def test_where_no_sound_can_be_played_it_says_so_and_keeps_nothing() -> None:
    """By SMS, or without any voice."""
    talker = welcomed().says("LISTEN")
    assert "only write" in talker.heard
    assert FACT not in talker.person.facts


def test_help_names_listening_where_one_can_be_heard_and_nowhere_else() -> None:
    """What is offered there must be true."""
    assert "LISTEN: hear the questions, too." in hearing().says("HELP").heard
    assert "LISTEN" not in welcomed().says("HELP").heard


def test_whoever_speaks_first_is_spoken_to_and_told_how_to_end_it() -> None:
    """Once: the second note changes nothing."""
    talker = hearing().says("1").speaks()
    assert talker.person.facts[FACT] == "yes"
    assert "write READ" in talker.heard
    assert "write READ" not in talker.says("1").speaks().heard


def test_whoever_has_written_an_answer_or_chosen_to_read_is_left_with_text() -> None:
    """One note does not undo that."""
    wrote = hearing().says("1").says("Because.").says("1").speaks()
    assert FACT not in wrote.person.facts
    reads = hearing().says("READ").says("1").speaks()
    assert reads.person.facts[FACT] == "no"


def test_a_newcomer_may_ask_to_hear_with_their_first_word() -> None:
    """The welcome begins all the same."""
    talker = newcomer(reads_aloud=True).says("Écouter")
    assert talker.person.facts[FACT] == "yes"
    assert talker.asked == "language"


def test_whoever_speaks_before_all_else_is_spoken_to_from_the_first_question_on() -> None:
    """They need not find the word that asks for it."""
    talker = newcomer(reads_aloud=True).speaks()
    assert talker.person.facts[FACT] == "yes"
    assert talker.asked == "language"


def test_whoever_speaks_at_a_choice_hears_what_there_is_to_choose() -> None:
    """The question is put again, aloud, and a button or a number answers it."""
    talker = hearing().speaks()
    assert talker.person.facts[FACT] == "yes"
    assert talker.asked == "view"
    assert "write READ" in talker.heard


def test_a_language_that_is_named_by_voice_is_left_to_a_listener_and_not_asked_again() -> None:
    """A question mark stands for it until somebody has heard it."""
    flow = """
steps:
  spoken:
    ask: Which language do you speak?
    answer: text or voice
    keep as: spoken language
endings:
  thanks: Thank you.
"""
    talker = Talker(programme(test=flow)).begins("test").speaks()
    assert talker.person.facts["spoken language"] == "?"
