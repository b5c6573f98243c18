"""Face-to-face sessions in talk: which are shown, what an answer does, what is told of them."""

from typing import Any

import pytest
from flowtexts import step_faults
from msgspec.structs import replace
from programme import flow_of, programme
from talk import HOUR, NOON, Talker

from bot.dialogue import talk
from bot.dialogue.conversation import Invitation, Person
from bot.dialogue.sessions import Session, near, said_when

DAY = 24 * HOUR
INVITING = """
steps:
  none:
    only if: no session is near
    say: None is near.
  each:
    for each: session
    steps:
      come:
        ask: "{item.title} at {item.place}, {item.date}. {item.seats} Coming?"
        invite to: session
        choices:
          coming: I come
          perhaps: Not sure
          not: I stay
endings:
  thanks: Thank you.
"""
REPORT = """
steps:
  agreed:
    ask: "{about.title} at {about.place}: what was agreed?"
    answer: text or voice
endings:
  thanks: Thank you.
"""


def session(code: str, **more: Any) -> Session:
    """A session in three days, for everybody, unless said otherwise."""
    known = {"title": {"en": f"The {code}"}, "place": "the hall", "zone": "Africa/Dakar",
             "begins_at": NOON + 3 * DAY} | more  # fmt: skip
    return Session(code, **known)


def member(**facts: str) -> Person:
    """Someone who has been welcomed."""
    known = {"consent to take part": "yes", "region": "north"} | facts
    return Person(language="en", facts=known, done={"welcome": 1})


def talker(*sessions: Session, person: Person | None = None, **scene: Any) -> Talker:
    """Someone to whom these sessions are known, with the flows of coming and of reporting."""
    known = programme(meet=INVITING)
    report = replace(flow_of(REPORT, "report"), about="own session")
    known.bundles["report-1"] = replace(known.bundles["meet-1"], flows={"en": report})
    known.current["report"] = "report-1"
    return Talker(known, person or member(), sessions={one.code: one for one in sessions}, **scene)


def knows(one: Talker, *sessions: Session) -> Talker:
    """Let the store have changed meanwhile."""
    one.scene = replace(one.scene, sessions={each.code: each for each in sessions})
    return one


# ── which are near ──


@pytest.mark.parametrize(
    ("more", "is_near"),
    [
        ({}, True),
        ({"region": "north"}, True),
        ({"region": "south"}, False),
        ({"region": "south", "answer": "coming"}, True),
        ({"languages": ("en", "fr")}, True),
        ({"languages": ("es",)}, False),
        ({"cancelled": True}, False),
        ({"cancelled": True, "answer": "coming"}, False),
        ({"begins_at": NOON}, False),
    ],
)
def test_near_is_what_concerns_a_person_and_is_still_to_come(
    more: dict[str, Any], is_near: bool
) -> None:
    found = near({"fair": session("fair", **more)}, {"region": "north"}, "en", NOON)
    assert found == (("fair",) if is_near else ())


def test_whoever_has_no_region_sees_all_of_their_language() -> None:
    assert near({"fair": session("fair", region="south")}, {}, "en", NOON) == ("fair",)


def test_the_soonest_comes_first_and_the_conversation_holds_codes_alone() -> None:
    ama = talker(session("late", begins_at=NOON + 9 * DAY), session("soon")).says("MEET")
    assert ama.open is not None
    assert ama.open.runs == {"each": ("soon", "late")}
    assert ama.heard == ("The soon at the hall, Thursday, September 24, 2026, 2:13 PM. Coming?")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "samedi 14 novembre 2026, 15:00"),
        ("en", "Saturday, November 14, 2026, 3:00 PM"),
        ("es", "sábado, 14 de noviembre de 2026, 15:00"),
    ],
)
def test_a_day_is_said_in_the_persons_language_and_with_letters_of_every_phone(
    language: str, said: str
) -> None:
    assert said_when(1_794_668_400_000, "Africa/Dakar", language) == said


def test_whose_clock_shows_another_hour_is_told_their_own_too() -> None:
    ama = talker(session("fair"), person=member(**{"time zone": "America/Lima"})).says("MEET")
    assert "2:13 PM (your time: 9:13 AM)" in ama.heard


def test_without_a_session_nearby_that_is_said_and_nothing_asked() -> None:
    ama = talker(session("fair", region="south")).says("MEET")
    assert ama.heard == "None is near.\nThank you."


def test_one_that_was_cancelled_meanwhile_is_passed_over() -> None:
    soon, late = session("soon"), session("late", begins_at=NOON + 9 * DAY)
    ama = talker(soon, late).says("MEET")
    knows(ama, soon, replace(late, cancelled=True)).says("1")
    assert ama.heard.endswith("Thank you.")


# ── coming, perhaps, not ──


def test_an_answer_leaves_it_to_the_gateway_who_gets_the_last_place() -> None:
    ama = talker(session("fair", left=1)).says("MEET")
    assert "Places left: 1." in ama.heard
    ama.says("1")
    assert [(one.kind, one.detail) for one in ama.turn.effects] == [("rsvp", "fair coming")]
    said = ama.turn.prompts[0]
    assert said.text == said.either["coming"]
    assert said.text.startswith("Your place is kept. The fair: the hall, Thursday")
    assert said.either["waiting"].startswith("All places are taken.")
    assert ama.answer("come").item == "fair"
    assert ama.answer("come").code == "coming"


@pytest.mark.parametrize(
    ("known", "reply", "said"),
    [
        ({"left": 0}, "1", "All places are taken."),
        ({"left": 0, "answer": "coming"}, "1", "Your place is kept."),
        ({"left": 0}, "2", "Noted: perhaps."),
        ({}, "3", "Noted: you are not coming. If you change your mind, write MEET."),
    ],
)
def test_what_came_of_it_is_said_at_once(known: dict[str, Any], reply: str, said: str) -> None:
    assert (
        talker(session("fair", **known))
        .says(
            "MEET",
        )
        .says(reply)
        .heard.startswith(said)
    )


def test_who_answers_when_it_was_cancelled_meanwhile_is_told() -> None:
    ama = talker(session("fair")).says("MEET")
    knows(ama, session("fair", cancelled=True)).says("1")
    assert ama.heard.startswith("That meeting is over, or does not take place.")


def test_the_mind_may_be_changed_later_by_the_same_word() -> None:
    ama = talker(session("fair")).says("MEET").says("1").waits(24)
    knows(ama, session("fair", answer="coming")).says("MEET")
    assert ama.heard.startswith("So far you are coming.\nThe fair at the hall")
    ama.says("3")
    assert ama.turn.effects[0].detail == "fair not"
    assert ama.answer("come").code == "not"


def test_a_correction_in_one_breath_takes_the_place_back() -> None:
    later = session("later", begins_at=NOON + 9 * DAY)
    ama = talker(session("fair"), later, burst_ms=2000).says("MEET").says("1")
    assert ama.place == "come@later"
    ama.says("3", at=ama.now - 11_000)
    assert [one.detail for one in ama.turn.effects] == ["fair not"]
    assert ama.heard.startswith("Noted: you are not coming.")
    assert ama.place == "come@later"


def test_a_voice_note_at_the_question_takes_no_place() -> None:
    ama = talker(session("fair")).says("MEET").speaks().speaks()
    assert "rsvp" not in ama.effects
    assert ama.answer("come").state == "unresolved"


def test_once_someone_has_listened_and_coded_it_the_place_is_taken() -> None:
    ama = talker(session("fair")).says("MEET").speaks().speaks()
    key = ama.answer("come").key
    scene = replace(ama.scene, now=ama.now)
    ama.took(talk.code(ama.programme, ama.person, scene, key, ("coming",)))
    assert [one.detail for one in ama.turn.effects] == ["fair coming"]


# ── one session announced ──


def invited(*abouts: str, person: Person | None = None, flow: str = "meet") -> Person:
    """Someone who was invited to sessions."""
    found = tuple(Invitation(flow, about, NOON) for about in abouts)
    return replace(person or member(), invitations=found)


def announced(one: Talker, flow: str, about: str) -> str:
    """Announce a session to someone."""
    invitation = Invitation(flow, about, one.now)
    return one.took(talk.invite(one.programme, one.person, one.scene, invitation)).heard


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


# ── what the files may say ──

UNKNOWN_CODES = """
b:
  for each: session
  steps:
    a:
      ask: Vient ?
      invite to: session
      choices:
        yes: Oui
        no: Non
"""


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (
            "a:\n  ask: Vient ?\n  invite to: session\n  choices:\n    coming: Oui\n    not: Non\n",
            "stands in no block of sessions",
        ),
        (
            UNKNOWN_CODES,
            'its choices must be "coming" and "not"',
        ),
        ("a:\n  say: Vient.\n  invite to: session\n", 'has "invite to" but asks nothing'),
        ("a:\n  only if: a session is unknown\n  say: Ici.\n", 'write "a session is near"'),
        ("a:\n  only if: region is near\n  say: Ici.\n", 'a fact "is …" or "is unknown"'),
        (
            "b:\n  for each: sessions\n  steps:\n    a:\n      say: Ici.\n",
            'there is no list "sessions" to go through; did you mean "session"?',
        ),
    ],
)
def test_a_slip_is_a_sentence_with_a_remedy(steps: str, said: str) -> None:
    assert any(said in fault for fault in step_faults(steps)), step_faults(steps)
