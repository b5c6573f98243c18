"""What the consultation that ships is made of: languages, labels, the calendar, announcements."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from walks import LANGUAGES, PHASED, SHIPPED, every_step, flow

from bot.gateway.library import Library
from channels.capabilities import WHATSAPP
from channels.segments import segments

ROOT = Path(__file__).parents[2]
LIBRARY = Library(ROOT / "flows", "ess", ROOT / "locales")
PHASES = LIBRARY.consultation.phases
START_LINK = re.compile(r"[A-Za-z0-9_-]{1,64}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing_doubtful_or_broken(language: str) -> None:
    ours = [flaw for flaw in LIBRARY.flaws(language) if flaw.file.startswith("flows/ess")]
    assert not ours


def test_the_files_have_no_fault() -> None:
    assert not LIBRARY.faults


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_labels_fit_the_narrowest_phone(name: str, language: str) -> None:
    for step in every_step(flow(name, language).steps):
        few = len(step.choices) <= WHATSAPP.buttons and step.choose == "one"
        room = WHATSAPP.button_label if few else WHATSAPP.list_label
        for choice in step.choices:
            assert len(choice.short or choice.label) <= room, choice


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_choices_begin_so_differently_that_a_list_can_be_answered_by_words(
    name: str, language: str
) -> None:
    for step in every_step(flow(name, language).steps):
        labels = [choice.label.casefold() for choice in step.choices]
        for label in labels:
            assert sum(other.startswith(label) for other in labels) == 1, (step.name, label)


def test_the_calendar_goes_from_october_to_july_without_a_hole() -> None:
    assert [phase.code for phase in PHASES] == [
        *("welcome", "trends", "interviews", "forum", "sessions", "draft", "reactions", "final")
    ]
    dated = sorted((date.fromisoformat(one.opens), date.fromisoformat(one.closes))
                   for one in PHASES if one.code != "welcome")  # fmt: skip
    for (_, closes), (opens, _) in pairwise(dated):
        assert (opens - closes).days <= 1
    assert (dated[0][0], dated[-1][1]) == (date(2026, 10, 1), date(2027, 7, 31))


def test_it_ships_with_the_welcome_and_the_trends_open() -> None:
    assert {one.code for one in PHASES if one.ships == "open"} == {"welcome", "trends"}
    assert {one.ships for one in PHASES} == {"open", "planned"}


def test_addresses_are_erased_only_after_the_last_phase() -> None:
    assert max(one.closes for one in PHASES) < LIBRARY.consultation.erase_addresses_on


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_announcement_is_one_short_sms_that_says_how_long_and_how_to_begin(
    language: str,
) -> None:
    for phase in PHASES:
        text = phase.announce[language]
        assert len(text) <= 160, text
        if language != "es":  # whose accents no old phone's alphabet has
            assert segments(text) == 1, text
        assert re.search(r"\b[A-Z]{4,}\.$", text), text
        if phase.flow:
            assert any(text.endswith(f" {word}.") for word in flow(phase.flow).keywords), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PHASED)
def test_whoever_puts_it_off_is_told_the_word_that_brings_it_back(name: str, language: str) -> None:
    found = flow(name, language)
    later = next(each.text for each in found.endings if each.name == "plus_tard")
    assert any(word in later for word in found.keywords)


def test_networks_codes_fit_into_a_join_link() -> None:
    for network in LIBRARY.consultation.networks:
        assert START_LINK.fullmatch(network.code)


def test_whatever_is_made_up_is_marked_as_a_sample() -> None:
    consultation = LIBRARY.consultation
    mark = re.compile("exemple|sample|ejemplo")
    assert all(mark.search(text) for text in consultation.responsible.values())
    assert all(mark.search(network.title) for network in consultation.networks)
    for language in LANGUAGES:
        for step in (step for name in PHASED for step in flow(name, language).steps):
            assert not step.attach or mark.search(step.say), step.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_of_the_week_is_short_and_asks_nothing(language: str) -> None:
    for topic in flow("forum", language).lists["topics"]:
        assert len(topic.title) <= WHATSAPP.list_label, topic.title
        assert "?" not in topic.title + topic.summary, topic.code
        assert segments(topic.summary) <= 3, topic.summary
        assert topic.text


def test_each_theme_that_the_mission_names_has_topics_from_the_forums_first_week_on() -> None:
    topics = flow("forum").lists["topics"]
    opens = next(phase.opens for phase in PHASES if phase.code == "forum")
    for theme in ("food", "trade", "housing", "poverty", "health"):
        days = sorted(date.fromisoformat(one.starts) for one in topics if one.theme == theme)
        assert (days[0] - date.fromisoformat(opens)).days < 7
        assert len(days) >= 2
