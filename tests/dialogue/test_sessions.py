"""Face-to-face sessions in talk: which are shown, what an answer does, what flows may say."""

from typing import Any

import pytest
from flowtexts import step_faults
from msgspec.structs import replace
from session_talk import DAY, knows, member, session, talker
from talk import NOON

from bot.dialogue import talk
from bot.dialogue.sessions import near, said_when

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
