"""Sentences that Meta approves beforehand: held, submitted, filled in, and how they stand."""

import json

import pytest
from fakes.twilio_faults import refusal
from fakes.twilio_server import TwilioServer
from twilio_description import CONTENT, faults, faults_of_answer, operation, schema_of

from channels.base import HeldTemplate, HoldsTemplates, Outgoing, Template
from channels.errors import DeliveryError
from channels.twilio_whatsapp import TwilioWhatsApp

AMA = "+33600000001"
TEXT = "Bonjour. Une étape est ouverte : {{1}}.\nÉcrivez {{2}} pour y prendre part."
WORDS = ["Réactions", "AGENDA"]


async def submitted(whatsapp: TwilioWhatsApp, name: str = "palabre_ess_invite_1") -> HeldTemplate:
    return await whatsapp.submit_template(name, "fr", TEXT, WORDS, "marketing")


async def test_a_template_that_is_submitted_is_held_under_its_name_and_language(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    assert isinstance(whatsapp, HoldsTemplates)
    held = await submitted(whatsapp)
    assert (held.state, held.language) == ("pending", "fr")
    (body,) = twilio.contents.values()
    assert body == {
        "friendly_name": "palabre_ess_invite_1",
        "language": "fr",
        "variables": {"1": "Réactions", "2": "AGENDA"},
        "types": {"twilio/text": {"body": TEXT}},
    }
    assert twilio.approvals[held.sid]["category"] == "MARKETING"


@pytest.mark.parametrize(
    ("said", "state"),
    [("approved", "approved"), ("pending", "pending"), ("received", "pending"),
     ("rejected", "rejected"), ("paused", "paused"), ("disabled", "rejected"),
     ("something new", "pending")],
)  # fmt: skip
async def test_how_a_template_stands_is_read_in_our_words(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer, said: str, state: str
) -> None:
    twilio.approves = said
    await submitted(whatsapp)
    (one,) = await whatsapp.held_templates("palabre_ess_")
    assert one.state == state


async def test_what_was_never_submitted_and_what_is_none_of_ours_are_told_apart(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    await submitted(whatsapp, "another_program")
    twilio.fail("approve", refusal(20001))
    with pytest.raises(DeliveryError):
        await submitted(whatsapp)
    (one,) = await whatsapp.held_templates("palabre_ess_")
    assert (one.name, one.state) == ("palabre_ess_invite_1", "unsubmitted")


async def test_all_templates_are_found_however_many_pages_there_are(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    body = {"language": "en", "types": {"twilio/text": {"body": "x"}}}
    for n in range(450):
        twilio.contents[f"HX{n:032x}"] = body | {"friendly_name": f"palabre_ess_{n}"}
    assert len(await whatsapp.held_templates("palabre_ess_")) == 450
    assert len(twilio.calls("approvals")) == 3


async def test_an_approved_template_reaches_someone_whose_window_is_closed(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    twilio.approves = "approved"
    sid = (await submitted(whatsapp)).sid
    phone = twilio.phone(AMA, whatsapp=True)
    invited = Outgoing(AMA, do="template", text="x", outside=Template(sid, tuple(WORDS), "…"))
    receipt = await whatsapp.send(invited)
    heard = await phone.hears()
    assert heard.sid == receipt.provider_id
    assert heard.text.startswith("Bonjour. Une étape est ouverte : Réactions.\nÉcrivez AGENDA")
    call = twilio.calls("messages")[0]
    assert json.loads(call.one("ContentVariables")) == {"1": "Réactions", "2": "AGENDA"}
    assert "Body" not in call.form


async def test_what_is_asked_of_twilio_is_what_its_description_knows(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    await submitted(whatsapp)
    await whatsapp.held_templates("palabre_")
    create = operation(CONTENT, "post", "/v1/Content")
    wanted = schema_of(create["requestBody"]["content"]["application/json"]["schema"], CONTENT)
    assert faults(wanted, twilio.calls("content")[0].json) == []
    path = f"/v1/Content/{next(iter(twilio.contents))}/ApprovalRequests/whatsapp"
    approve = operation(CONTENT, "post", path)
    wanted = schema_of(approve["requestBody"]["content"]["application/json"]["schema"], CONTENT)
    assert faults(wanted, twilio.calls("approve")[0].json) == []
    made = twilio.approvals[next(iter(twilio.contents))]
    assert faults_of_answer(approve, CONTENT, 201, made) == []
