"""Whole talks: commands and their precedence, several conversations, several people."""

import pytest
from msgspec.structs import replace
from programme import programme, shipped
from talk import Printed, Talker

from bot.dialogue import talk as dialogue
from bot.dialogue.conversation import Invitation, Person, Scene

WELCOME = """
steps:
  language:
    ask: Your language?
    choices:
      en: English
      fr: Français
    keep as: language
  part:
    ask: Do you take part?
    choices:
      yes: I agree
      no: No
    keep as: consent to take part
    if no: bye
  quote:
    ask: May we quote you?
    choices:
      yes: I agree
      no: No
    keep as: consent to be quoted
endings:
  thanks: Thank you for coming.
  bye: We keep only this no.
"""
ASKS = """
steps:
  view:
    ask: What do you think of {flow}?
    choices:
      good: It is good
      bad: It is bad
    remind after: [3 days]
  why:
    ask: Why?
    answer: text or voice
endings:
  thanks: Thank you for this.
"""
TRENDS = ASKS.replace("{flow}", "the trends")
DRAFT = ASKS.replace("{flow}", "the draft")


def house() -> Printed:
    """A consultation with a welcome and two open flows."""
    return programme(welcome=WELCOME, trends=TRENDS, draft=DRAFT)


def newcomer(**scene: object) -> Talker:
    """Someone who has never written."""
    return Talker(house(), **scene)


def welcomed(**scene: object) -> Talker:
    """Someone who was welcomed and stands at the first question of `trends`."""
    return newcomer(**scene).starts().says("1").says("yes").says("yes")


# ── coming in ──


def test_a_newcomer_meets_the_welcome_and_then_what_is_open() -> None:
    """By /start, in one go."""
    ama = newcomer().starts()
    assert ama.heard == "Your language?"
    ama.says("en").says("yes").says("no")
    assert ama.heard == "Thank you for coming.\nWhat do you think of the trends?"
    assert ama.turn.begun == ("trends",)
    assert ama.says("1").says("x").heard == "Thank you for this.\nWhat do you think of the draft?"
    ama.says("1").says("x")
    assert ama.open is None
    assert set(ama.person.done) == {"welcome", "trends", "draft"}


@pytest.mark.parametrize("said", ["Bonjour", "hello", "1", "TRENDS", "?!"])
def test_whatever_a_newcomer_writes_first_the_welcome_begins(said: str) -> None:
    """Nobody has to know a magic word."""
    assert newcomer().says(said).asked == "language"


def test_the_first_words_of_a_newcomer_are_kept() -> None:
    """Somebody may begin with what matters most."""
    ama = newcomer().says("Our well is dry since March")
    assert [kept.text for kept in ama.kept.values()] == ["Our well is dry since March"]


def test_a_join_link_tells_the_network() -> None:
    """And a payload that nobody knows is passed over politely."""
    ama = newcomer().starts("TEJIDO")
    assert ama.person.facts["network"] == "tejido"
    assert ama.learned[0].source == "link"
    other = newcomer().starts("nonsense")
    assert (other.asked, other.person.facts) == ("language", {})


def test_a_networks_keyword_is_a_first_message_too() -> None:
    """As by SMS, where there are no links."""
    assert newcomer().says("Tejido").person.facts["network"] == "tejido"


def test_a_keyword_brings_to_its_flow_behind_the_welcome() -> None:
    """It is remembered, out of the calendar's order."""
    ama = newcomer().says("draft").says("en").says("yes").says("yes")
    assert "the draft" in ama.heard


def test_the_phones_language_is_spoken_until_one_is_chosen() -> None:
    """The language question is asked all the same."""
    ama = Talker(shipped(), locale_hint="es-MX").starts()
    assert ama.asked == "langue"
    assert ama.says("English").person.language == "en"
    assert ama.learned[-1].value == "en"
    assert ama.answer("langue").language == "en"


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


# ── several conversations ──


def test_a_keyword_at_a_choice_lets_the_other_talk_wait() -> None:
    """What was begun is finished first; then the other comes by itself."""
    ama = welcomed().says("draft")
    assert "Let us finish this first. Then comes: The draft." in ama.heard
    assert ama.asked == "view"
    ama.says("1").says("x")
    assert "What do you think of the draft?" in ama.heard


def test_after_twelve_hours_the_other_talk_comes_first() -> None:
    """And the idle one waits and comes back."""
    ama = welcomed().waits(13).says("draft")
    assert "the draft" in ama.heard
    ama.says("1").says("x")
    assert "We were at question 1 of 2:\nWhat do you think of the trends?" in ama.heard


def test_the_menu_lists_what_is_open_and_switches_when_asked() -> None:
    """By number, title or button."""
    ama = welcomed().says("menu")
    assert [one.label for one in ama.turn.prompts[0].choices] == ["The trends", "The draft"]
    assert "the draft" in ama.says("2").heard
    assert "the trends" in ama.says("menu").presses("The trends").heard


def test_a_button_may_name_the_place_of_its_choice() -> None:
    """As it does where a code is too long for it: at a question, in the menu, at a consent."""
    ama = welcomed()
    key = ama.turn.prompts[-1].key
    assert ama.says(pressed=f"{key}:#1").answer("view").code == "bad"
    assert ama.says("menu").says(pressed="menu:#1").open.flow == "draft"  # type: ignore[union-attr]
    assert "Noted: Do not quote" in ama.says("privacy").says(pressed="privacy:#1").heard
    assert "earlier question" in ama.says(pressed=f"{key}:#1").heard


def test_the_button_of_an_announcement_may_do_so_too() -> None:
    """It means the newest invitation."""
    ama = all_done()
    ama.took(dialogue.invite(ama.programme, ama.person, Scene(ama.now), Invitation("extra")))
    assert "the extra" in ama.says(pressed="go:#0").heard


def test_a_reply_that_picks_nothing_from_the_menu_belongs_to_the_talk() -> None:
    """The menu lapses."""
    ama = welcomed().says("1").says("menu").says("The road is broken")
    assert ama.answer("why").text == "The road is broken"


def test_a_closed_phase_answers_kindly_and_offers_what_is_open() -> None:
    """In a talk the question is put again."""
    ama = welcomed()
    ama.programme.open_flows = ("welcome", "trends")
    assert '"The draft" is not open now.' in ama.says("draft").heard
    assert ama.asked == "view"
    ama.says("1").says("x")
    ama.programme.open_flows = ("welcome",)
    ama.says("draft")
    assert '"The draft" is not open now.' in ama.heard


def test_an_answered_flow_is_not_begun_again() -> None:
    """Its keyword says so."""
    ama = welcomed().says("1").says("x").says("trends")
    assert 'already answered "The trends"' in ama.heard


def test_an_invitation_is_taken_up_by_its_button() -> None:
    """Or waits while another talk is alive."""
    ama = all_done()
    ama.took(dialogue.invite(ama.programme, ama.person, Scene(ama.now), Invitation("extra")))
    assert "Something new is open: The extra. To begin, write EXTRA." in ama.heard
    assert "the extra" in ama.presses("Begin").heard
    assert (ama.turn.begun, ama.person.invitations) == (("extra",), ())


def test_an_invitation_is_taken_up_by_the_first_reply_where_nothing_else_is_open() -> None:
    """Or by its keyword; a yes is enough."""
    for said in ("extra", "yes", "1", "Bonjour"):
        ama = all_done()
        ama.took(dialogue.invite(ama.programme, ama.person, Scene(ama.now), Invitation("extra")))
        assert "the extra" in ama.says(said).heard


def all_done() -> Talker:
    """Someone who has answered everything, when something new is about to open."""
    ama = welcomed().says("1").says("x").says("1").says("x")
    later = programme(welcome=WELCOME, trends=TRENDS, draft=DRAFT,
                      extra=ASKS.replace("{flow}", "the extra"))  # fmt: skip
    ama.programme = later
    return ama


def test_nobody_is_invited_who_left_or_has_done_it() -> None:
    """The invitation waits without a word."""
    ama = welcomed().says("stop")
    turn = dialogue.invite(ama.programme, ama.person, Scene(ama.now), Invitation("draft"))
    assert (turn.prompts, len(turn.person.invitations)) == ((), 1)


def test_words_when_nothing_is_open_are_kept_beside_the_last_talk() -> None:
    """Somebody remembers something later."""
    ama = welcomed().says("1").says("x").says("1").says("x").waits(5).says("I forgot: the bridge")
    assert "I have kept your words" in ama.heard
    assert ama.turn.kept[0].text == "I forgot: the bridge"
    assert ama.turn.kept[0].flow == "draft"


def test_a_thank_you_when_nothing_is_open_is_answered() -> None:
    """With what comes next."""
    ama = welcomed().says("1").says("x").says("1").says("x").waits(5)
    assert "Nothing is open right now" in ama.says("hello").heard


def test_a_conversation_about_one_thing_is_not_the_one_about_another() -> None:
    """Keys tell them apart."""
    ama = welcomed()
    ama.begins("draft", "housing")
    assert ama.open.key == "draft/housing"  # type: ignore[union-attr]
    assert ama.says("1").answer("view").key == "draft/housing:view"
    assert ama.answer("view").about == "housing"


# ── reminders ──


def test_a_reminder_is_one_message_with_the_question() -> None:
    """And says where we were."""
    ama = welcomed().waits(72)
    ama.took(dialogue.remind(ama.programme, ama.person, Scene(ama.now), "trends"))
    assert len(ama.turn.prompts) == 1
    assert ama.heard.startswith("We were at question 1 of 2:\nWhat do you think of the trends?")


def test_a_reminder_is_void_once_answered_stopped_or_closed() -> None:
    """Nothing is said."""
    answered, stopped, closed = welcomed().says("1"), welcomed().says("stop"), welcomed()
    closed.programme.open_flows = ("welcome",)
    for ama in (answered, stopped, closed):
        turn = dialogue.remind(ama.programme, ama.person, Scene(ama.now), "trends")
        assert turn.prompts == ()


def test_each_phrase_that_the_engine_says_exists() -> None:
    """In every language of the consultation that ships."""
    said = shipped().phrases
    assert {language: set(said[language]) for language in ("fr", "es")} == {
        "fr": set(said["en"]), "es": set(said["en"]),
    }  # fmt: skip


def test_words_said_long_after_the_last_talk_are_kept_too() -> None:
    """The store hands out only talks that ended lately; what was done is remembered longer."""
    ama = welcomed().says("1").says("x").says("1").says("x").waits(500)
    ama.person = replace(ama.person, conversations=())
    ama.says("I forgot: the bridge")
    assert [(kept.flow, kept.text) for kept in ama.turn.kept] == [("draft", "I forgot: the bridge")]
    assert ama.turn.kept[0].revision == "draft-1"


def test_an_edit_of_an_older_talk_is_no_answer_to_the_open_question() -> None:
    """Its words are kept, the question stands."""
    ama = welcomed().edits("long ago", "1")
    assert ama.asked == "view"
    assert "Your new words are kept" in ama.heard
    assert ama.turn.kept[0].text == "1"


def test_a_flow_that_is_tried_alone_is_followed_by_no_welcome() -> None:
    """As in the terminal."""
    ama = newcomer().begins("trends").says("1").says("x")
    assert ama.heard == "Thank you for this."
    assert ama.open is None
