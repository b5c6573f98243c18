"""The forum: a topic of the week, what others said on it, and one's own voice."""

from dataclasses import replace

import pytest
from forum import FORUM
from msgspec.structs import replace as changed
from programme import programme
from talk import HOUR, NOON, Talker

from bot.dialogue.conversation import Invitation, Person
from bot.dialogue.others import OthersWanted, place_of
from bot.dialogue.reply import Other
from bot.dialogue.talk import invite

WEEK = 7 * 24 * HOUR
VOICES = (
    Other("c1", "The mill is far."),
    Other("c2", "We share one.", "media:abc.mp3"),
    Other("c3", "It broke."),
)
TWO_OPEN = programme(forum=FORUM, other="steps:\n  a:\n    ask: And?\n    answer: text\n"
                     "endings:\n  bye: Bye.\n")  # fmt: skip


def talker(*others: Other, themes: tuple[str, ...] = ("food",), **scene: object) -> Talker:
    """Someone for whom the forum is open, and what others said on farms."""
    known = {place_of("forum/farms", "voices"): others}
    person = Person(language="en", facts={"themes": themes}, done={"welcome": 1})
    return Talker(programme(forum=FORUM), person, others=known, **scene)


def hears(ama: Talker, *others: Other) -> None:
    """Change what may be heard from now on."""
    ama.scene = changed(ama.scene, others={place_of("forum/farms", "voices"): others})


# ── the topic of the week ──


def test_a_talk_is_about_the_topic_of_the_week_of_the_theme_one_put_first() -> None:
    ama = talker(themes=("housing", "food")).says("forum")
    assert "This week: Roofs." in ama.heard
    assert ama.open
    assert ama.open.about == "roofs"


def test_a_topic_follows_another_by_its_day() -> None:
    ama = talker().waits(2 * WEEK / HOUR).says("forum")
    assert ama.open
    assert ama.open.about == "mills"


def test_a_topic_that_was_opened_comes_before_its_day() -> None:
    ama = talker()
    ama.programme = replace(ama.programme, opened_topics={"mills": NOON - HOUR})
    assert "This week: Mills." in ama.says("forum").heard


def test_before_the_first_topic_there_is_nothing_to_talk_about() -> None:
    ama = talker()
    ama.now -= 10 * WEEK
    assert '"The forum" is not open now.' in ama.says("forum").heard


def test_the_menu_offers_the_topics_of_ones_own_themes_first() -> None:
    ama = talker(themes=("housing",)).says("menu")
    (menu,) = ama.turn.prompts
    assert [choice.label for choice in menu.choices] == ["The forum: Roofs", "The forum: Farms"]


def test_what_was_talked_about_is_not_offered_again_and_the_rest_of_the_week_is() -> None:
    ama = (
        talker()
        .says(
            "forum",
        )
        .says("we grow rice")
        .says("menu")
    )
    (menu,) = ama.turn.prompts
    assert [choice.code for choice in menu.choices] == ["forum/roofs"]
    assert "Roofs" in ama.says("1").heard


def test_one_topic_a_week_begins_by_itself() -> None:
    ama = talker().says("hello").says("we grow rice")
    assert ama.open is None
    assert list(ama.person.done) == ["welcome", "forum/farms"]


def test_the_keyword_leads_to_the_next_topic_of_the_week_and_then_says_that_others_follow() -> None:
    ama = talker().says("forum").says("rice").says("forum").says("tin")
    assert set(ama.person.done) == {"welcome", "forum/farms", "forum/roofs"}
    assert "You have already spoken on the topics of this week." in ama.says("forum").heard


def test_a_talk_begun_last_week_is_gone_on_with() -> None:
    ama = talker().says("forum").waits(2 * WEEK / HOUR).says("forum")
    assert ama.open
    assert ama.open.about == "farms"


def test_an_old_announcement_leads_to_the_topic_that_followed() -> None:
    ama = talker().waits(2 * WEEK / HOUR).says(pressed="go:forum/farms")
    assert ama.heard.startswith("That topic is over.")
    assert ama.open
    assert ama.open.about == "mills"


def test_an_invitation_to_a_topic_that_is_over_is_not_taken_up() -> None:
    ama = talker()
    ama.person = changed(ama.person, invitations=(Invitation("forum", "farms"),))
    assert "Mills" in ama.waits(2 * WEEK / HOUR).says("hello").heard


def test_an_announcement_names_the_topic() -> None:
    ama = talker()
    turn = invite(ama.programme, ama.person, ama.scene, Invitation("forum", "farms", NOON))
    (said,) = turn.prompts
    assert said.text.startswith("This week: Farms\n")
    assert [choice.code for choice in said.choices] == ["forum/farms"]


def test_another_talk_in_hand_is_ended_first() -> None:
    ama = Talker(TWO_OPEN, Person(language="en", done={"welcome": 1})).begins("other")
    ama.says("it is about forum")
    assert "This week" in ama.heard


# ── what others said ──


def test_up_to_three_voices_are_heard_one_by_one_and_answered() -> None:
    ama = talker(*VOICES).says("forum")
    assert "1 of 4. Voice 1: The mill is far." in ama.heard
    ama.says("1").says("2 too dear").says("no opinion")
    assert [(kept.item, kept.code, kept.comment) for kept in ama.kept.values()] == [
        ("c1", "agree", ""), ("c2", "disagree", "too dear"), ("c3", "pass", ""),
    ]  # fmt: skip
    assert all(kept.about == "farms" for kept in ama.kept.values())
    assert ama.asked == "words"


def test_each_voice_is_counted_as_heard_when_it_is_said() -> None:
    ama = talker(*VOICES).says("forum")
    assert [effect.detail for effect in ama.turn.effects if effect.kind == "shown"] == ["c1"]
    ama.says("1")
    assert [effect.detail for effect in ama.turn.effects if effect.kind == "shown"] == ["c2"]


def test_whoever_speaks_first_hears_nobody() -> None:
    ama = talker().says("forum")
    assert ama.asked == "words"
    assert "Voice" not in ama.heard


def test_what_is_taken_back_meanwhile_is_passed_over() -> None:
    ama = talker(*VOICES).says("forum")
    hears(ama, VOICES[0], VOICES[2])
    ama.says("1")
    assert ama.place == "opinion@c3"
    assert ama.open
    assert ama.open.runs["voices"] == ("c1", "c2", "c3")


def test_when_all_are_taken_back_the_talk_goes_on() -> None:
    ama = talker(*VOICES).says("forum")
    hears(ama)
    assert ama.says("1").asked == "words"


def test_the_conversation_holds_codes_only() -> None:
    ama = talker(*VOICES).says("forum")
    assert "The mill" not in str(ama.person)


def test_words_of_others_are_not_kept_with_the_question() -> None:
    ama = talker(*VOICES).says("forum").says("1")
    assert ama.answer("opinion").question == "What do you think?"


def test_who_comes_back_after_days_is_told_again_what_the_other_said() -> None:
    ama = talker(*VOICES).says("forum").waits(72).says("hello")
    assert "The mill is far." in ama.heard
    assert ama.place == "opinion@c1"


def test_who_comes_back_to_a_voice_that_is_gone_is_told_so() -> None:
    ama = talker(*VOICES).says("forum").waits(72)
    hears(ama)
    assert "This voice is not available now." in ama.says("hello").heard
    assert "The mill is far." not in ama.heard
    assert "not available" in ama.says("repeat").heard
    assert ama.says("no opinion").asked == "words"


def test_going_back_asks_about_the_voice_before() -> None:
    ama = talker(*VOICES).says("forum").says("1").says("back")
    assert ama.place == "opinion@c1"
    assert "The mill is far." in ama.heard


def test_enough_leaves_the_voices_for_ones_own() -> None:
    assert talker(*VOICES).says("forum").says("enough").asked == "words"


def test_a_recording_at_a_voice_is_kept_with_it_and_the_choice_asked_for() -> None:
    ama = talker(*VOICES).says("forum").speaks().says("1")
    assert (ama.answer("opinion").item, len(ama.answer("opinion").files)) == ("c1", 1)


HEARD = FORUM.replace("        ask: What", "        attach: item audio\n        ask: What")


@pytest.mark.parametrize(("plays", "files"), [(True, {"audio": "media:abc.mp3"}), (False, {})])
def test_the_recording_goes_with_the_words_where_sound_can_be_played(
    plays: bool, files: dict[str, str]
) -> None:
    ama = talker(*VOICES, plays_sound=plays)
    ama.programme = programme(forum=HEARD)
    ama.says("forum")
    assert not any(prompt.attach for prompt in ama.turn.prompts)  # the first has no recording
    ama.says("1")
    found = [prompt.attach for prompt in ama.turn.prompts if prompt.attach]
    assert [(one.title, one.files) for one in found] == ([("Voice 2", files)] if files else [])


def test_a_turn_that_needs_others_asks_for_them_and_no_other_turn_does() -> None:
    ama = talker()
    ama.scene = changed(ama.scene, others={}, looks_up_others=True)
    assert ama.says("menu").heard
    with pytest.raises(OthersWanted) as asked:
        ama.says("forum")
    assert (asked.value.place, asked.value.drawn) == ("forum/farms:voices", None)
    assert (asked.value.step, asked.value.most, asked.value.language) == ("words", 3, "en")


def test_once_the_voices_are_passed_nothing_is_asked_for_any_more() -> None:
    ama = talker(VOICES[0]).says("forum").says("1")
    ama.scene = changed(ama.scene, others={}, looks_up_others=True)
    assert ama.says("help").asked == "words"
    assert ama.says("we grow rice").open is None
