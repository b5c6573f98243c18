"""What becomes of recordings: acknowledged, heard, sent again, played back."""

import pytest
from begun import VIEWS, begun

from bot.dialogue import talk as dialogue
from bot.dialogue.conversation import Scene
from bot.dialogue.reply import File


def test_a_voice_note_answers_an_open_question_and_is_acknowledged_when_it_is_here() -> None:
    """With its length."""
    ama = begun().says("1").speaks(12.4)
    assert "I received your voice message of 12 seconds." in ama.heard
    assert ama.answer("last").files[0].media == "m2"


def test_a_pending_voice_note_is_an_answer_but_not_acknowledged() -> None:
    """We say that it is here only when it is."""
    ama = begun().says("1").speaks(state="pending")
    assert ama.heard == "Thank you."
    assert ama.answer("last").files[0].state == "pending"


def test_a_recording_that_cannot_be_used_is_asked_for_again() -> None:
    """It counts as no answer, and as no failure of the person."""
    ama = begun().says("1").speaks(state="refused", verdict="silent")
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
    ama = begun().says("1").speaks(4.0, **note)
    assert told in ama.heard
    assert ama.asked == "last"
    assert [one.media for one in ama.answer("last").files] == ["m2"]
    ama.speaks(4.0, **note)
    assert ama.heard.endswith("Thank you.")
    assert [one.media for one in ama.answer("last").files] == ["m2", "m3"]
    assert ama.answer("last").state == "kept"


def test_a_note_of_one_word_may_be_left_like_that() -> None:
    """SKIP goes on, though the question must be answered: it was."""
    ama = begun().says("1").speaks(1.0, speech=0.4).says("skip")
    assert ama.heard == "Thank you."
    assert ama.answer("last").state == "kept"
    assert [one.media for one in ama.answer("last").files] == ["m2"]


def test_words_after_a_note_of_one_word_belong_to_it() -> None:
    """One answer, one record."""
    ama = begun().says("1").speaks(1.0, speech=0.4).says("We need a well.")
    assert ama.answer("last").text == "We need a well."
    assert [one.media for one in ama.answer("last").files] == ["m2"]


@pytest.mark.parametrize("verdict", ["too_quiet", "too_noisy", "clipped"])
def test_who_is_hard_to_hear_is_told_and_goes_on(verdict: str) -> None:
    """They may record it again with BACK."""
    ama = begun().says("1").speaks(8.0, verdict=verdict, speech=6.0)
    assert "It is hard to hear." in ama.heard
    assert ama.heard.endswith("Thank you.")


def test_a_note_that_turns_out_to_hold_no_voice_is_told_of_later() -> None:
    """At the next step, with the offer to do it again."""
    ama = begun().says("2").speaks(state="pending")
    late = File("m2", "voice", 3.0, "kept", "no_speech", speech=0.0)
    ama.took(dialogue.tell_verdict(ama.programme, ama.person, Scene(ama.now), late))
    ama.says("No")
    assert "I hear no voice in an earlier recording." in ama.heard
    assert ama.effects == ["mark verdict told"]


@pytest.mark.parametrize("words", ["hear me", "Me réécouter", "¿Oír mi mensaje?"])
def test_who_wants_to_hear_themselves_is_played_what_they_recorded_last(words: str) -> None:
    """And is asked on where they were."""
    ama = begun(
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
    ama = begun().says("1").says("hear me")
    assert "no voice message of yours" in ama.heard
    assert ama.asked == "last"


def test_where_no_sound_can_be_played_that_is_said() -> None:
    """A keypad phone has no player."""
    ama = begun(plays_sound=False).says("1").speaks(1.0, speech=0.3).says("hear me")
    assert "cannot play sound here" in ama.heard


def bad(media: str = "m2") -> File:
    """A recording that turned out to be silent."""
    return File(media, "voice", 3.0, "refused", "silent")


def test_a_bad_verdict_that_comes_late_is_told_at_the_next_step() -> None:
    """Never with a jump backwards."""
    ama = begun().says("2").speaks(state="pending")
    ama.took(dialogue.tell_verdict(ama.programme, ama.person, Scene(ama.now), bad()))
    assert ama.turn.prompts == ()
    ama.says("No")
    assert "I hear nothing in an earlier recording." in ama.heard
    assert ama.effects == ["mark verdict told"]
    assert ama.person.verdicts == ()


def test_a_bad_verdict_is_told_at_once_where_nothing_is_open() -> None:
    """And the recording sent again is kept."""
    ama = begun().says("1").speaks(state="pending")
    ama.says(files=(bad(),), verdict_of="r2")
    assert "You can send it again now." in ama.heard
    assert ama.speaks(state="pending").turn.kept[0].files[0].state == "pending"
