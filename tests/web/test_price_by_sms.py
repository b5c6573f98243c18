"""What `reactions` on five items costs by SMS, both ways, for someone who would change one item."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from behind import Behind, opened
from e2e.by_twilio import LANGUAGES, Person

from bot.gateway import phases
from bot.gateway.broadcasts.carrying import begun
from bot.gateway.check import check
from bot.wiring import library_of
from channels.segments import segments

AMENDS_ONE = (1, 1, "2 trop cher", 1, 1, 1, "Les jeunes", "1 5 3")
MOST_FROM_THEM = 9  # messages
# Segments, with the announcement and the thanks. Nearly every Spanish text has an accent that
# is outside the old alphabet.
MOST_TO_THEM = {"fr": 40, "en": 40, "es": 60}


@pytest.fixture
async def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Behind]:
    async with opened(tmp_path, monkeypatch) as one:
        yield one


@pytest.mark.parametrize("language", LANGUAGES)
async def test_reactions_by_sms_stay_within_their_price(behind: Behind, language: str) -> None:
    phone = behind.twilio.phone("+33600000001")
    person = Person(phone, language, b"")
    await phone.says("Bonjour")
    await person.hears()
    await person.goes_through("welcome")
    await person.answers(2)  # the trend papers: later
    before, house = len(phone.messages), behind.house
    phase = phases.find(house.library.consultation, "reactions")
    await begun(house, await house.database.write(phases.open_and_announce, house, phase))
    await person.hears()
    said = ("AGENDA", *AMENDS_ONE)
    for answer in said:
        await person.answers(answer)
    thanks = {"fr": "Merci", "en": "Thank", "es": "Gracias"}
    assert phone.texts[-1].startswith(thanks[language])
    to_them = sum(segments(text) for text in phone.texts[before:])
    from_them = sum(segments(str(answer)) for answer in said)
    assert len(said) <= MOST_FROM_THEM
    assert from_them == len(said), "each answer is one segment"
    assert to_them <= MOST_TO_THEM[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_check_prints_the_same_price(behind: Behind, language: str) -> None:
    report = check(library_of(behind.settings))
    wanted = ("reactions", language, "sms")
    (figure,) = [one for one in report.figures
                 if (one.flow, one.language, one.channel) == wanted]  # fmt: skip
    assert figure.messages_back == len(AMENDS_ONE)
    assert figure.segments_least <= MOST_TO_THEM[language]
