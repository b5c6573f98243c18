"""A whole house behind Twilio: signed calls in, messages and callbacks out, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from behind import Behind, opened
from fakes.twilio_faults import cut_off, refusal
from fakes.twilio_phone import Phone
from fakes.twilio_server import PUBLIC
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from bot.examining import examine_twilio
from bot.gateway.missed import look_for_missed
from bot.settings import read_settings
from bot.store import tables

AMA = "+33600000001"


@pytest.fixture
async def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Behind]:
    async with opened(tmp_path, monkeypatch) as one:
        yield one


async def test_a_person_takes_part_by_sms(behind: Behind) -> None:
    phone = behind.twilio.phone("+221770000001", "+221300000000")
    assert (await phone.says("Bonjour"))[0] == 200
    asked = await phone.hears()
    assert "1. Français" in asked.text
    assert asked.sender == "+221300000000"
    await phone.says("1")
    assert "oui" in (await phone.hears()).text.lower()


async def test_a_person_takes_part_on_whatsapp_with_buttons(behind: Behind) -> None:
    phone = behind.twilio.phone(AMA, whatsapp=True)
    await phone.says("Bonjour")
    asked = await phone.hears()
    assert asked.labels == ["Français", "English", "Español"]
    assert (await phone.presses("Español"))[0] == 200
    said = await phone.hears()
    assert "¿" in said.text


async def test_the_same_call_twice_is_one_turn(behind: Behind) -> None:
    phone = behind.twilio.phone(AMA)
    form = phone.form("Bonjour")
    assert [(await phone.sends(form))[0] for _ in range(3)] == [200] * 3
    await phone.hears()
    await phone.says("1")
    await phone.hears()
    assert len(phone.messages) == 2


async def test_what_is_answered_to_a_call_is_empty_xml(behind: Behind) -> None:
    form = behind.twilio.phone(AMA).form("Bonjour")
    url = f"{PUBLIC}/hooks/twilio/sms"
    signature = RequestValidator(behind.twilio.token).compute_signature(url, form)
    answer = await behind.client.post(
        "/hooks/twilio/sms", data=form, headers={"X-Twilio-Signature": signature}
    )
    assert (answer.status, await answer.text()) == (200, "<Response/>")
    assert answer.content_type == "text/xml"


@pytest.mark.parametrize("hook", ["sms", "whatsapp", "status"])
async def test_a_forged_call_is_refused_and_nothing_stored(behind: Behind, hook: str) -> None:
    form = behind.twilio.phone(AMA).form("Bonjour")
    for headers in ({}, {"X-Twilio-Signature": "bm8="}):
        path = f"/hooks/twilio/{hook}"
        answer = await behind.client.post(path, data=form, headers=headers)
        assert answer.status == 403
    assert await behind.rows(tables.inbox) == []


async def test_a_signed_form_without_an_identifier_is_malformed(behind: Behind) -> None:
    form = MultiDict(Body="x", From=AMA)
    assert await behind.twilio.post(f"{PUBLIC}/hooks/twilio/sms", form) == 400
    assert await behind.rows(tables.inbox) == []


async def _greeted(behind: Behind) -> tuple[Phone, str]:
    phone = behind.twilio.phone(AMA)
    await phone.says("Bonjour")
    return phone, (await phone.hears()).sid


async def test_a_delivery_s_state_only_moves_forward(behind: Behind) -> None:
    _, sid = await _greeted(behind)
    (row,) = await behind.until(tables.deliveries, "sent")
    assert row.provider_id == sid
    for status in ("delivered", "sent", "delivered", "queued"):
        assert await behind.twilio.tells(sid, status) == 200
    await behind.filed("status", 3)
    await behind.until(tables.deliveries, "delivered")
    await behind.twilio.tells(sid, "undelivered", 30005)
    await behind.filed("status", 4)
    await behind.until(tables.deliveries, "delivered")


async def test_a_status_before_the_answer_of_the_send_counts(behind: Behind) -> None:
    behind.twilio.reports = ("queued", "sent", "delivered")
    await _greeted(behind)
    await behind.until(tables.deliveries, "delivered")
    assert [status for status, _ in behind.twilio.callbacks] == ["queued", "sent", "delivered"]


async def test_a_number_that_does_not_exist_is_not_written_to_again(behind: Behind) -> None:
    phone, sid = await _greeted(behind)
    await behind.until(tables.deliveries, "sent")
    await behind.twilio.tells(sid, "undelivered", 30005)
    (row,) = await behind.until(tables.deliveries, "failed")
    assert row.reason == "30005"
    (address,) = await behind.rows(tables.addresses)
    assert (address.state, address.reason) == ("gone", "30005")
    assert len(phone.messages) == 1


async def test_a_status_for_a_message_that_nobody_knows_makes_nobody(behind: Behind) -> None:
    for number, query in enumerate(("", "?o=999", "?o=x", "?o=" + "9" * 30)):
        form = MultiDict(MessageSid=f"SM{number}", MessageStatus="sent",
                         To="+33611111111", From="+33700000000")  # fmt: skip
        assert await behind.twilio.post(f"{PUBLIC}/hooks/twilio/status{query}", form) == 200
    await behind.filed("status", 4)
    assert await behind.rows(tables.participants) == []
    assert await behind.rows() == []


@pytest.mark.parametrize("done", [True, False])
async def test_a_send_without_an_answer_reaches_the_person_once(behind: Behind, done: bool) -> None:
    behind.twilio.fail("messages", cut_off(done=done))
    phone = behind.twilio.phone(AMA)
    await phone.says("Bonjour")
    heard = await phone.hears()
    (row,) = await behind.until(tables.deliveries, "sent")
    assert row.provider_id == heard.sid
    await asyncio.sleep(0.2)
    assert len(phone.messages) == 1
    assert behind.twilio.calls("list")


async def test_stop_by_sms_is_twilio_s_to_answer_and_start_opens_the_way(behind: Behind) -> None:
    phone, _ = await _greeted(behind)
    await phone.says("STOP")
    await behind.filed("blocked", 1)
    assert len(phone.messages) == 1
    await phone.says("START")
    await behind.filed("unblocked", 1)
    assert (await phone.hears()).text


async def test_stop_on_whatsapp_is_ours_to_answer(behind: Behind) -> None:
    phone = behind.twilio.phone(AMA, whatsapp=True)
    await phone.says("Bonjour")
    await phone.hears()
    await phone.says("STOP")
    assert (await phone.hears()).text


async def test_a_message_whose_call_never_came_is_answered_once(behind: Behind) -> None:
    phone = behind.twilio.phone(AMA)
    behind.twilio.lose(phone, "Bonjour")
    for _ in range(2):
        await look_for_missed(behind.house, behind.work.receiver)
    assert (await phone.hears()).text
    await phone.says("1")
    await phone.hears()
    assert len(phone.messages) == 2


async def test_a_list_that_cannot_be_had_is_asked_for_an_hour_later(behind: Behind) -> None:
    behind.twilio.fail("list", cut_off(), times=4)
    again = await look_for_missed(behind.house, behind.work.receiver)
    assert again > behind.house.clock() + 3_000_000


async def test_the_doctor_says_what_to_enter_where(behind: Behind) -> None:
    found = await examine_twilio(behind.house, behind.settings)
    assert [one.state for one in found] == ["well", "note", "note", "note"]
    for hook, finding in zip(("sms", "whatsapp"), found[1:3], strict=True):
        assert finding.words.endswith(f"{PUBLIC}/hooks/twilio/{hook}#rc=3&rp=all")
    assert "+33700000000, +221300000000" in found[1].words


async def test_the_doctor_says_when_twilio_does_not_know_us_or_cannot_reach_us(
    behind: Behind,
) -> None:
    behind.twilio.fail("account", refusal(20003, 401))
    hidden = replace(behind.settings, public_url="")
    account, address, *_ = await examine_twilio(behind.house, hidden)
    assert (account.state, address.state) == ("ill", "ill")
    assert "TWILIO_ACCOUNT_SID" in account.words
    assert "PUBLIC_URL" in address.words


async def test_the_doctor_notices_what_is_set_up_in_part(behind: Behind) -> None:
    bare = replace(behind.house, channels={})
    (finding,) = await examine_twilio(bare, behind.settings)
    assert finding.state == "ill"
    assert await examine_twilio(bare, read_settings({})) == []
