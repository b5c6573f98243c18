"""What becomes of picks and of values: numbers, dates, places, photos, words."""

import pytest
from begun import begun, question

from bot.dialogue.reply import File, FileKind

# ── picking ──

PICKS = question(
    "choices:\n      a: Apples\n      b: Bananas\n      c: Cherries\n    choose: up to 2 in order"
)


def test_buttons_toggle_and_done_ends_the_picking() -> None:
    """The same question is drawn again with what is picked."""
    ama = begun(PICKS).presses("Cherries")
    [prompt] = ama.turn.prompts
    assert (prompt.chosen, prompt.redraws, prompt.done) == (("c",), True, "Done")
    ama.presses("Apples").presses("Cherries").presses("Bananas")
    assert ama.turn.prompts[0].chosen == ("a", "b")
    ama.presses("Done")
    assert ama.answer("ask").codes == ("a", "b")
    assert ama.asked == "last"


def test_no_more_can_be_picked_than_are_allowed() -> None:
    """By buttons or in one message."""
    ama = begun(PICKS).presses("Apples").presses("Bananas").presses("Cherries")
    assert "2 at most" in ama.heard
    assert "2 at most" in begun(PICKS).says("123").heard


def test_done_without_a_pick_asks_for_one() -> None:
    """Typed or pressed."""
    assert "at least one" in begun(PICKS).presses("Done").heard


def test_picks_may_be_finished_by_a_word() -> None:
    """Where there is no button for it."""
    assert begun(PICKS).presses("Apples").says("listo").answer("ask").codes == ("a",)


def test_a_typed_pick_joins_those_that_were_pressed() -> None:
    """Nothing that was picked is lost."""
    assert begun(PICKS).presses("Apples").says("3").answer("ask").codes == ("a", "c")


def test_a_button_of_an_older_question_is_answered_kindly() -> None:
    """And the open question is put again."""
    ama = begun()
    old = ama.turn.prompts[-1].key
    ama.says("1").says(pressed=f"{old}:oppose")
    assert "belongs to an earlier question" in ama.heard
    assert "Anything else?" in ama.heard
    assert ama.answer("view").code == "agree"
    assert ama.turn.prompts[-1].closes == old


def test_the_buttons_of_an_answered_question_are_taken_away() -> None:
    """The next message says of which question."""
    ama = begun()
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
    ama = begun(question(kind)).says(said)
    assert (ama.answer("ask").value, ama.answer("ask").text) == (value, said)
    assert "I noted" in ama.heard


def test_a_number_written_plainly_is_not_read_back() -> None:
    """Each message has its price."""
    assert begun(question("answer: number")).says("12").heard == "Anything else?"


@pytest.mark.parametrize("kind", ["number", "date", "time", "photos", "'numbers: women, men'"])
def test_words_where_a_value_is_wanted_are_kept_after_the_third_time(kind: str) -> None:
    """Asked once more, then in another way, then the talk goes on."""
    ama = begun(question(f"answer: {kind}")).says("lots")
    first = ama.heard
    assert ama.says("very many").heard != first
    ama.says("I cannot count")
    kept = ama.answer("ask")
    assert (kept.text, kept.value, kept.state) == ("lots\nvery many\nI cannot count", None, "kept")
    assert ama.asked == "last"


def test_one_to_five_is_a_choice_with_comment() -> None:
    """By figure or word."""
    ama = begun(question("answer: 1 to 5")).says("4 because of the rain")
    assert (ama.answer("ask").code, ama.answer("ask").comment) == ("4", "because of the rain")
    assert begun(question("answer: 1 to 5")).says("five").answer("ask").code == "5"


def test_a_place_is_words_or_a_position() -> None:
    """Whatever the phone can give."""
    kind = question("answer: place")
    assert begun(kind).turn.prompts[-1].place
    assert begun(kind).says("Behind the school").answer("ask").text == "Behind the school"
    there = begun(kind).says(place=(14.7, -17.4)).answer("ask")
    assert there.value == {"latitude": 14.7, "longitude": -17.4}


@pytest.mark.parametrize("said", ["Behind the school", "skip", "back"])
def test_the_button_of_a_place_goes_away_however_the_question_is_left(said: str) -> None:
    """With the first words of the next turn, and no sooner."""
    place = "answer: place\n    optional: yes"
    two = question(place).replace("steps:\n", "steps:\n  who:\n    ask: Who?\n    answer: text\n")
    ama = begun(two).says("Ama")
    assert not ama.turn.prompts[0].ends_place
    assert ama.says(said).turn.prompts[0].ends_place
    assert not ama.says("Ama").turn.prompts[0].ends_place


def test_photos_and_recordings_are_gathered_until_done() -> None:
    """All of them become one answer."""
    ama = begun(question("answer: several photos or recordings"))
    for number in range(3):
        ama.says(files=(File(f"p{number}", "photo", None, "kept"),))
        assert f"{number + 1}." in ama.heard
    key = ama.turn.prompts[-1].key
    assert len(ama.says("done").answer("ask").files) == 3
    assert ama.asked == "last"
    assert ama.turn.prompts[0].closes == key


def test_an_empty_message_is_no_answer() -> None:
    """The bot asks for words or a voice."""
    ama = begun(question("answer: text")).says("  ")
    assert "without words" in ama.heard
    assert ama.kept == {}


@pytest.mark.parametrize("kind", ["contact", "other"])
@pytest.mark.parametrize("asks", ["answer: text", "choices:\n      a: One\n      b: Two"])
def test_what_says_nothing_to_us_is_no_answer(kind: FileKind, asks: str) -> None:
    """Somebody's contact card, a poll or a thrown die leaves no record; words with it do."""
    ama = begun(question(asks)).says(files=(File("", kind, None, "kept"),))
    assert "without words" in ama.heard
    assert ama.asked == "ask"
    assert ama.kept == {}
    said = ama.says("One", files=(File("", kind, None, "kept"),)).answer("ask")
    assert (said.text, said.files) == ("One", ())


def test_a_question_for_text_takes_a_voice_note_too() -> None:
    """Nobody is turned away for not writing."""
    assert begun(question("answer: text")).speaks().answer("ask").files[0].kind == "voice"


@pytest.mark.parametrize(
    "said", ["x" * 10_000, "👍🏽🎉", "مرحبا بكم", "a\0b", "\ud800", "{first_name} %s"]
)
def test_strange_words_are_kept_as_they_are(said: str) -> None:
    """Save for what no database can hold, which leaves a mark."""
    kept = begun(question("answer: text")).says(said).answer("ask").text
    assert kept == said.replace("\0", "�").replace("\ud800", "�")
