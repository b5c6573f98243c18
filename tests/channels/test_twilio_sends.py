"""What we send by SMS and WhatsApp, through Twilio's own client, and what arrives on the phone."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from fakes.twilio_faults import cut_off, refusal, too_many
from fakes.twilio_server import PUBLIC, SERVICE, TwilioServer
from fakes.twilio_shapes import Shapes

from channels.base import Button, OutFile, Outgoing, Receipt
from channels.errors import DeliveryError
from channels.twilio_account import TwilioAccount
from channels.twilio_sms import TwilioSms
from channels.twilio_whatsapp import TwilioWhatsApp

AMA, DAKAR = "+33600000001", "+221770000001"
FRANCE, SENEGAL, ON_WHATSAPP = "+33700000000", "+221300000000", "+33700000001"
BACK = f"{PUBLIC}/hooks/twilio/status"


def buttons(*labels: str) -> tuple[tuple[Button, ...], ...]:
    return tuple((Button(label, f"k7:{place}"),) for place, label in enumerate(labels))


SENT_BY_SMS: tuple[tuple[str, Outgoing, dict[str, Any]], ...] = (
    ("words, and our number of the delivery", Outgoing(AMA, text="Bonjour", delivery="17"),
     {"To": [AMA], "From": [FRANCE], "Body": ["Bonjour"], "StatusCallback": [f"{BACK}?o=17"]}),
    ("words without a number", Outgoing(AMA, text="Bonjour"),
     {"To": [AMA], "From": [FRANCE], "Body": ["Bonjour"], "StatusCallback": [BACK]}),
    ("to another country, from a number there", Outgoing(DAKAR, text="x"),
     {"To": [DAKAR], "From": [SENEGAL], "Body": ["x"], "StatusCallback": [BACK]}),
    ("from the number that the person wrote to", Outgoing(DAKAR, FRANCE, text="x"),
     {"To": [DAKAR], "From": [FRANCE], "Body": ["x"], "StatusCallback": [BACK]}),
    ("from a number that is no longer ours", Outgoing(AMA, "+33799999999", text="x"),
     {"To": [AMA], "From": [FRANCE], "Body": ["x"], "StatusCallback": [BACK]}),
    ("to a country where we have no number", Outgoing("+50936000000", text="x"),
     {"To": ["+50936000000"], "From": [FRANCE], "Body": ["x"], "StatusCallback": [BACK]}),
    ("choices that nobody numbered", Outgoing(AMA, text="Votre avis ?",
                                              buttons=buttons("D'accord", "Pas d'accord")),
     {"To": [AMA], "From": [FRANCE], "StatusCallback": [BACK],
      "Body": ["Votre avis ?\n1. D'accord\n2. Pas d'accord"]}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("outgoing", "fields"), [row[1:] for row in SENT_BY_SMS], ids=[row[0] for row in SENT_BY_SMS]
)
async def test_each_sms_is_one_call(
    sms: TwilioSms, twilio: TwilioServer, outgoing: Outgoing, fields: dict[str, Any]
) -> None:
    phone = twilio.phone(outgoing.address)
    receipt = await sms.send(outgoing)
    (request,) = twilio.calls("messages")
    assert request.form == fields
    heard = await phone.hears()
    assert (receipt.provider_id, receipt.status) == (heard.sid, "queued")
    assert heard.text == fields["Body"][0]


@pytest.mark.parametrize(
    ("text", "units"), [("a" * 160, 1), ("a" * 161, 2), ("ç" * 70, 1), ("ç" * 71, 2)]
)
async def test_an_sms_counts_in_segments(sms: TwilioSms, text: str, units: int) -> None:
    assert (await sms.send(Outgoing(AMA, text=text))).units == units


async def test_a_messaging_service_picks_the_sender_where_we_know_none(
    account: TwilioAccount, twilio: TwilioServer
) -> None:
    sms = TwilioSms(account, [FRANCE], service=SERVICE)
    await sms.send(Outgoing(DAKAR, text="x"))
    await sms.send(Outgoing(AMA, text="x"))
    await sms.send(Outgoing(DAKAR, SENEGAL, text="x"))
    asked = [request.form for request in twilio.calls("messages")]
    assert [form["MessagingServiceSid"] for form in asked] == [[SERVICE]] * 3
    assert [form.get("From") for form in asked] == [None, [FRANCE], [SENEGAL]]


async def test_without_a_sender_nothing_is_sent(
    account: TwilioAccount, twilio: TwilioServer
) -> None:
    with pytest.raises(DeliveryError) as failed:
        await TwilioSms(account, []).send(Outgoing(AMA, text="x"))
    assert failed.value.failure.means == "sender"
    assert twilio.requests == []


async def test_without_a_public_address_nobody_is_called_back(
    twilio: TwilioServer, session: aiohttp.ClientSession
) -> None:
    bare = TwilioAccount(twilio.sid, twilio.token, session, api_url=twilio.url)
    await TwilioSms(bare, [FRANCE]).send(Outgoing(AMA, text="x", delivery="17"))
    assert "StatusCallback" not in twilio.calls("messages")[0].form


@pytest.mark.parametrize("do", ["redraw", "close", "acknowledge"])
async def test_there_is_nothing_to_redraw_on_a_channel_without_keyboards(
    sms: TwilioSms, whatsapp: TwilioWhatsApp, twilio: TwilioServer, do: Any
) -> None:
    for channel in (sms, whatsapp):
        assert await channel.send(Outgoing(AMA, do=do, of="SM1")) == Receipt(units=0)
    assert twilio.requests == []


@pytest.mark.parametrize("text", ["", " \n"])
async def test_nothing_is_not_sent(sms: TwilioSms, whatsapp: TwilioWhatsApp, text: str) -> None:
    for channel in (sms, whatsapp):
        with pytest.raises(DeliveryError) as failed:
            await channel.send(Outgoing(AMA, text=text))
        assert failed.value.failure.means == "refused"


# WhatsApp

NOTE = OutFile("paper.ogg", "voice", "paper.ogg", "audio/ogg", "Le texte")
PAPER = OutFile("paper.pdf", "document", "paper.pdf", "application/pdf")
BASE = {
    "To": [f"whatsapp:{AMA}"],
    "From": [f"whatsapp:{ON_WHATSAPP}"],
    "StatusCallback": [BACK],
}

SENT_BY_WHATSAPP: tuple[tuple[str, Outgoing, dict[str, Any]], ...] = (
    ("words", Outgoing(AMA, text="Bonjour *vous*"), {"Body": ["Bonjour *vous*"]}),
    ("a recording, which has no caption", Outgoing(AMA, text="Le texte", file=NOTE),
     {"MediaUrl": [f"{PUBLIC}/d/paper.ogg"]}),
    ("a document", Outgoing(AMA, file=PAPER), {"MediaUrl": [f"{PUBLIC}/d/paper.pdf"]}),
    ("a document with words", Outgoing(AMA, text="Voici", file=PAPER),
     {"MediaUrl": [f"{PUBLIC}/d/paper.pdf"], "Body": ["Voici"]}),
    ("more choices than a list can show",
     Outgoing(AMA, text="?", buttons=buttons(*map(str, range(11)))),
     {"Body": ["?\n" + "\n".join(f"{n + 1}. {n}" for n in range(11))]}),
    ("choices longer than a line", Outgoing(AMA, text="?", buttons=buttons("a" * 25)),
     {"Body": ["?\n1. " + "a" * 25]}),
    ("choices that stand in the text already",
     Outgoing(AMA, text="?\n1. " + "a" * 30, buttons=buttons("1. " + "a" * 25)),
     {"Body": ["?\n1. " + "a" * 30]}),
    ("a text that is too long above buttons", Outgoing(AMA, text="a" * 1025,
                                                       buttons=buttons("Oui")),
     {"Body": ["a" * 1025 + "\n1. Oui"]}),
    ("the end of picking several, which has no number", Outgoing(
        AMA, text="a" * 1025, buttons=(*buttons("Oui"), (Button("Fini", "k7:*done", ends=True),))),
     {"Body": ["a" * 1025 + "\n1. Oui\nFini"]}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("outgoing", "fields"),
    [row[1:] for row in SENT_BY_WHATSAPP],
    ids=[row[0] for row in SENT_BY_WHATSAPP],
)
async def test_each_whatsapp_message_is_one_call(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer, outgoing: Outgoing, fields: dict[str, Any]
) -> None:
    phone = twilio.phone(AMA, whatsapp=True)
    phone.window_open = True
    receipt = await whatsapp.send(outgoing)
    assert [request.form for request in twilio.requests] == [BASE | fields]
    heard = await phone.hears()
    assert (heard.sid, list(heard.media)) == (receipt.provider_id, fields.get("MediaUrl", []))


async def test_a_file_without_a_public_address_is_ours_to_mend(account: TwilioAccount) -> None:
    with pytest.raises(DeliveryError) as failed:
        await TwilioWhatsApp(account, [ON_WHATSAPP]).send(Outgoing(AMA, file=PAPER))
    assert failed.value.failure.code == "no_file"


async def test_a_person_without_a_number_is_written_to_all_the_same(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    await whatsapp.send(Outgoing("FR.abc123", text="Bonjour"))
    assert twilio.calls("messages")[0].one("To") == "whatsapp:FR.abc123"


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (("Oui", "Non"), "twilio/quick-reply"),
        (("Oui", "Non", "Je ne sais pas"), "twilio/quick-reply"),
        (("Oui", "a" * 21), "twilio/list-picker"),
        (tuple(f"Choix {n}" for n in range(10)), "twilio/list-picker"),
    ],
)
async def test_choices_that_fit_can_be_pressed(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer, labels: tuple[str, ...], kind: str
) -> None:
    phone = twilio.phone(AMA, whatsapp=True)
    phone.window_open = True
    text = 'Bonjour Ama {{1}}.\n\n  Deux   lignes,\t et l\'"avis" ?'
    await whatsapp.send(Outgoing(AMA, text=text, buttons=buttons(*labels)))
    heard = await phone.hears()
    assert heard.shown.kind == kind
    assert heard.text == 'Bonjour Ama {{1}}.\n\nDeux lignes, et l\'"avis" ?'
    assert heard.shown.choices == tuple((label, f"k7:{n}") for n, label in enumerate(labels))


async def test_one_shape_serves_all_questions_of_its_size_and_holds_no_word(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    for text, labels in (("Ama ?", ("Oui", "Non")), ("Et Kofi ?", ("Là", "Pas là"))):
        await whatsapp.send(Outgoing(AMA, text=text, buttons=buttons(*labels)))
    (made,) = twilio.calls("content")
    assert made.headers["Content-Type"] == "application/json"
    assert "Ama" not in json.dumps(made.json)
    assert "Oui" not in json.dumps(made.json)
    sids = {request.one("ContentSid") for request in twilio.calls("messages")}
    assert sids == set(twilio.contents)


async def test_another_layout_is_another_shape(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    for text in ("a", "a\nb", "a\n\nb"):
        await whatsapp.send(Outgoing(AMA, text=text, buttons=buttons("Oui")))
    await whatsapp.send(Outgoing(AMA, text="a", buttons=buttons("Oui", "Non")))
    assert len(twilio.calls("content")) == 4


async def test_many_at_once_make_a_shape_once(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    asked = [Outgoing(AMA, text=f"Question {n}", buttons=buttons("Oui")) for n in range(20)]
    receipts = await asyncio.gather(*map(whatsapp.send, asked))
    assert len(twilio.calls("content")) == 1
    for n, receipt in enumerate(receipts):
        assert twilio.kept[receipt.provider_id].text == f"Question {n}"


@pytest.mark.parametrize("fault", [refusal(20001), too_many(), cut_off()], ids=str)
async def test_where_a_shape_cannot_be_had_the_question_goes_out_with_numbers(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer, shapes: Shapes, fault: Any
) -> None:
    twilio.fail("content", fault, times=3)
    await whatsapp.send(Outgoing(AMA, text="Vrai ?", buttons=buttons("Oui", "Non")))
    assert twilio.calls("messages")[0].one("Body") == "Vrai ?\n1. Oui\n2. Non"
    assert not any(shapes.sids.values())


async def test_a_shape_that_twilio_forgot_is_made_again_at_the_next_try(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    asked = Outgoing(AMA, text="Vrai ?", buttons=buttons("Oui", "Non"))
    await whatsapp.send(asked)
    twilio.contents.clear()
    with pytest.raises(DeliveryError) as failed:
        await whatsapp.send(asked)
    assert failed.value.failure.again
    await whatsapp.send(asked)
    assert len(twilio.calls("content")) == 2


async def test_answers_do_not_get_mixed_up(sms: TwilioSms, twilio: TwilioServer) -> None:
    texts = [f"numéro {n}" for n in range(100)]
    receipts = await asyncio.gather(*(sms.send(Outgoing(AMA, text=text)) for text in texts))
    assert [twilio.kept[one.provider_id].text for one in receipts] == texts
