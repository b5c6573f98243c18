"""Adding to the answer just given, beside the next question."""

from begun import begun
from talk import Talker

from bot.dialogue.reply import File

FLOW = """
steps:
  name:
    ask: What is your name?
    answer: text
    keep as: first name
  why:
    ask: Why?
    answer: text or voice
  view:
    ask: What do you think?
    choices:
      agree: Agreed
      oppose: Against it
  last:
    ask: Anything else?
    answer: text or voice
    optional: yes
  more:
    ask: And who else?
    answer: text or voice
endings:
  thanks: Thank you.
"""
BUTTON = "Add to my answer"
WORD = "To add to your answer, write ADD."


def someone(**scene: object) -> Talker:
    """Begin a talk in English; two seconds belong to a burst."""
    talker = begun(FLOW, burst_ms=2000, **scene)
    return talker.says("Ama")


def offered(talker: Talker) -> tuple[str, str]:
    """What stands beside the question: the button, and the word."""
    return talker.turn.prompts[-1].add, talker.turn.prompts[-1].add_by_word


def test_beside_the_question_after_an_open_answer_one_may_add_to_it() -> None:
    """Not to a name, not to a choice, not to what was skipped."""
    ama = someone()
    assert offered(ama) == ("", "")
    assert offered(ama.says("The price")) == (BUTTON, WORD)
    assert offered(ama.says("1")) == ("", "")
    assert offered(ama.says("skip")) == ("", "")


def test_more_words_and_notes_join_the_answer_and_the_question_comes_again() -> None:
    """Both are one record, made of both messages."""
    ama = someone().says("The price").presses(BUTTON)
    assert ama.heard == "Go on, in words or by voice. It goes with your answer to: Why?"
    ama.says("and the road", files=(File("road", "voice", 9, "kept"),))
    assert ama.answer("why").text == "The price\nand the road"
    assert [file.media for file in ama.answer("why").files] == ["road"]
    assert ama.turn.prompts[-1].text == "I have added it to your answer.\nWhat do you think?"
    assert (ama.asked, offered(ama)) == ("view", (BUTTON, ""))
    assert ama.says("1").answer("view").code == "agree"


def test_without_buttons_a_word_does_it_and_is_named_once() -> None:
    """Each line costs by SMS; afterwards HELP has it."""
    ama = someone(buttons=False).says("The price")
    assert offered(ama) == ("", WORD)
    ama.says("ADD").says("and the road")
    assert ama.answer("why").text == "The price\nand the road"
    ama.says("1").says("Nothing")
    assert (ama.asked, offered(ama)) == ("more", ("", ""))
    assert "ADD" in ama.says("help").heard


def test_a_second_note_right_after_joins_too_in_silence() -> None:
    """It was sent before the question that comes again could be seen."""
    ama = someone().says("The price").says("add")
    now = ama.now
    ama.speaks(at=now)
    ama.speaks(at=now + 1500)
    assert len(ama.answer("why").files) == 2
    assert (ama.asked, ama.turn.prompts[1:]) == ("view", ())


def test_a_choice_while_adding_is_the_open_question_s() -> None:
    """It stands above still; words with it are more of the answer."""
    ama = someone().says("The price").says("add").says("Agreed")
    assert (ama.asked, ama.answer("view").code) == ("last", "agree")
    ama = someone().says("The price").says("add").says("Agreed, but the road is bad")
    assert ama.answer("why").text == "The price\nAgreed, but the road is bad"
    assert ama.asked == "view"


def test_skip_while_adding_leaves_all_as_it_is() -> None:
    """And puts the question again."""
    ama = someone().says("The price").says("add").says("skip")
    assert (ama.heard, ama.answer("why").text) == ("What do you think?", "The price")
    assert ama.person.pending == ""


def test_stop_while_adding_is_stop() -> None:
    """As everywhere."""
    assert someone().says("The price").says("add").says("STOP").person.stopped


def test_a_note_without_a_voice_is_kept_and_asked_for_once_more() -> None:
    """Whatever comes then joins as well."""
    ama = someone().says("The price").says("add").speaks(verdict="no_speech", speech=0.0)
    assert "write SKIP" in ama.heard
    ama.says("the road")
    assert ama.answer("why").text == "The price\nthe road"
    assert len(ama.answer("why").files) == 1


def test_a_note_that_never_arrived_is_asked_for_again() -> None:
    """Nothing is kept of it."""
    ama = someone().says("The price").says("add").speaks(state="lost")
    assert ama.heard == "Your recording did not reach me. Please send it again:"
    assert ama.says("the road").answer("why").text == "The price\nthe road"


def test_one_may_add_to_the_last_answer_when_the_talk_has_ended() -> None:
    """As long as it is at hand."""
    ama = someone().says("The price").says("1").says("No").says("The cooks")
    assert ama.open is None
    ama.says("add").says("and the carriers")
    assert ama.answer("more").text == "The cooks\nand the carriers"
    assert ama.heard == "I have added it to your answer."


def test_where_nothing_was_said_freely_there_is_nothing_to_add_to() -> None:
    """The question is put again."""
    assert someone().says("add").heard.startswith("There is no answer here")


def test_an_edited_addition_replaces_its_own_words() -> None:
    """The first words stay."""
    ama = someone().says("The price").says("add").says("the rode").edits("r4", "the road")
    assert ama.answer("why").text == "The price\nthe road"
