"""Lists longer than a message: what the engine keeps of their pages, and of what was typed."""

import pytest
from begun import begun
from talk import Talker

LETTERS = "abcdefghijklmnopqrstuvwx"
CHOICES = "\n".join(f"      {one}: {one * 4}" for one in LETTERS)


def flow(more: str = "") -> str:
    """A question with twenty-four choices, and one behind it."""
    return f"""
steps:
  first:
    ask: First?
    answer: text
  pick:
    ask: Which?
    choices:
{CHOICES}
    {more}
  last:
    ask: Anything else?
    answer: text
endings:
  thanks: Thank you.
"""


def someone(more: str = "", *, short: bool = False, **scene: object) -> Talker:
    """Someone at a long list, on a phone without buttons."""
    text = flow(more)
    if short:
        for one in LETTERS[12:]:
            text = text.replace(f"      {one}: {one * 4}\n", "").replace(
                f"      {one}: {one * 4}", ""
            )
    known = {"buttons": False, "at_once": 3, **scene}
    return begun(text, **known).says("Hello there")


@pytest.mark.parametrize("said", ["0", "more", "plus", "más", " 0 "])
def test_the_next_page_is_asked_for_by_nought_or_by_the_word_more(said: str) -> None:
    """The engine counts; the channel cuts."""
    ama = someone().says(said)
    [prompt] = ama.turn.prompts
    assert (prompt.text, prompt.turned, len(prompt.choices)) == ("", 1, 24)
    assert ama.says(said).turn.prompts[0].turned == 2


def test_more_tells_more_first_where_the_step_has_it() -> None:
    """And nought still turns the page."""
    ama = someone("more: All about it.").says("more")
    assert ama.heard == "All about it.\nWhich?"
    assert ama.says("0").turn.prompts[0].turned == 1


def test_nought_is_no_page_where_all_choices_are_shown() -> None:
    """There it is just not understood."""
    ama = someone(buttons=True, at_once=100).says("0")
    assert "Please also choose" in ama.heard


def test_up_to_twenty_a_number_counts_at_once() -> None:
    """Also that of a page not shown now."""
    assert someone(short=True).says("12").answer("pick").code == "l"


def test_above_twenty_what_was_typed_is_read_back() -> None:
    """By number, by name, by a beginning of it."""
    for said in ("3", "cccc", "cc"):
        ama = someone().says(said)
        assert ama.heard == "You chose: cccc. Is that right?"
        assert ama.asked == "pick"
        ama.says("oui")
        kept = ama.answer("pick")
        assert (kept.code, kept.text, kept.comment, kept.state) == ("c", said, "", "kept")
        assert ama.asked == "last"


def test_a_choice_that_is_not_confirmed_waits_as_unresolved() -> None:
    """If they never answer, a person still sees what was typed."""
    kept = someone().says("3").answer("pick")
    assert (kept.code, kept.state, kept.comment) == ("", "unresolved", "3")


def test_a_no_puts_the_question_again_and_takes_the_words_back() -> None:
    """They were a slip and are no comment."""
    ama = someone().says("3").says("no")
    assert ama.heard == "Which?"
    assert "pick" not in {kept.step for kept in ama.kept.values()}
    assert ama.says("4").says("1").answer("pick").comment == ""


def test_words_beside_the_choice_are_its_comment_or_stay_when_it_is_not_meant() -> None:
    """Nothing said is thrown away."""
    ama = someone().says("3 for the water").says("yes")
    assert ama.answer("pick").comment == "for the water"
    ben = someone().says("3 for the water").says("no").says("4").says("yes")
    assert (ben.answer("pick").code, ben.answer("pick").comment) == ("d", "for the water")


def test_another_choice_instead_of_a_yes_is_read_back_in_its_turn() -> None:
    """The first lapses."""
    ama = someone().says("cccc").says("dddd")
    assert ama.heard == "You chose: dddd. Is that right?"
    assert ama.says("1").answer("pick").code == "d"
    assert ama.answer("pick").comment == ""


def test_other_words_while_it_is_read_back_are_kept_and_it_is_asked_again() -> None:
    """As at any choice."""
    ama = someone().says("cccc").says("because of my mother")
    assert ama.heard.endswith("You chose: cccc. Is that right?")
    ama.says("yes")
    assert (ama.answer("pick").code, ama.answer("pick").comment) == ("c", "because of my mother")


@pytest.mark.parametrize("said", ["help", "repeat", "menu"])
def test_a_command_in_between_leaves_the_choice_to_be_confirmed(said: str) -> None:
    """It is asked about again, where the question would be."""
    ama = someone().says("cccc").says(said)
    assert said == "menu" or ama.heard.endswith("You chose: cccc. Is that right?")
    assert ama.says("yes").answer("pick").code == "c"


def test_after_a_pause_the_choice_is_still_to_be_confirmed() -> None:
    """And nothing is forgotten over night."""
    ama = someone().says("cccc").waits(20).says("hello")
    assert ama.heard == "We were at question 2 of 3:\nYou chose: cccc. Is that right?"
    assert ama.says("si").answer("pick").code == "c"


def test_back_forgets_it() -> None:
    """The question before is asked again."""
    ama = someone().says("cccc").says("back")
    assert ama.asked == "first"
    assert ama.kept == {}
    assert ama.says("Hello").says("1").heard == "You chose: aaaa. Is that right?"


def test_an_edit_of_what_was_typed_is_the_choice() -> None:
    """Whoever corrects a slip was sure."""
    assert someone().says("cccc").edits("r2", "dddd").answer("pick").code == "d"
    ama = someone().says("cccc").edits("r2", "I do not know")
    assert ama.heard == "Which?"
    assert ama.answer("pick").comment == "I do not know"


def test_several_are_read_back_together() -> None:
    """In the order in which they were named."""
    ama = someone("choose: up to 3 in order").says("24, 1 et 3")
    assert ama.heard == "You chose: xxxx, aaaa, cccc. Is that right?"
    assert ama.says("yes").answer("pick").codes == ("x", "a", "c")


def test_a_button_needs_no_confirmation_and_outdoes_what_was_typed() -> None:
    """Who presses has read the label."""
    ama = someone(buttons=True, at_once=100)
    key = ama.turn.prompts[-1].key
    ama.says("cccc").says(pressed=f"{key}:d")
    assert (ama.answer("pick").code, ama.answer("pick").comment) == ("d", "")
    ben = someone(buttons=True, at_once=100).says("cccc").presses("Yes")
    assert ben.answer("pick").code == "c"
    assert someone(buttons=True, at_once=100).says("cccc").presses("No").heard == "Which?"


def test_one_to_five_shows_no_list_where_there_are_no_buttons() -> None:
    """Its question says what can be answered."""
    text = (
        "\nsteps:\n  stars:\n    ask: From 1 to 5?\n    answer: 1 to 5\nendings:\n  thanks: Bye.\n"
    )
    ama = begun(text, buttons=False, at_once=3)
    assert ama.turn.prompts[0].choices == ()
    assert ama.says("4").answer("stars").code == "4"


def test_where_there_are_no_buttons_none_is_offered_to_end_the_picking() -> None:
    """Several are answered in one reply."""
    ama = someone("choose: several", short=True)
    assert ama.turn.prompts[-1].done == ""
    assert ama.says("1, 3 and 5").answer("pick").codes == ("a", "c", "e")
