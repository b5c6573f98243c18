"""What the bot wants to say, as each channel draws it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.dialogue.flow import Choice
from bot.dialogue.pressing import read_pressed
from bot.dialogue.reply import Attachment, Prompt
from bot.gateway.render import MEASURES, Drawn, draw
from channels.base import Button, Capabilities, OutFile, Outgoing
from channels.capabilities import BY_NAME, SMS, TELEGRAM, WHATSAPP

YES_NO = (Choice("yes", "Oui"), Choice("no", "Non"))
THEMES = (
    Choice("credit", "L'épargne et le crédit"),
    Choice("land", "La terre et le foncier pour les coopératives de femmes", "La terre"),
    Choice("care", "Le soin"),
    Choice("law", "La loi"),
)
ASKED = Prompt("On commence ?", "asked", "k1", "envie", YES_NO)
PICK = Prompt("Lesquels ?", "asked", "k2", "themes", THEMES, "several", done="Terminé")
PAPER = Attachment("projet", "L'avant-projet", {"pdf": "projet.fr.pdf", "audio": "projet.fr.mp3"})
PUSHED = Prompt(kind="attached", attach=PAPER)


def drawn(*prompts: Prompt, can: Capabilities = TELEGRAM, **more: Any) -> list[Drawn]:
    return draw(prompts, can, "77", "4242", "https://x.org/d/{}".format, **more)


def sent(*prompts: Prompt, can: Capabilities = TELEGRAM, **more: Any) -> list[Outgoing]:
    return [one.outgoing for one in drawn(*prompts, can=can, **more)]


def labels(outgoing: Outgoing) -> list[list[str]]:
    return [[button.label for button in row] for row in outgoing.buttons]


def test_a_question_has_its_choices_as_buttons() -> None:
    (question,) = drawn(ASKED)
    assert question.outgoing == Outgoing(
        "77",
        "4242",
        text="On commence ?",
        buttons=((Button("Oui", "k1:yes"), Button("Non", "k1:no")),),
    )
    assert question.question == "k1"


def test_by_sms_the_choices_are_numbered_one_a_line() -> None:
    (question,) = sent(ASKED, can=SMS)
    assert question.text == "On commence ?\n1. Oui\n2. Non"
    assert question.buttons == ()


def test_longer_labels_stand_one_a_row_and_short_forms_help() -> None:
    (question,) = sent(PICK)
    assert labels(question) == [
        ["L'épargne et le crédit"],
        ["La terre"],
        ["Le soin"],
        ["La loi"],
        ["Terminé"],
    ]
    assert question.buttons[-1][0].data == "k2:*done"


def test_what_is_chosen_is_ticked() -> None:
    prompt = Prompt("?", "asked", "k2", choices=THEMES, choose="several", chosen=("care",))
    (question,) = sent(prompt)
    assert labels(question)[2] == ["✓ Le soin"]
    assert question.buttons[2][0].chosen


def test_where_the_order_counts_the_tick_has_a_rank() -> None:
    prompt = Prompt("?", "asked", "k2", choices=THEMES, choose="in order", chosen=("law", "care"))
    (question,) = sent(prompt)
    assert [row[0] for row in labels(question)][2:] == ["✓2 Le soin", "✓1 La loi"]


def test_a_toggle_redraws_the_message_that_was_pressed() -> None:
    toggled = Prompt("?", "asked", "k2", choices=YES_NO, choose="several", redraws=True)
    (again,) = drawn(toggled, pressed_on="99")
    assert (again.outgoing.do, again.outgoing.of) == ("redraw", "99")
    assert labels(again.outgoing) == [["Oui", "Non"]]


def test_where_messages_cannot_change_a_toggle_is_asked_again() -> None:
    chosen = Prompt(
        "?", "asked", "k2", choices=YES_NO, choose="several", chosen=("no",), redraws=True
    )
    (again,) = sent(chosen, can=WHATSAPP, pressed_on="99")
    assert (again.do, labels(again)) == ("send", [["Oui"], ["✓ Non"]])


def test_the_keyboard_that_was_answered_is_taken_away_last() -> None:
    said = Prompt("Merci.", closes="k0")
    first, last = drawn(said, ASKED, pressed_on="99")
    assert first.outgoing.do == "send"
    assert last == Drawn(Outgoing("77", "4242", "close", of="99"), closes="k0", units=0)


def test_an_answer_that_was_typed_closes_by_the_questions_key() -> None:
    assert drawn(Prompt("Merci.", closes="k0"))[-1] == Drawn(
        Outgoing("77", "4242", "close"), closes="k0", units=0
    )


def test_a_stale_keyboard_is_taken_away_too() -> None:
    stale = Prompt("Cette question est passée.", "notice")
    assert [one.do for one in sent(stale, ASKED, pressed_on="3")] == ["send", "close"]


@pytest.mark.parametrize("can", [SMS, WHATSAPP], ids=["sms", "whatsapp"])
def test_no_keyboard_is_closed_where_none_can_be(can: Capabilities) -> None:
    assert [one.do for one in sent(Prompt("Merci.", closes="k0"), can=can, pressed_on="3")] == [
        "send"
    ]


def test_files_come_first_then_the_words_of_the_turn_in_one_message() -> None:
    pdf, audio, words = sent(Prompt("Bonjour."), PUSHED, ASKED)
    assert pdf.file == OutFile(
        "projet.fr.pdf", "document", "projet.fr.pdf", "application/pdf", "L'avant-projet"
    )
    assert audio.file == OutFile(
        "projet.fr.mp3", "audio", "projet.fr.mp3", "audio/mpeg", "L'avant-projet"
    )
    assert pdf.text == audio.text == "L'avant-projet"
    assert words.text == "Bonjour.\n\nOn commence ?"


def test_by_sms_all_of_a_turn_is_one_message_with_the_link_before_the_question() -> None:
    (one,) = drawn(Prompt("Bonjour."), PUSHED, ASKED, can=SMS)
    assert one.outgoing.text == (
        "Bonjour.\nL'avant-projet\nhttps://x.org/d/projet\nOn commence ?\n1. Oui\n2. Non"
    )
    assert one.units == 1


def test_without_a_public_address_a_document_that_cannot_go_is_passed_over() -> None:
    (one,) = draw([PUSHED, ASKED], SMS, "77", "", lambda _code: "")
    assert one.outgoing.text.startswith("On commence ?")


def test_a_recording_in_telegrams_own_format_is_a_voice_message() -> None:
    voice = Attachment("a", "A", {"audio": "a.ogg"})
    (one,) = sent(Prompt(kind="attached", attach=voice))
    assert one.file == OutFile("a.ogg", "voice", "a.ogg", "audio/ogg", "A")


def test_labels_that_no_button_shows_whole_stand_in_the_text_too() -> None:
    long = (Choice("a", "Une réponse dont le libellé ne tient sur aucun bouton de téléphone"),)
    (one,) = sent(Prompt("Alors ?", "asked", "k", choices=long))
    assert one.text == f"Alors ?\n1. {long[0].label}"
    assert labels(one) == [["1. Une réponse dont le libellé ne tient…"]]


def test_a_code_too_long_for_a_button_goes_as_its_place_and_comes_back() -> None:
    codes = ("é" * 40, "b")
    (one,) = sent(Prompt("?", "asked", "k", choices=tuple(Choice(c, "x") for c in codes)))
    data = [button.data for row in one.buttons for button in row]
    assert data == ["k:#0", "k:b"]
    assert [read_pressed(one, codes) for one in data] == [f"k:{code}" for code in codes]


@pytest.mark.parametrize("pressed", ["k:yes", "k:#9", "k:#x", "k", "", "k:*done"])
def test_any_other_press_comes_back_as_it_is(pressed: str) -> None:
    assert read_pressed(pressed, ("yes", "no")) == pressed


def test_whatsapp_shows_three_buttons_or_a_list_of_ten_or_numbers() -> None:
    many = tuple(Choice(f"c{n}", f"Choix {n}") for n in range(11))
    three, ten, eleven = (
        sent(Prompt("?", "asked", "k", choices=many[:n]), can=WHATSAPP)[0] for n in (3, 10, 11)
    )
    assert (len(three.buttons), len(ten.buttons), len(eleven.buttons)) == (3, 10, 0)
    assert eleven.text.endswith("11. Choix 10")


def test_how_to_see_more_is_said_only_where_there_is_more() -> None:
    paged = Prompt("?", "asked", "k", choices=YES_NO, page="0 = la suite")
    assert sent(paged, can=SMS)[0].text == "?\n1. Oui\n2. Non"
    (question,) = sent(paged)
    assert labels(question) == [["Oui", "Non"]]


def test_several_photos_have_a_button_that_ends_them() -> None:
    (one,) = sent(Prompt("Vos photos ?", "asked", "k", done="Terminé"))
    assert labels(one) == [["Terminé"]]


def test_a_place_can_be_shared_by_a_button_where_the_channel_has_one() -> None:
    place = Prompt("Où êtes-vous ?", "asked", "k", place=True)
    assert sent(place)[0].ask_place
    assert not sent(place, can=SMS)[0].ask_place


def test_that_button_goes_away_with_the_next_words() -> None:
    assert sent(Prompt("Merci.", ends_place=True))[0].ends_place
    assert not sent(Prompt("Merci.", closes="k"))[0].ends_place
    assert not sent(Prompt("Merci.", ends_place=True), can=SMS)[0].ends_place


def test_where_the_next_question_has_buttons_it_goes_away_by_a_message_of_its_own() -> None:
    """A message carries one keyboard alone."""
    away, question = drawn(Prompt("Merci.", ends_place=True), ASKED)
    assert (away.outgoing.text, away.outgoing.ends_place, away.question) == ("📍", True, "")
    assert (question.outgoing.ends_place, question.question) == (False, "k1")


def test_it_stays_while_a_place_is_asked_for_next() -> None:
    (again,) = sent(Prompt("Merci.", ends_place=True), Prompt("Où ?", "asked", "k", place=True))
    assert (again.ends_place, again.ask_place != "") == (False, True)


def test_a_long_text_is_split_and_its_buttons_stand_under_the_last_part() -> None:
    first, last = drawn(Prompt("Une phrase. " * 400), ASKED)
    assert (first.question, last.question) == ("", "k1")
    assert first.outgoing.buttons == ()
    assert last.outgoing.text.endswith("On commence ?")
    assert labels(last.outgoing) == [["Oui", "Non"]]


def test_nothing_to_say_is_no_message() -> None:
    assert drawn(Prompt("")) == []


TEXTS = st.text(max_size=3000)
LABELS = st.text(min_size=1, max_size=80).filter(str.strip)
CHOICES = st.lists(st.builds(Choice, LABELS, LABELS, st.just("") | LABELS), max_size=30)
PROMPTS = st.builds(
    Prompt,
    text=TEXTS,
    kind=st.just("asked"),
    key=st.sampled_from(["", "0a1b2c3d"]),
    choices=CHOICES.map(tuple),
    choose=st.sampled_from(["one", "several", "in order"]),
    done=st.sampled_from(["", "Terminé"]),
    closes=st.sampled_from(["", "k0"]),
    ends_place=st.booleans(),
    place=st.booleans(),
    attach=st.none() | st.just(PAPER),
)


@pytest.mark.parametrize("name", BY_NAME)
@settings(max_examples=80)
@given(prompts=st.lists(PROMPTS, max_size=3))
def test_whatever_is_said_each_message_is_within_the_channels_limits(
    name: str, prompts: list[Prompt]
) -> None:
    can = BY_NAME[name]
    for one in draw(prompts, can, "77", "", "https://x.org/d/{}".format):
        message = one.outgoing
        assert message.do in ("send", "close")
        assert message.file is None or len(message.text) <= can.caption_limit
        assert message.file or MEASURES[can.text_unit](message.text) <= can.text_limit
        buttons = [button for row in message.buttons for button in row]
        assert len(buttons) <= max(can.buttons, can.list_items)
        assert all(len(button.data.encode()) <= can.button_data_bytes for button in buttons)
        assert all(0 < len(b.label) <= max(can.button_label, can.list_label) for b in buttons)


ADDS = "Add to my answer"
BY_WORD = "To add to your answer, write ADD."


def with_adding(prompt: Prompt) -> Prompt:
    """Let a question offer to add to the answer before it."""
    return replace(prompt, add=ADDS, add_by_word=BY_WORD)


@pytest.mark.parametrize("can", [TELEGRAM, WHATSAPP])
def test_adding_is_the_last_button_below_the_choices(can: Capabilities) -> None:
    (question,) = sent(with_adding(ASKED), can=can)
    assert question.buttons[-1] == (Button(ADDS, "k1:*add", ends=True),)
    assert BY_WORD not in question.text


def test_an_open_question_has_adding_as_its_one_button() -> None:
    (question,) = sent(with_adding(Prompt("Why?", "asked", "k1")), can=WHATSAPP)
    assert labels(question) == [[ADDS]]


def test_adding_never_makes_a_list_of_buttons() -> None:
    """By WhatsApp three buttons are the most, so it is said in words."""
    three = replace(ASKED, choices=(*YES_NO, Choice("maybe", "Peut-être")))
    (question,) = sent(with_adding(three), can=WHATSAPP)
    assert labels(question) == [["Oui"], ["Non"], ["Peut-être"]]
    assert question.text == f"On commence ?\n{BY_WORD}"


def test_by_sms_adding_is_said_below_the_choices() -> None:
    (question,) = sent(replace(ASKED, add_by_word=BY_WORD), can=SMS)
    assert question.text == f"On commence ?\n1. Oui\n2. Non\n{BY_WORD}"
