"""Sessions and their report as the phone shows them: one message a turn, few and cheap."""

from dataclasses import dataclass

import pytest
from msgspec.structs import replace
from talk import NOON
from walks import LANGUAGES, Walk

from bot.dialogue.sessions import Session

DAY = 86_400_000
TITLES = {"fr": "Vendre ensemble", "en": "Selling together", "es": "Vender juntos"}
COMING = tuple(
    Session(code, TITLES, "Maison des associations, Thies", "Africa/Dakar", NOON + days * DAY,
            left=3)
    for code, days in (("market", 5), ("water", 9))
)  # fmt: skip
LED = Session("led", TITLES, "Thies", "Africa/Dakar", NOON - DAY, leads=True)
WORD = {"fr": "RENCONTRE", "en": "MEETING", "es": "ENCUENTRO"}
REPORT = {"fr": "RAPPORT", "en": "REPORT", "es": "INFORME"}
ENOUGH = {"fr": "assez", "en": "enough", "es": "basta"}
DONE = {"fr": "fini", "en": "done", "es": "listo"}


@dataclass
class Meeting(Walk):
    """Someone who knows of sessions."""

    def __post_init__(self) -> None:
        super().__post_init__()
        known = {one.code: one for one in (*COMING, LED)}
        self.talker.scene = replace(self.talker.scene, sessions=known)


def walks(language: str, channel: str, *flows: str) -> Meeting:
    """Someone welcomed, while these flows are open."""
    return Meeting(channel, language, flows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_sms_two_sessions_cost_three_messages_of_one_each(language: str) -> None:
    walk = walks(language, "sms", "sessions").says(WORD[language], "1", "3")
    assert walk.talker.open is None
    assert len(walk.sent) == walk.said == 3
    assert walk.segments <= (18 if language == "es" else 9)  # "sábado" is no letter of old phones


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_telegram_three_buttons_answer(language: str) -> None:
    walk = walks(language, "telegram", "sessions").says(WORD[language])
    labels = [choice.label for choice in walk.talker.turn.prompts[-1].choices]
    assert len(labels) == 3
    walk.talker.presses(labels[0])
    assert walk.talker.answer("venir").code == "coming"


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_sms_a_report_is_one_message_a_turn_and_asks_for_no_photo(language: str) -> None:
    walk = walks(language, "sms").says(REPORT[language])
    walk.says("1", "23", "15 7 1", "20 2 0 1", "the price", "the road", "a map", ENOUGH[language])
    assert walk.talker.open is None
    assert len(walk.sent) == walk.said == 9
    assert walk.talker.answer("presents").value == {"women": 15, "men": 7, "other": 1}
    assert {kept.about for kept in walk.talker.kept.values()} == {"led"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_holds_three_proposals_a_photo_and_recordings(language: str) -> None:
    walk = walks(language, "whatsapp").says(REPORT[language])
    walk.says("1", "23", "15 7 1", "20 2 0 1", "the price", "the road", "a map", "a mill", "a fund")
    assert walk.talker.asked == "traces"
    walk.talker.speaks()
    walk.talker.speaks()
    walk.says(DONE[language])
    proposals = [kept for kept in walk.talker.kept.values() if kept.step == "proposition"]
    assert [kept.item for kept in proposals] == ["1", "2", "3"]
    assert len(walk.talker.answer("traces").files) == 2
