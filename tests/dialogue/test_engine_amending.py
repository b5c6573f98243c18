"""Bursts, edited messages and going back."""

import pytest
from begun import begun
from talk import Talker

from bot.dialogue.reply import File

FLOW = """
steps:
  why:
    ask: Why?
    answer: text or voice
  view:
    ask: What do you think?
    choices:
      agree: Agreed
      oppose: Against it
      leave: I leave
    if leave: bye
  reason:
    only if: view is oppose
    ask: What is wrong?
    answer: text or voice
  last:
    ask: Anything else?
    answer: text or voice
endings:
  thanks: Thank you.
  bye: Goodbye.
"""


def someone(text: str = FLOW, **scene: object) -> Talker:
    """Begin a talk in English; two seconds belong to a burst."""
    return begun(text, burst_ms=2000, **scene)


def at_once(talker: Talker, after_ms: int = 1000) -> dict[str, int]:
    """When a message was sent so soon that the open question was hardly seen."""
    open_ = talker.open
    assert open_ is not None
    return {"at": open_.asked_at + after_ms}


# ── bursts ──


def test_a_thought_split_over_messages_is_one_answer() -> None:
    """In silence: the next question is not asked again."""
    ama = someone().says("Because of the price")
    ama.says("and of the road", **at_once(ama))
    assert ama.turn.prompts == ()
    assert ama.answer("why").text == "Because of the price\nand of the road"
    assert ama.answer("why").replies == ("r1", "r2")
    assert ama.asked == "view"


def test_what_was_sent_before_the_question_was_handed_over_belongs_to_the_one_before() -> None:
    """However long the provider took."""
    ama = someone().says("Because")
    asked = ama.open.asked_at  # type: ignore[union-attr]
    ama.scene = ama.scene.__class__(asked, handed_at=asked + 60_000, burst_ms=2000)
    ama.says("1", at=asked + 59_000)
    assert ama.answer("why").text == "Because\n1"
    assert ama.asked == "view"


def test_a_quick_choice_of_the_open_question_is_its_answer() -> None:
    """Once it was handed over, a valid choice is no afterthought."""
    ama = someone().says("Because")
    assert ama.says("1", **at_once(ama)).asked == "last"


def test_a_quick_second_choice_corrects_the_first() -> None:
    """The road is gone again, and only what is new is asked."""
    ama = someone().says("Because").says("1")
    ama.says("2", **at_once(ama, -5))
    assert ama.answer("view").code == "oppose"
    assert ama.heard == "What is wrong?"
    assert ama.asked == "reason"


def test_the_same_choice_twice_is_passed_over() -> None:
    """A double tap says nothing new."""
    ama = someone().says("Because")
    key = ama.turn.prompts[-1].key
    ama.says(pressed=f"{key}:agree")
    ama.says(pressed=f"{key}:agree", **at_once(ama, 500))
    assert (ama.turn.prompts, ama.turn.kept) == ((), ())


def test_words_right_after_a_choice_are_its_comment() -> None:
    """Nothing said is thrown away, and nobody is asked again."""
    ama = someone().says("Because").says("1")
    ama.says("but not here", **at_once(ama))
    assert (ama.answer("view").code, ama.answer("view").comment) == ("agree", "but not here")
    assert ama.asked == "last"


def test_a_second_photo_of_an_album_joins_the_first() -> None:
    """Albums arrive as several messages."""
    ama = someone().says("Because").says("1")
    ama.says(files=(File("p1", "photo", None, "kept"),), **at_once(ama))
    assert [file.media for file in ama.answer("view").files] == ["p1"]


def test_what_follows_the_last_answer_at_once_still_belongs_to_it() -> None:
    """Though the talk has ended."""
    ama = someone().says("Because").says("1").says("No")
    ended = ama.person.conversations[0].ended_at
    ama.says("wait, yes: water", at=ended + 1000)
    assert ama.answer("last").text == "No\nwait, yes: water"
    assert ama.turn.prompts == ()


def test_a_command_is_heard_in_a_burst() -> None:
    """STOP is STOP."""
    ama = someone().says("Because")
    assert ama.says("stop", **at_once(ama)).person.stopped


# ── edited messages ──


def test_an_edited_answer_is_replaced_while_it_is_the_newest() -> None:
    """Only the words of that message change."""
    ama = someone().says("Becuase")
    ama.says("of rain", **at_once(ama)).edits("r1", "Because")
    assert ama.answer("why").text == "Because\nof rain"
    assert ama.turn.prompts == ()


def test_an_edited_choice_is_taken_anew_while_it_is_the_newest() -> None:
    """As if one had gone back."""
    ama = someone().says("Because").says("1").edits("r2", "2 too dear")
    assert (ama.answer("view").code, ama.answer("view").comment) == ("oppose", "too dear")
    assert ama.asked == "reason"


def test_an_older_open_answer_replaces_its_own_words() -> None:
    """Later answers stay."""
    ama = someone().says("Becuase").says("1").edits("r1", "Because")
    assert ama.answer("why").text == "Because"
    assert ama.asked == "last"


def test_an_older_choice_that_is_edited_is_answered_with_back() -> None:
    """And the new words are kept beside it."""
    ama = someone().says("Because").says("2").says("The price").edits("r2", "1")
    assert "write BACK" in ama.heard
    assert ama.answer("reason").text == "The price"
    assert [kept.text for kept in ama.turn.kept] == ["1"]


def test_an_edit_of_words_said_at_the_open_choice_may_be_the_choice() -> None:
    """Whoever corrects a slip is understood."""
    ama = someone().says("Because").says("agrede to it").edits("r2", "Agreed")
    assert (ama.answer("view").code, ama.answer("view").comment) == ("agree", "")
    assert ama.asked == "last"


def test_an_edit_of_the_words_beside_a_recording_keeps_the_recording() -> None:
    """The answer is not replaced by its caption."""
    ama = someone().speaks(text="Lisen to it").says("1").edits("r1", "Listen to it")
    assert ama.kept["test:why"].files
    assert ama.kept["test:why+r1"].text == "Listen to it"


def test_words_at_a_question_that_a_correction_leads_away_from_are_taken_back() -> None:
    """They stood at a question that is no longer open."""
    choices = "    choices:\n      price: Price\n      place: Place\n  last:"
    text = FLOW.replace("    answer: text or voice\n  last:", choices)
    ama = someone(text).says("Because").says("2").says("It depends").edits("r2", "1")
    assert ama.asked == "last"
    assert set(ama.kept) == {"test:why", "test:view"}


# ── back ──


def test_back_undoes_one_answered_step_and_asks_it_again() -> None:
    """The answer is withdrawn, the question stands again."""
    ama = someone().says("Because").says("2").says("The price")
    ama.says("retour")
    assert ama.heard == "What is wrong?"
    assert [gone.key for gone in ama.turn.withdrawn] == ["test:reason"]
    ama.says("back").says("1")
    assert ama.asked == "last"
    assert {kept.step for kept in ama.kept.values()} == {"why", "view"}


def test_back_at_the_first_question_says_so() -> None:
    """And asks it again."""
    assert someone().says("back").heard == "There is no earlier answer to change.\nWhy?"


def test_back_goes_through_skipped_questions_and_across_items() -> None:
    """Through what was actually asked."""
    text = """
steps:
  items:
    for each: agenda item
    steps:
      view:
        ask: "{item.title}?"
        answer: text
        optional: yes
endings:
  thanks: Thank you.
"""
    ama = someone(text).says("skip").says("Fine")
    assert ama.place == "view@water"
    assert ama.says("back").place == "view@seeds"
    assert ama.says("back").place == "view@land"
    assert ama.turn.withdrawn == ()


def test_back_forgets_the_fact_that_an_answer_became() -> None:
    """Or the question could not be asked again."""
    text = """
steps:
  quote:
    ask: May we quote you?
    choices:
      yes: I agree
      no: No
    keep as: consent to be quoted
  last:
    ask: Anything else?
    answer: text
endings:
  thanks: Thank you.
"""
    ama = someone(text).says("yes").says("back")
    assert ama.asked == "quote"
    assert "consent to be quoted" not in ama.person.facts
    assert ama.learned[-1].value is None
    assert ama.says("no").person.facts["consent to be quoted"] == "no"


def test_back_takes_back_words_that_were_no_answer_yet() -> None:
    """They stood at a question that is no longer open."""
    ama = someone().says("Because").says("It depends").says("back")
    assert {gone.key for gone in ama.turn.withdrawn} == {"test:why", "test:view"}
    assert ama.kept == {}


# ── after a pause ──


@pytest.mark.parametrize("said", ["Bonjour", "ok", "hello"])
def test_a_greeting_after_twelve_hours_is_told_where_we_were(said: str) -> None:
    """In one message."""
    ama = someone().says("Because").waits(13).says(said)
    assert len(ama.turn.prompts) == 1
    assert ama.heard.startswith("We were at question 2 of 3:\nWhat do you think?")


def test_a_choice_after_three_days_is_just_taken() -> None:
    """There is nothing to remind of."""
    assert someone().says("Because").waits(72).says("1").asked == "last"


def test_words_at_a_choice_after_a_pause_name_the_question_once() -> None:
    """It is put again, so nothing more needs to be said of it."""
    ama = someone().says("Because").waits(13).says("It depends on many things")
    assert ama.heard.count("What do you think?") == 1
    assert ama.answer("view").comment == "It depends on many things"


def test_a_longer_text_after_a_pause_is_the_answer_and_its_question_is_named() -> None:
    """So that a mistake is seen."""
    ama = someone().says("Because").says("1").waits(13).says("The road is still broken")
    assert "I took this as your answer to: Anything else?" in ama.heard
    assert ama.answer("last").text == "The road is still broken"


def test_a_bare_word_after_a_pause_is_not_lost() -> None:
    """It stands with the answer that follows."""
    ama = someone().says("Because").says("1").waits(13).says("Water").says("for the gardens")
    assert ama.answer("last").text == "Water\nfor the gardens"
