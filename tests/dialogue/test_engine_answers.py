"""What becomes of answers that were not understood, and of a consent that was refused or said."""

from begun import begun

from bot.dialogue import talk as dialogue
from bot.dialogue.conversation import Scene

CONSENT = """
steps:
  part:
    ask: Do you take part?
    choices:
      yes: I agree
      no: No
    keep as: consent to take part
    if no: bye
  last:
    ask: What do you think?
    answer: text or voice
endings:
  thanks: Thank you.
  bye: Goodbye.
"""


# ── the rule of three ──


def test_words_at_a_choice_are_kept_and_become_the_comment() -> None:
    """The person is asked once more to pick."""
    ama = begun().says("It depends on the year")
    assert "I have kept your words" in ama.heard
    assert ama.answer("view").comment == "It depends on the year"
    ama.says("1")
    kept = ama.answer("view")
    assert (kept.code, kept.comment, kept.replies) == (
        "agree",
        "It depends on the year",
        ("r1", "r2"),
    )
    assert ama.asked == "last"


def test_the_second_time_the_question_is_put_in_another_way_and_help_offered() -> None:
    """In one message with the question."""
    ama = begun().says("It depends").says("On the year")
    assert "from 1 to 2" in ama.heard
    assert "HELP" in ama.heard


def test_where_answers_are_buttons_without_numbers_one_is_told_to_press_them() -> None:
    """Where they are numbered, only of the number."""
    ama = begun().says("It depends").says("On the year")
    assert "Press one of the answers" in ama.heard
    awa = begun(buttons=False).says("It depends").says("On the year")
    assert "Press" not in awa.heard


def test_the_third_time_the_answer_is_unresolved_and_the_talk_goes_on() -> None:
    """It waits for a human ear, and whoever gave it is never asked less than others."""
    ama = begun().says("It depends").says("On the year").says("And on the rain")
    kept = ama.answer("view")
    assert (kept.state, kept.code) == ("unresolved", "")
    assert kept.comment == "It depends\nOn the year\nAnd on the rain"
    assert ama.effects == ["hear"]
    assert ama.turn.effects[0].detail == "test:view"
    assert ama.asked == "why"


def test_a_second_voice_note_at_a_choice_is_unresolved_at_once() -> None:
    """Who speaks is never held up."""
    ama = begun().speaks()
    assert "I have kept your recording" in ama.heard
    ama.speaks()
    assert ama.answer("view").state == "unresolved"
    assert [file.media for file in ama.answer("view").files] == ["m1", "m2"]
    assert ama.asked == "why"


def test_words_in_quick_succession_are_one_attempt() -> None:
    """One thought split over messages is not three failures."""
    ama = begun(burst_ms=2000).says("It depends")
    for text in ("on the year", "and the rain", "and the price"):
        ama.now -= 9_500
        ama.says(text)
        assert ama.turn.prompts == ()
    assert ama.asked == "view"
    assert ama.answer("view").comment.count("\n") == 3


def test_a_greeting_at_a_choice_is_no_answer() -> None:
    """It is returned with the question."""
    ama = begun().says("Bonjour !")
    assert ama.heard == "What do you think?"
    assert ama.kept == {}


def test_an_answer_that_a_person_coded_counts_in_later_conditions() -> None:
    """The trail knows the code from then on."""
    ama = begun().speaks().speaks()
    turn = dialogue.code(ama.programme, ama.person, Scene(ama.now), "test:view", ("agree",))
    assert turn.prompts == ()
    [talk] = turn.person.conversations
    assert (talk.trail[0].codes, talk.trail[0].unresolved) == (("agree",), False)


# ── consent ──


def test_an_unresolved_consent_means_no_until_someone_has_heard_it() -> None:
    """The talk waits and says so."""
    ama = begun(CONSENT).speaks().speaks()
    assert "Someone will listen" in ama.heard
    assert ama.effects == ["hear"]
    assert ama.asked == "part"
    assert "consent to take part" not in ama.person.facts
    assert ama.says("hello?").asked == "part"


def test_a_waiting_consent_goes_on_when_it_is_coded() -> None:
    """With the code that the person who listened gave it."""
    ama = begun(CONSENT).speaks().speaks()
    ama.took(dialogue.code(ama.programme, ama.person, Scene(ama.now), "test:part", ("yes",)))
    assert ama.asked == "last"
    assert ama.person.facts["consent to take part"] == "yes"
    assert [file.media for file in ama.answer("part").files] == ["m1", "m2"]


def test_who_waits_at_a_consent_may_still_choose() -> None:
    """Their own choice is better than anybody's ear."""
    assert begun(CONSENT).speaks().speaks().says("yes").asked == "last"


def test_who_refuses_has_nothing_kept_but_the_no() -> None:
    """And only START asks again."""
    ama = begun(CONSENT).says("no")
    assert [kept.code for kept in ama.kept.values()] == ["no"]
    ama.says("But I want to say this")
    assert ama.turn.kept == ()
    assert "write START" in ama.heard
    assert "yes" not in ama.says("yes").person.facts.values()
    assert len(ama.kept) == 1
