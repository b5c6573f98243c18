"""What becomes of answers that were not understood, of recordings, picks and values."""

import pytest
from programme import programme
from talk import Talker

from bot.dialogue import talk as dialogue
from bot.dialogue.conversation import Person, Scene
from bot.dialogue.reply import File, FileKind

VIEWS = """
steps:
  view:
    ask: What do you think?
    choices:
      agree: Agreed
      oppose: Against it
  why:
    only if: view is oppose
    ask: Why?
    answer: text or voice
  last:
    ask: Anything else?
    answer: text or voice
endings:
  thanks: Thank you.
"""
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


def someone(text: str = VIEWS, **scene: object) -> Talker:
    """Begin a talk in English."""
    return Talker(programme(text), Person(language="en"), **scene).begins("test")


def question(kind: str) -> str:
    """A flow with one question of a kind, and one behind it."""
    return f"""
steps:
  ask:
    ask: Tell us.
    {kind}
  last:
    ask: Anything else?
    answer: text
endings:
  thanks: Thank you.
"""


# ── the rule of three ──


def test_words_at_a_choice_are_kept_and_become_the_comment() -> None:
    """The person is asked once more to pick."""
    ama = someone().says("It depends on the year")
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
    ama = someone().says("It depends").says("On the year")
    assert "from 1 to 2" in ama.heard
    assert "HELP" in ama.heard


def test_the_third_time_the_answer_is_unresolved_and_the_talk_goes_on() -> None:
    """It waits for a human ear, and whoever gave it is never asked less than others."""
    ama = someone().says("It depends").says("On the year").says("And on the rain")
    kept = ama.answer("view")
    assert (kept.state, kept.code) == ("unresolved", "")
    assert kept.comment == "It depends\nOn the year\nAnd on the rain"
    assert ama.effects == ["hear"]
    assert ama.turn.effects[0].detail == "test:view"
    assert ama.asked == "why"


def test_a_second_voice_note_at_a_choice_is_unresolved_at_once() -> None:
    """Who speaks is never held up."""
    ama = someone().speaks()
    assert "I have kept your recording" in ama.heard
    ama.speaks()
    assert ama.answer("view").state == "unresolved"
    assert [file.media for file in ama.answer("view").files] == ["m1", "m2"]
    assert ama.asked == "why"


def test_words_in_quick_succession_are_one_attempt() -> None:
    """One thought split over messages is not three failures."""
    ama = someone(burst_ms=2000).says("It depends")
    for text in ("on the year", "and the rain", "and the price"):
        ama.now -= 9_500
        ama.says(text)
        assert ama.turn.prompts == ()
    assert ama.asked == "view"
    assert ama.answer("view").comment.count("\n") == 3


def test_a_greeting_at_a_choice_is_no_answer() -> None:
    """It is returned with the question."""
    ama = someone().says("Bonjour !")
    assert ama.heard == "What do you think?"
    assert ama.kept == {}


def test_an_answer_that_a_person_coded_counts_in_later_conditions() -> None:
    """The trail knows the code from then on."""
    ama = someone().speaks().speaks()
    turn = dialogue.code(ama.programme, ama.person, Scene(ama.now), "test:view", ("agree",))
    assert turn.prompts == ()
    [talk] = turn.person.conversations
    assert (talk.trail[0].codes, talk.trail[0].unresolved) == (("agree",), False)


# ── consent ──


def test_an_unresolved_consent_means_no_until_someone_has_heard_it() -> None:
    """The talk waits and says so."""
    ama = someone(CONSENT).speaks().speaks()
    assert "Someone will listen" in ama.heard
    assert ama.effects == ["hear"]
    assert ama.asked == "part"
    assert "consent to take part" not in ama.person.facts
    assert ama.says("hello?").asked == "part"


def test_a_waiting_consent_goes_on_when_it_is_coded() -> None:
    """With the code that the person who listened gave it."""
    ama = someone(CONSENT).speaks().speaks()
    ama.took(dialogue.code(ama.programme, ama.person, Scene(ama.now), "test:part", ("yes",)))
    assert ama.asked == "last"
    assert ama.person.facts["consent to take part"] == "yes"
    assert [file.media for file in ama.answer("part").files] == ["m1", "m2"]


def test_who_waits_at_a_consent_may_still_choose() -> None:
    """Their own choice is better than anybody's ear."""
    assert someone(CONSENT).speaks().speaks().says("yes").asked == "last"


def test_who_refuses_has_nothing_kept_but_the_no() -> None:
    """And only START asks again."""
    ama = someone(CONSENT).says("no")
    assert [kept.code for kept in ama.kept.values()] == ["no"]
    ama.says("But I want to say this")
    assert ama.turn.kept == ()
    assert "write START" in ama.heard
    assert "yes" not in ama.says("yes").person.facts.values()
    assert len(ama.kept) == 1


# ── recordings ──


def test_a_voice_note_answers_an_open_question_and_is_acknowledged_when_it_is_here() -> None:
    """With its length."""
    ama = someone().says("1").speaks(12.4)
    assert "I received your voice message of 12 seconds." in ama.heard
    assert ama.answer("last").files[0].media == "m2"


def test_a_pending_voice_note_is_an_answer_but_not_acknowledged() -> None:
    """We say that it is here only when it is."""
    ama = someone().says("1").speaks(state="pending")
    assert ama.heard == "Thank you."
    assert ama.answer("last").files[0].state == "pending"


def test_a_recording_that_cannot_be_used_is_asked_for_again() -> None:
    """It counts as no answer, and as no failure of the person."""
    ama = someone().says("1").speaks(state="refused", verdict="silent")
    assert "I hear nothing" in ama.heard
    assert ama.asked == "last"
    assert "cannot open" in ama.speaks(state="refused", verdict="timeout").heard


@pytest.mark.parametrize(
    ("note", "told"),
    [({"verdict": "no_speech", "speech": 0.0}, "I hear no voice in it."),
     ({"speech": 0.4}, "It is very short.")],
)  # fmt: skip
def test_a_note_with_no_voice_or_a_single_word_is_kept_and_asked_for_once_more(
    note: dict[str, object], told: str
) -> None:
    """What comes then belongs to it, whatever it is."""
    ama = someone().says("1").speaks(4.0, **note)
    assert told in ama.heard
    assert ama.asked == "last"
    assert [one.media for one in ama.answer("last").files] == ["m2"]
    ama.speaks(4.0, **note)
    assert ama.heard.endswith("Thank you.")
    assert [one.media for one in ama.answer("last").files] == ["m2", "m3"]
    assert ama.answer("last").state == "kept"


def test_a_note_of_one_word_may_be_left_like_that() -> None:
    """SKIP goes on, though the question must be answered: it was."""
    ama = someone().says("1").speaks(1.0, speech=0.4).says("skip")
    assert ama.heard == "Thank you."
    assert ama.answer("last").state == "kept"
    assert [one.media for one in ama.answer("last").files] == ["m2"]


def test_words_after_a_note_of_one_word_belong_to_it() -> None:
    """One answer, one record."""
    ama = someone().says("1").speaks(1.0, speech=0.4).says("We need a well.")
    assert ama.answer("last").text == "We need a well."
    assert [one.media for one in ama.answer("last").files] == ["m2"]


@pytest.mark.parametrize("verdict", ["too_quiet", "too_noisy", "clipped"])
def test_who_is_hard_to_hear_is_told_and_goes_on(verdict: str) -> None:
    """They may record it again with BACK."""
    ama = someone().says("1").speaks(8.0, verdict=verdict, speech=6.0)
    assert "It is hard to hear." in ama.heard
    assert ama.heard.endswith("Thank you.")


def test_a_note_that_turns_out_to_hold_no_voice_is_told_of_later() -> None:
    """At the next step, with the offer to do it again."""
    ama = someone().says("2").speaks(state="pending")
    late = File("m2", "voice", 3.0, "kept", "no_speech", speech=0.0)
    ama.took(dialogue.tell_verdict(ama.programme, ama.person, Scene(ama.now), late))
    ama.says("No")
    assert "I hear no voice in an earlier recording." in ama.heard
    assert ama.effects == ["mark verdict told"]


@pytest.mark.parametrize("words", ["hear me", "Me réécouter", "¿Oír mi mensaje?"])
def test_who_wants_to_hear_themselves_is_played_what_they_recorded_last(words: str) -> None:
    """And is asked on where they were."""
    ama = someone(
        VIEWS.replace("  last:", "  first:\n    ask: And?\n    answer: text or voice\n  last:")
    )
    ama.says("1").speaks(4.0, speech=3.0)
    ama.says(words)
    (played,) = [prompt.attach for prompt in ama.turn.prompts if prompt.attach]
    assert played.files == {"audio": "note:m2"}
    assert "write BACK" in ama.heard
    assert ama.asked == "last"


def test_who_recorded_nothing_is_told_so() -> None:
    """The question stays."""
    ama = someone().says("1").says("hear me")
    assert "no voice message of yours" in ama.heard
    assert ama.asked == "last"


def test_where_no_sound_can_be_played_that_is_said() -> None:
    """A keypad phone has no player."""
    ama = someone(plays_sound=False).says("1").speaks(1.0, speech=0.3).says("hear me")
    assert "cannot play sound here" in ama.heard


def bad(media: str = "m2") -> File:
    """A recording that turned out to be silent."""
    return File(media, "voice", 3.0, "refused", "silent")


def test_a_bad_verdict_that_comes_late_is_told_at_the_next_step() -> None:
    """Never with a jump backwards."""
    ama = someone().says("2").speaks(state="pending")
    ama.took(dialogue.tell_verdict(ama.programme, ama.person, Scene(ama.now), bad()))
    assert ama.turn.prompts == ()
    ama.says("No")
    assert "I hear nothing in an earlier recording." in ama.heard
    assert ama.effects == ["mark verdict told"]
    assert ama.person.verdicts == ()


def test_a_bad_verdict_is_told_at_once_where_nothing_is_open() -> None:
    """And the recording sent again is kept."""
    ama = someone().says("1").speaks(state="pending")
    ama.says(files=(bad(),), verdict_of="r2")
    assert "You can send it again now." in ama.heard
    assert ama.speaks(state="pending").turn.kept[0].files[0].state == "pending"


# ── picking ──


PICKS = question(
    "choices:\n      a: Apples\n      b: Bananas\n      c: Cherries\n    choose: up to 2 in order"
)


def test_buttons_toggle_and_done_ends_the_picking() -> None:
    """The same question is drawn again with what is picked."""
    ama = someone(PICKS).presses("Cherries")
    [prompt] = ama.turn.prompts
    assert (prompt.chosen, prompt.redraws, prompt.done) == (("c",), True, "Done")
    ama.presses("Apples").presses("Cherries").presses("Bananas")
    assert ama.turn.prompts[0].chosen == ("a", "b")
    ama.presses("Done")
    assert ama.answer("ask").codes == ("a", "b")
    assert ama.asked == "last"


def test_no_more_can_be_picked_than_are_allowed() -> None:
    """By buttons or in one message."""
    ama = someone(PICKS).presses("Apples").presses("Bananas").presses("Cherries")
    assert "2 at most" in ama.heard
    assert "2 at most" in someone(PICKS).says("123").heard


def test_done_without_a_pick_asks_for_one() -> None:
    """Typed or pressed."""
    assert "at least one" in someone(PICKS).presses("Done").heard


def test_picks_may_be_finished_by_a_word() -> None:
    """Where there is no button for it."""
    assert someone(PICKS).presses("Apples").says("listo").answer("ask").codes == ("a",)


def test_a_typed_pick_joins_those_that_were_pressed() -> None:
    """Nothing that was picked is lost."""
    assert someone(PICKS).presses("Apples").says("3").answer("ask").codes == ("a", "c")


def test_a_button_of_an_older_question_is_answered_kindly() -> None:
    """And the open question is put again."""
    ama = someone()
    old = ama.turn.prompts[-1].key
    ama.says("1").says(pressed=f"{old}:oppose")
    assert "belongs to an earlier question" in ama.heard
    assert "Anything else?" in ama.heard
    assert ama.answer("view").code == "agree"
    assert ama.turn.prompts[-1].closes == old


def test_the_buttons_of_an_answered_question_are_taken_away() -> None:
    """The next message says of which question."""
    ama = someone()
    key = ama.turn.prompts[-1].key
    assert ama.says("1").turn.prompts[0].closes == key


# ── values ──


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("answer: number", "twelve", 12), ("answer: number", "about 1,200 people", 1200),
        ("answer: 'numbers: women, men'", "12, 8", {"women": 12, "men": 8}),
        ("answer: date", "14 March", "2027-03-14"), ("answer: time", "2pm", "14:00"),
    ],
)  # fmt: skip
def test_a_value_is_understood_kept_and_read_back(kind: str, said: str, value: object) -> None:
    """With the words as they were said."""
    ama = someone(question(kind)).says(said)
    assert (ama.answer("ask").value, ama.answer("ask").text) == (value, said)
    assert "I noted" in ama.heard


def test_a_number_written_plainly_is_not_read_back() -> None:
    """Each message has its price."""
    assert someone(question("answer: number")).says("12").heard == "Anything else?"


@pytest.mark.parametrize("kind", ["number", "date", "time", "photos", "'numbers: women, men'"])
def test_words_where_a_value_is_wanted_are_kept_after_the_third_time(kind: str) -> None:
    """Asked once more, then in another way, then the talk goes on."""
    ama = someone(question(f"answer: {kind}")).says("lots")
    first = ama.heard
    assert ama.says("very many").heard != first
    ama.says("I cannot count")
    kept = ama.answer("ask")
    assert (kept.text, kept.value, kept.state) == ("lots\nvery many\nI cannot count", None, "kept")
    assert ama.asked == "last"


def test_one_to_five_is_a_choice_with_comment() -> None:
    """By figure or word."""
    ama = someone(question("answer: 1 to 5")).says("4 because of the rain")
    assert (ama.answer("ask").code, ama.answer("ask").comment) == ("4", "because of the rain")
    assert someone(question("answer: 1 to 5")).says("five").answer("ask").code == "5"


def test_a_place_is_words_or_a_position() -> None:
    """Whatever the phone can give."""
    kind = question("answer: place")
    assert someone(kind).turn.prompts[-1].place
    assert someone(kind).says("Behind the school").answer("ask").text == "Behind the school"
    there = someone(kind).says(place=(14.7, -17.4)).answer("ask")
    assert there.value == {"latitude": 14.7, "longitude": -17.4}


@pytest.mark.parametrize("said", ["Behind the school", "skip", "back"])
def test_the_button_of_a_place_goes_away_however_the_question_is_left(said: str) -> None:
    """With the first words of the next turn, and no sooner."""
    place = "answer: place\n    optional: yes"
    two = question(place).replace("steps:\n", "steps:\n  who:\n    ask: Who?\n    answer: text\n")
    ama = someone(two).says("Ama")
    assert not ama.turn.prompts[0].ends_place
    assert ama.says(said).turn.prompts[0].ends_place
    assert not ama.says("Ama").turn.prompts[0].ends_place


def test_photos_and_recordings_are_gathered_until_done() -> None:
    """All of them become one answer."""
    ama = someone(question("answer: several photos or recordings"))
    for number in range(3):
        ama.says(files=(File(f"p{number}", "photo", None, "kept"),))
        assert f"{number + 1}." in ama.heard
    key = ama.turn.prompts[-1].key
    assert len(ama.says("done").answer("ask").files) == 3
    assert ama.asked == "last"
    assert ama.turn.prompts[0].closes == key


def test_an_empty_message_is_no_answer() -> None:
    """The bot asks for words or a voice."""
    ama = someone(question("answer: text")).says("  ")
    assert "without words" in ama.heard
    assert ama.kept == {}


@pytest.mark.parametrize("kind", ["contact", "other"])
@pytest.mark.parametrize("asks", ["answer: text", "choices:\n      a: One\n      b: Two"])
def test_what_says_nothing_to_us_is_no_answer(kind: FileKind, asks: str) -> None:
    """Somebody's contact card, a poll or a thrown die leaves no record; words with it do."""
    ama = someone(question(asks)).says(files=(File("", kind, None, "kept"),))
    assert "without words" in ama.heard
    assert ama.asked == "ask"
    assert ama.kept == {}
    said = ama.says("One", files=(File("", kind, None, "kept"),)).answer("ask")
    assert (said.text, said.files) == ("One", ())


def test_a_question_for_text_takes_a_voice_note_too() -> None:
    """Nobody is turned away for not writing."""
    assert someone(question("answer: text")).speaks().answer("ask").files[0].kind == "voice"


@pytest.mark.parametrize(
    "said", ["x" * 10_000, "👍🏽🎉", "مرحبا بكم", "a\0b", "\ud800", "{first_name} %s"]
)
def test_strange_words_are_kept_as_they_are(said: str) -> None:
    """Save for what no database can hold, which leaves a mark."""
    kept = someone(question("answer: text")).says(said).answer("ask").text
    assert kept == said.replace("\0", "�").replace("\ud800", "�")
