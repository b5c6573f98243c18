"""What is announced and told of a session, and the report of who led it."""

from typing import Any

import pytest
from msgspec.structs import replace
from programme import flow_of
from session_talk import DAY, announced, invited, member, session, talker
from talk import NOON, Talker

from bot.dialogue import talk

# ── one session announced ──


def test_an_announcement_says_what_where_and_when_and_its_button_asks_of_that_one() -> None:
    ama = talker(session("fair"), session("other"))
    ama.person = replace(ama.person, done={"welcome": 1, "meet": 1})
    assert announced(ama, "meet", "fair").startswith("A new meeting. The fair: the hall, Thursday")
    assert ama.heard.endswith("write MEET.")
    ama.presses("Begin")
    assert ama.place == "come@fair"
    ama.says("1")
    assert ama.open is None


def test_the_keyword_means_what_one_is_invited_to() -> None:
    ama = talker(session("fair"), session("other"), person=invited("fair"))
    assert ama.says("MEET").place == "come@fair"


def test_going_through_all_takes_every_invitation_up() -> None:
    ama = talker(session("fair"), person=invited("fair"))
    ama.begins("meet").says("1")
    assert ama.person.invitations == ()
    assert ama.open is None


def test_nobody_is_asked_by_itself_of_what_they_have_answered() -> None:
    """The phase was opened quietly, then one session announced."""
    ama = talker(session("fair"), person=invited("", "fair"))
    ama.says(pressed="go:meet/fair").says("1")
    assert ama.open is None
    assert ama.heard.count("Thank you.") == 1


def test_what_ended_in_one_turn_is_all_still_there_to_be_written_down() -> None:
    """The second talk has nothing to ask."""
    ama = talker(session("fair"))
    known: Any = ama.programme
    known.bundles["quiet-1"] = replace(
        known.bundles["meet-1"],
        flows={"en": flow_of("steps:\n  a:\n    say: Hear.\nendings:\n  b: Bye.\n", "quiet")},
    )
    known.current["quiet"], known.open_flows = "quiet-1", ("meet", "quiet")
    ama.says("MEET").says("1")
    assert [one.key for one in ama.person.conversations] == ["meet", "quiet"]
    assert {one.state for one in ama.person.conversations} == {"ended"}


def test_an_invitation_to_one_that_is_over_leads_nowhere() -> None:
    ama = talker(session("fair", begins_at=NOON), person=invited("fair"))
    ama.person = replace(ama.person, done={"welcome": 1, "meet": 1})
    assert "Nothing is open" in ama.says("hello").heard
    assert "That meeting is over" in ama.says(pressed="go:meet/fair").heard


def test_the_menu_names_each_and_offers_them_again_while_some_are_near() -> None:
    ama = talker(session("fair"), person=invited("fair"))
    ama.person = replace(ama.person, done={"welcome": 1, "meet": 1})
    ama.says("menu")
    labels = [choice.label for choice in ama.turn.prompts[-1].choices]
    assert labels == ["The meet: The fair", "The meet"]


# ── news ──


def told(one: Talker, what: str) -> str:
    """Tell someone of the fair."""
    turn = talk.tell_of_session(one.programme, one.person, one.scene, "meet", "fair", what)
    return one.took(turn).heard


@pytest.mark.parametrize(
    ("what", "begins"),
    [
        ("place", "There is a place for you now. The fair: the hall"),
        ("changed", "Please note the change. The fair: the hall"),
        ("cancelled", "The fair, Thursday"),
        ("reminder_coming", "See you soon. The fair: the hall"),
        ("reminder_perhaps", "Are you coming? The fair: the hall"),
    ],
)
def test_news_say_which_session_where_and_when(what: str, begins: str) -> None:
    ama = talker(session("fair", answer="coming", cancelled=what == "cancelled"))
    assert told(ama, what).startswith(begins)


def test_the_button_below_a_reminder_opens_the_question_again() -> None:
    ama = talker(session("fair", answer="coming"))
    ama.person = replace(ama.person, done={"welcome": 1, "meet": 1, "meet/fair": 1})
    told(ama, "reminder_coming")
    assert ama.presses("My answer").place == "come@fair"


def test_by_sms_a_reminder_offers_no_number_that_could_be_taken_for_another_answer() -> None:
    ama = talker(session("fair", answer="coming"), buttons=False)
    told(ama, "reminder_coming")
    assert ama.turn.prompts[0].choices == ()


@pytest.mark.parametrize("why", [{"stopped": True}, {"facts": {"consent to take part": "no"}}])
def test_nothing_is_told_to_who_left(why: dict[str, Any]) -> None:
    ama = talker(session("fair"), person=replace(member(), **why))
    assert told(ama, "changed") == ""


# ── the report ──


def test_who_led_a_session_reports_on_it_with_a_word() -> None:
    over = session("fair", begins_at=NOON - DAY, leads=True)
    rosa = talker(over, session("next", leads=True)).says("REPORT")
    assert rosa.heard == "The fair at the hall: what was agreed?"
    rosa.says("seeds")
    assert rosa.answer("agreed").about == "fair"


def test_it_may_be_done_again() -> None:
    over = session("fair", begins_at=NOON - DAY, leads=True)
    rosa = talker(over).says("REPORT").says("seeds").says("REPORT").says("water")
    assert rosa.answer("agreed").text == "water"


@pytest.mark.parametrize("more", [{}, {"leads": True, "begins_at": NOON + DAY}])
def test_nobody_reports_on_what_they_did_not_lead_or_what_was_not_yet(more: dict[str, Any]) -> None:
    ama = talker(session("fair", **{"begins_at": NOON - DAY} | more)).says("REPORT")
    assert ama.heard.startswith('"The report" is not open now.')


def test_the_invitation_to_report_begins_it_whatever_is_open() -> None:
    over = session("fair", begins_at=NOON - DAY, leads=True)
    rosa = talker(over, person=invited("fair", flow="report"))
    rosa.programme = replace_open(rosa)
    assert announced(rosa, "report", "fair").startswith("The fair: how did it go?")
    assert rosa.presses("Begin").place == "agreed"


def replace_open(one: Talker) -> Any:
    """Close everything."""
    known: Any = one.programme
    known.open_flows = ()
    return known
