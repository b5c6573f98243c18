"""Commands in a talk: stop, start, help, privacy, forget me, and who speaks on a phone."""

from msgspec.structs import replace
from programme import shipped
from talk import Talker
from two_flows import house, newcomer, welcomed

from bot.dialogue import talk as dialogue
from bot.dialogue.conversation import Person, Scene

# ── stop and start ──


def test_stop_says_farewell_once_and_tells_once_how_to_come_back() -> None:
    """Then nothing."""
    ama = welcomed().says("Arrêt !")
    assert ama.effects == ["stop"]
    assert "write START" in ama.heard
    assert "write START" in ama.says("hello?").heard
    assert ama.says("hello??").turn.prompts == ()
    assert ama.says("stop").turn.prompts == ()
    assert ama.says("yes").turn.prompts == ()


def test_start_goes_on_where_the_talk_was() -> None:
    """Also days later."""
    ama = welcomed().says("1").says("stop").waits(100).says("START")
    assert ama.effects == ["start"]
    assert ama.heard.startswith("We were at question 2 of 2:\nWhy?")


def test_start_in_a_running_talk_repeats_the_question_and_is_no_answer() -> None:
    """Typed, or as Telegram sends it."""
    ama = welcomed().says("1")
    assert ama.says("/start").heard == "Why?"
    assert ama.starts("tejido").heard == "Why?"
    assert ama.person.facts["network"] == "tejido"
    assert [kept.step for kept in ama.kept.values()][-1] == "view"


def test_who_refused_is_asked_again_by_start_alone() -> None:
    """And keeps the right to be forgotten."""
    ama = newcomer().starts().says("1").says("no")
    assert ama.heard == "We keep only this no."
    assert "write START" in ama.says("trends").heard
    assert ama.says("forget me").person.pending == "forget"
    ama.starts()
    assert ama.asked == "part"
    assert ama.says("yes").asked == "quote"


# ── small commands ──


def test_help_repeats_the_question() -> None:
    """And says how to reach a person."""
    heard = welcomed().says("help").heard
    assert "Write: a person." in heard
    assert heard.endswith("What do you think of the trends?")


def test_repeat_says_the_step_again() -> None:
    """Whole."""
    assert welcomed().says("otra vez").heard == "What do you think of the trends?"


def test_a_languages_own_name_changes_the_language() -> None:
    """At any question, for the rest of the talk."""
    ama = Talker(shipped()).starts().says("1").says("oui")
    ama.says("English")
    assert (ama.person.language, ama.learned[-1].source) == ("en", "command")
    assert "May we quote" in ama.heard or "quote" in ama.heard


def test_a_command_inside_a_longer_text_is_an_answer() -> None:
    """ "We must STOP this bill" is one."""
    ama = welcomed().says("1").says("We must STOP this bill")
    assert ama.answer("why").text == "We must STOP this bill"


def test_a_keyword_inside_an_open_question_is_an_answer() -> None:
    """Never a way out."""
    assert welcomed().says("1").says("DRAFT").answer("why").text == "DRAFT"


def test_a_person_may_be_asked_for_and_then_hears_everything() -> None:
    """Words go to the human and are no contributions."""
    ama = welcomed().says("je veux parler à quelqu'un")
    assert ama.effects == ["hand over"]
    ama.says("menu")
    assert [(one.kind, one.detail) for one in ama.turn.effects] == [("word for the human", "menu")]
    assert ama.turn.prompts == ()
    assert ama.says("forget me").person.pending == "forget"
    assert ama.says("1").effects == ["forget"]


def test_after_a_hand_over_the_question_is_put_again() -> None:
    """When the person has closed it."""
    ama = welcomed().says("a person")
    ama.took(dialogue.hand_back(ama.programme, ama.person, Scene(ama.now)))
    assert not ama.person.human
    assert "What do you think of the trends?" in ama.heard


def test_forget_me_wants_one_yes() -> None:
    """And nothing is lost by a no."""
    ama = welcomed().says("forget me")
    assert [choice.label for choice in ama.turn.prompts[-1].choices] == ["Yes", "No"]
    ama.says("non")
    assert "All stays as it was" in ama.heard
    assert ama.says("olvídeme").presses("Yes").effects == ["forget"]


def test_an_answer_while_something_waits_for_a_yes_is_an_answer() -> None:
    """The confirmation lapses."""
    ama = welcomed().says("1").says("forget me").says("The road is broken")
    assert ama.answer("why").text == "The road is broken"
    assert ama.person.pending == ""


def test_privacy_tells_counts_and_kinds_and_no_contents() -> None:
    """The phone may be shared."""
    ama = welcomed().says("1").says("My secret").says("privacy")
    assert "choices: 4" in ama.heard
    assert "written answers: 1" in ama.heard
    assert "secret" not in ama.heard
    assert "31" in ama.heard


def test_words_and_then_the_choice_are_counted_once() -> None:
    """As the choice that they became; and going back takes it out of the count."""
    ama = welcomed().says("It depends")
    assert ama.person.held == {"choice": 3, "text": 1}
    assert ama.says("1").person.held == {"choice": 4, "text": 0}
    assert ama.says("back").person.held == {"choice": 3, "text": 0}
    assert ama.speaks().says("1").person.held["voice"] == 1
    assert ama.says("back").person.held == {"choice": 3, "text": 0, "voice": 0}


def test_privacy_lets_each_consent_be_changed() -> None:
    """With the words that were agreed to."""
    ama = welcomed().says("privacy").presses("Do not quote my words")
    assert ama.person.facts["consent to be quoted"] == "no"
    assert (ama.learned[-1].source, ama.learned[-1].words) == ("command", "Do not quote my words")
    assert ama.asked == "view"
    ama.says("privacy").says("1")
    assert ama.person.facts["consent to take part"] == "no"
    assert ama.open is None
    assert ama.says("It is bad").turn.kept == ()


def test_someone_else_begins_anew_after_a_yes() -> None:
    """The gateway makes the new participant."""
    ama = welcomed().says("someone else is using this phone")
    assert ama.says("oui").effects == ["someone else"]


def test_people_on_one_phone_switch_by_number_without_names() -> None:
    """And somebody new may come."""
    ama = welcomed()
    ama.person = replace(ama.person, others=1, first_name="Ama")
    ama.says("otra persona")
    assert [one.label for one in ama.turn.prompts[0].choices] == [
        "Person 1", "Person 2", "Someone new", "New number for me",
    ]  # fmt: skip
    assert "Ama" not in ama.heard
    ama.says("2")
    assert [(one.kind, one.detail) for one in ama.turn.effects] == [("switch person", "2")]
    assert ama.says("otra persona").says("3").effects == ["someone else"]


def test_who_now_speaks_is_greeted_where_they_were() -> None:
    """Or welcomed, if they are new."""
    ama = welcomed().says("1")
    turn = dialogue.greet(ama.programme, ama.person, Scene(ama.now))
    assert turn.prompts[0].text.startswith("We were at question 2 of 2:")
    assert dialogue.greet(house(), Person(), Scene(0)).prompts[0].text == "Your language?"


def test_who_refused_and_speaks_again_is_told_so_each_time() -> None:
    """Though they did not leave: only START asks them again."""
    ama = Talker(house()).says("hello").says("1").says("2")
    turn = dialogue.greet(ama.programme, ama.person, Scene(ama.now))
    assert turn.prompts[0].text.startswith("You chose not to take part.")
    assert turn.person == ama.person
