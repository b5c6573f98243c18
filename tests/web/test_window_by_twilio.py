"""A whole house and the window of a day on WhatsApp: templates, reminders, human replies, 63016."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from behind import Behind, opened
from fakes.twilio_faults import refusal
from fakes.twilio_phone import Phone
from sqlalchemy import update

from bot.examining import examine_twilio
from bot.gateway import phases, templates
from bot.gateway.broadcasts.carrying import begun
from bot.gateway.broadcasts.ledger import lines
from bot.gateway.broadcasts.plan import Plan
from bot.gateway.broadcasts.preview import preview
from bot.gateway.broadcasts.prices import Prices
from bot.gateway.handing import reply_as_human
from bot.gateway.remind import remind_due
from bot.gateway.session_news import tell_news
from bot.store import tables

AMA = "+33600000001"


@pytest.fixture
async def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Behind]:
    async with opened(tmp_path, monkeypatch) as one:
        one.twilio.approves = "approved"
        yield one


async def welcomed(behind: Behind, language: str = "Français") -> Phone:
    """Someone who went through the welcome on WhatsApp, and did not begin the trends."""
    phone = behind.twilio.phone(AMA, whatsapp=True)
    await phone.says("Bonjour")
    await phone.hears()
    await phone.presses(language)
    await phone.hears()
    for words in ("1", "1", "1", "1", "1", "1", "1 2 3", "2"):
        await phone.says(words)
        while not (heard := await phone.hears()).text:
            pass
    assert heard.text
    return phone


async def opens(behind: Behind, name: str = "reactions") -> dict[str, int]:
    """Open a phase and announce it."""
    house = behind.house
    phase = phases.find(house.library.consultation, name)
    number = await house.database.write(phases.open_and_announce, house, phase, wakes=("outbox",))
    return await begun(house, number)


async def test_without_a_template_nobody_beyond_the_window_is_written_to(behind: Behind) -> None:
    phone = await welcomed(behind)
    await behind.a_day_goes_by(phone)
    before = len(phone.messages)
    assert await opens(behind) == {"skipped: window": 1}
    assert len(phone.messages) == before
    await phone.says("Bonjour")
    assert (await phone.hears()).media
    assert "agenda" in (await phone.hears()).text.lower()


@pytest.mark.parametrize(
    ("language", "words"),
    [("Français", "répondez AGENDA"), ("English", "reply AGENDA"), ("Español", "responda AGENDA")],
)
async def test_a_template_invites_whoever_is_beyond_the_window_in_their_language(
    behind: Behind, language: str, words: str
) -> None:
    phone = await welcomed(behind, language)
    await templates.submit(behind.house)
    await behind.a_day_goes_by(phone)
    await opens(behind)
    invited = await phone.hears()
    assert words in invited.text
    assert invited.shown.kind == "twilio/text"
    await phone.says("AGENDA")
    assert len((await phone.hears()).media) == 1


async def test_preview_and_ledger_count_a_template_at_its_own_price(behind: Behind) -> None:
    phone = await welcomed(behind)
    await templates.submit(behind.house)
    prices = Prices("USD", "", True, "", {"whatsapp": {"default": 0.01},
                                          "whatsapp template": {"default": 0.07}})  # fmt: skip

    async def costs() -> float:
        look = partial(preview, house=behind.house, plan=Plan(flow="reactions"), rule="",
                       prices=prices)  # fmt: skip
        return (await behind.house.database.read(look)).cost

    assert await costs() == 0.01
    await behind.a_day_goes_by(phone)
    assert await costs() == 0.07
    await opens(behind)
    await behind.until_all_sent()
    (line,) = await behind.house.database.read(lambda c: list(lines(c, 1, prices, {})))
    assert (line["state"], line["cost"]) == ("sent", 0.07)


async def test_within_the_window_the_announcement_itself_comes(behind: Behind) -> None:
    phone = await welcomed(behind)
    await templates.submit(behind.house)
    await opens(behind)
    assert (await phone.hears()).shown.kind == "twilio/quick-reply"


async def _is_due(behind: Behind) -> None:
    first = min(row.id for row in await behind.rows(tables.reminders))
    past = update(tables.reminders).where(tables.reminders.c.id == first).values(due_at=1)
    for statement in (past, update(tables.participants).values(asked_at=None)):
        await behind.house.database.write(lambda c, one=statement: c.execute(one) and None)
    await remind_due(behind.house)


@pytest.mark.parametrize("approved", [True, False])
async def test_a_reminder_beyond_the_window_goes_by_template_or_not_at_all(
    behind: Behind, approved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.remind.not_before", lambda moment, *_: moment)
    phone = await welcomed(behind)
    await opens(behind)
    await phone.hears()
    await phone.says("AGENDA")
    asked = await phone.hears()
    while not asked.labels:
        asked = await phone.hears()
    if approved:
        await templates.submit(behind.house)
    await behind.a_day_goes_by(phone)
    before = len(phone.messages)
    await _is_due(behind)
    rows = await behind.rows(tables.reminders)
    if approved:
        reminded = await phone.hears()
        assert "START" in reminded.text
        await phone.says("START")
        assert (await phone.hears()).labels == asked.labels
    else:
        assert rows[0].state == "void"
        assert rows[0].reason == "window"
        assert len(phone.messages) == before


async def test_a_human_s_words_wait_and_a_template_tells_of_them_once(behind: Behind) -> None:
    phone = await welcomed(behind)
    await templates.submit(behind.house)
    await behind.a_day_goes_by(phone)
    (person,) = await behind.rows(tables.participants)
    await reply_as_human(behind.house, person.id, "Nous vous appelons demain.")
    await reply_as_human(behind.house, person.id, "Vers dix heures.")
    told = await phone.hears()
    assert "Une personne de l'équipe" in told.text
    await behind.ends_with("waiting", "window")
    await phone.says("Oui ?")
    heard = [(await phone.hears()).text, (await phone.hears()).text]
    assert heard == ["Nous vous appelons demain.", "Vers dix heures."]


async def test_a_question_that_63016_refused_is_drawn_again_at_the_next_word(
    behind: Behind,
) -> None:
    phone = behind.twilio.phone(AMA, whatsapp=True)
    await phone.says("Bonjour")
    await phone.hears()
    sends: Any = phone.sends

    async def closed(form: Any) -> Any:
        answered = await sends(form)
        phone.window_open = False  # by WhatsApp's clock it closed just now
        return answered

    await behind.a_day_goes_by(phone)
    phone.sends = closed  # type: ignore[method-assign]
    form = phone.form("1")
    await behind.twilio.bring("whatsapp", form)
    await behind.ends_with("skipped", "window")
    phone.sends = sends  # type: ignore[method-assign]
    await phone.says("oui")
    again = await phone.hears()
    assert again.labels == ["Oui", "Non"]
    assert "participer" in again.text
    kept = [row.step for row in await behind.rows(tables.contributions)]
    assert "participer" not in kept


async def test_the_doctor_says_which_templates_are_not_approved(behind: Behind) -> None:
    (*_, found) = await examine_twilio(behind.house, behind.settings)
    assert found.state == "note"
    assert "invite (fr: unsubmitted, en: unsubmitted, es: unsubmitted)" in found.words
    behind.twilio.approves = "rejected"
    await templates.submit(behind.house)
    (*_, found) = await examine_twilio(behind.house, behind.settings)
    assert "session (fr: rejected" in found.words
    for one in behind.twilio.approvals.values():
        one["status"] = "approved"
    (*_, found) = await examine_twilio(behind.house, behind.settings)
    assert found.state == "well"


async def test_the_doctor_says_when_templates_cannot_be_asked_for(behind: Behind) -> None:
    behind.twilio.fail("approvals", refusal(20003, 401), times=5)
    (*_, found) = await examine_twilio(behind.house, behind.settings)
    assert found.state == "ill"


async def test_what_was_submitted_is_not_submitted_again_until_its_words_change(
    behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(await templates.submit(behind.house)) == 12
    assert await templates.submit(behind.house) == []
    text = behind.house.library.template("remind", "fr")
    changed = type(text)(text.name, text.kind, text.text + " Merci.", "fr")
    held = behind.house.library.contents.templates
    monkeypatch.setitem(held, ("remind", "fr"), changed)
    (again,) = await templates.submit(behind.house)
    assert (again.name, again.language) == ("remind", "fr")


@pytest.mark.parametrize("approved", [True, False])
async def test_a_session_is_reminded_of_beyond_the_window_by_template_or_not_at_all(
    behind: Behind, approved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.session_news.for_event", lambda moment, *_: moment)
    phone = await welcomed(behind)
    house = behind.house
    soon = house.clock() + 3_600_000
    row = {"code": "m", "title": '{"fr": "Vendre ensemble"}', "place": "Thiès",
           "zone": "Africa/Dakar", "begins_at": soon, "minutes": 120, "region": "",
           "languages": "[]", "made_at": 1}  # fmt: skip
    (person,) = await behind.rows(tables.participants)
    notice = {"session_id": 1, "participant_id": person.id, "what": "two hours", "due_at": 1,
              "state": "waiting"}  # fmt: skip
    answer = {"session_id": 1, "participant_id": person.id, "state": "coming", "at": 1}
    for table, one in (
        (tables.sessions, row),
        (tables.rsvps, answer),
        (tables.session_notices, notice),
    ):
        await house.database.write(lambda c, t=table, r=one: c.execute(t.insert(), r) and None)
    if approved:
        await templates.submit(house)
    await behind.a_day_goes_by(phone)
    before = len(phone.messages)
    await tell_news(house)
    (told,) = await behind.rows(tables.session_notices)
    if approved:
        assert "Vendre ensemble, le " in (await phone.hears()).text
    else:
        assert (told.state, told.reason, len(phone.messages)) == ("void", "window", before)
