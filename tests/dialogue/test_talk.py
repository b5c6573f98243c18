"""Whole talks: coming in, several conversations, reminders."""

import pytest
from msgspec.structs import replace
from programme import programme, shipped
from talk import Talker
from two_flows import ASKS, DRAFT, TRENDS, WELCOME, newcomer, welcomed

from bot.dialogue import talk as dialogue
from bot.dialogue.conversation import Invitation, Scene

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
