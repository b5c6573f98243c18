"""Our requests and our fake server, held against Twilio's own descriptions."""

import copy

import aiohttp
import pytest
import test_twilio_sends
from fakes.twilio_server import TwilioServer
from test_twilio_sends import AMA, SENT_BY_SMS, SENT_BY_WHATSAPP, buttons
from twilio_description import (
    CONTENT,
    MESSAGES,
    faults,
    faults_of_answer,
    faults_of_form,
    faults_of_query,
    operation,
    schema_of,
)

from channels.base import Outgoing
from channels.twilio_sms import TwilioSms
from channels.twilio_whatsapp import TwilioWhatsApp


def messages(twilio: TwilioServer) -> str:
    return f"/2010-04-01/Accounts/{twilio.sid}/Messages.json"


async def test_each_message_is_one_that_the_description_knows(
    sms: TwilioSms, whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    create = operation(MESSAGES, "post", messages(twilio))
    for _, outgoing, _ in SENT_BY_SMS:
        await sms.send(outgoing)
    for _, outgoing, _ in SENT_BY_WHATSAPP:
        await whatsapp.send(outgoing)
    for labels in (("Oui", "Non"), tuple("abcdefghij")):
        await whatsapp.send(Outgoing(AMA, text="Un\n\ndeux ?", buttons=buttons(*labels)))
    asked = twilio.calls("messages")
    assert len(asked) == len(SENT_BY_SMS) + len(SENT_BY_WHATSAPP) + 2
    for request in asked:
        assert faults_of_form(create, request.form) == []


async def test_each_shape_is_one_that_the_description_knows(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    create = operation(CONTENT, "post", "/v1/Content")
    schema = schema_of(create["requestBody"]["content"]["application/json"]["schema"], CONTENT)
    for labels in (("Oui",), ("Oui", "Non", "?"), tuple("abcdefghij")):
        await whatsapp.send(Outgoing(AMA, text="Un\n\ndeux ?", buttons=buttons(*labels)))
    for request in twilio.calls("content"):
        assert faults(schema, request.json) == []
    broken = copy.deepcopy(twilio.calls("content")[0].json)
    del broken["types"]["twilio/quick-reply"]["actions"]
    assert faults(schema, broken)  # so that the check itself can fail


async def test_each_question_to_the_list_is_one_that_the_description_knows(
    sms: TwilioSms, twilio: TwilioServer
) -> None:
    listing = operation(MESSAGES, "get", messages(twilio))
    await sms.list_since(1_700_000_000_000)
    await sms.find_sent(Outgoing(AMA, text="x"), 0)
    for request in twilio.calls("list"):
        assert faults_of_query(listing, request.query) == []
        assert request.query.keys() & {"To"}


async def test_the_server_answers_as_the_description_says(
    twilio: TwilioServer, session: aiohttp.ClientSession
) -> None:
    login = {"Authorization": aiohttp.encode_basic_auth(twilio.sid, twilio.token)}
    form = {"To": test_twilio_sends.AMA, "From": test_twilio_sends.FRANCE, "Body": "x"}
    held = {"language": "en", "types": {"twilio/quick-reply": {
        "body": "{{1}}", "actions": [{"type": "QUICK_REPLY", "title": "x"}]}}}  # fmt: skip
    twilio.lose(twilio.phone(AMA), "Bonjour")
    path = messages(twilio)
    async with session.post(twilio.url + path, data=form, headers=login) as answer:
        create = operation(MESSAGES, "post", path)
        assert faults_of_answer(create, MESSAGES, answer.status, await answer.json()) == []
    async with session.get(twilio.url + path, headers=login) as answer:
        listing = operation(MESSAGES, "get", path)
        assert faults_of_answer(listing, MESSAGES, answer.status, await answer.json()) == []
    async with session.post(f"{twilio.url}/v1/Content", json=held, headers=login) as answer:
        make = operation(CONTENT, "post", "/v1/Content")
        assert faults_of_answer(make, CONTENT, answer.status, await answer.json()) == []


@pytest.mark.parametrize(
    "form",
    [
        {"From": ["+33700000000"], "Body": ["x"]},
        {"To": [AMA], "Body": ["x"]},
        {"To": [AMA], "From": ["+33700000000"]},
        {"To": ["0600000001"], "From": ["+33700000000"], "Body": ["x"]},
        {"To": [AMA], "From": ["+33700000000"], "Body": ["x" * 1601]},
        {"To": [AMA], "From": ["+33700000000"], "Body": ["x", "y"]},
        {"To": [AMA], "From": ["+33700000000"], "ContentSid": ["HX1"]},
    ],
    ids=str,
)
async def test_the_description_and_the_server_refuse_the_same(
    twilio: TwilioServer, session: aiohttp.ClientSession, form: dict[str, list[str]]
) -> None:
    assert faults_of_form(operation(MESSAGES, "post", messages(twilio)), form)
    if len(form.get("Body", [])) == 2:
        return  # which of two bodies Twilio takes is not described
    login = {"Authorization": aiohttp.encode_basic_auth(twilio.sid, twilio.token)}
    fields = [(name, value) for name, values in form.items() for value in values]
    url = twilio.url + messages(twilio)
    async with session.post(url, data=aiohttp.FormData(fields), headers=login) as answer:
        assert answer.status == 400
