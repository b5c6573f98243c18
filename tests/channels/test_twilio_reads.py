"""What Twilio's forms mean, one row each."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import Incoming, MediaRef
from channels.errors import Malformed
from channels.twilio_reader import read_form

SID = "SM" + "0" * 32
ID = f"m:{SID}"
AMA, OURS = "+33600000001", "+33700000000"
SMS = {"MessageSid": SID, "From": AMA, "To": OURS, "NumMedia": "0", "SmsStatus": "received"}
WA = SMS | {"From": f"whatsapp:{AMA}", "To": f"whatsapp:{OURS}", "ProfileName": " Ama K. "}
FILE = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"


def texted(text: str, **more: Any) -> Incoming:
    """What an SMS is read as."""
    fields: dict[str, Any] = {"address": AMA, "account": OURS, "message_id": SID, "text": text}
    return Incoming("sms", ID, **(fields | more))


def wrote(text: str = "", **more: Any) -> Incoming:
    """What a WhatsApp message is read as."""
    fields: dict[str, Any] = {
        "address": AMA, "account": OURS, "message_id": SID, "text": text, "display_name": "Ama K.",
    }  # fmt: skip
    return Incoming("whatsapp", ID, **(fields | more))


def beside(kind: Any) -> Incoming:
    return Incoming("sms", f"o:{SID}", kind, address=AMA, account=OURS)


def attached(channel: dict[str, str], *types: str, **more: str) -> dict[str, str]:
    media = {f"MediaUrl{n}": FILE + str(n) for n in range(len(types))}
    media |= {f"MediaContentType{n}": mime for n, mime in enumerate(types)}
    return channel | media | {"NumMedia": str(len(types))} | more


IGNORED_SMS = Incoming("sms", ID, "ignored", account=OURS)

READ: tuple[tuple[str, dict[str, str], list[Incoming]], ...] = (
    ("a text", SMS | {"Body": "Oui, d'accord"}, [texted("Oui, d'accord")]),
    ("unknown fields", SMS | {"Body": "1", "Zebra": "x"}, [texted("1")]),
    ("only the old name of the identifier",
     {"SmsSid": SID, "From": AMA, "To": OURS, "Body": "1"}, [texted("1")]),
    ("signs that no database takes", SMS | {"Body": "a\0b"}, [texted("a\ufffdb")]),
    ("a command", SMS | {"Body": "/stop"}, [texted("stop"), beside("blocked")]),
    ("nothing", SMS | {"Body": ""}, [Incoming(
        "sms", ID, "ignored", address=AMA, account=OURS, message_id=SID)]),
    ("a service that texts", SMS | {"From": "36180", "Body": "Pub"}, [IGNORED_SMS]),
    ("a name that texts", SMS | {"From": "Orange", "Body": "Pub"}, [IGNORED_SMS]),
    ("a network that is none of ours", SMS | {"From": "messenger:12", "Body": "x"}, [IGNORED_SMS]),
    ("a recording by MMS", attached(SMS, "audio/amr"),
     [texted("", media=(MediaRef(FILE + "0", "voice", "audio/amr"),))]),
    ("several files by MMS, with their layout",
     attached(SMS, "application/smil", "image/jpeg", "video/3gpp", "text/x-vcard", Body="Voici"),
     [texted("Voici", media=(MediaRef(FILE + "1", "photo", "image/jpeg"),
                             MediaRef(FILE + "2", "video", "video/3gpp"),
                             MediaRef("", "contact")))]),
    ("Twilio's own stop", SMS | {"Body": "STOP"}, [texted("STOP"), beside("blocked")]),
    ("another of its words", SMS | {"Body": " Unsubscribe "},
     [texted(" Unsubscribe "), beside("blocked")]),
    ("a stop that Twilio was taught", SMS | {"Body": "ARRET", "OptOutType": "STOP"},
     [texted("STOP"), beside("blocked")]),
    ("a stop that is more than one word", SMS | {"Body": "STOP please"}, [texted("STOP please")]),
    ("a stop in French, which is ours to answer", SMS | {"Body": "ARRET"}, [texted("ARRET")]),
    ("Twilio's own start", SMS | {"Body": "START"}, [beside("unblocked"), texted("START")]),
    ("a start that Twilio was taught", SMS | {"Body": "REPRENDRE", "OptOutType": "START"},
     [beside("unblocked"), texted("REPRENDRE")]),
    ("a call for help that Twilio answered", SMS | {"Body": "HELP", "OptOutType": "HELP"},
     [texted("HELP", kind="ignored")]),
    ("a call for help that it did not", SMS | {"Body": "HELP"}, [texted("HELP")]),

    ("a WhatsApp text", WA | {"Body": "Oui 👍", "MessageType": "text"}, [wrote("Oui 👍")]),
    ("a stop on WhatsApp, which Twilio does not answer", WA | {"Body": "STOP"}, [wrote("STOP")]),
    ("a button", WA | {"Body": "Oui", "ButtonText": "Oui", "ButtonPayload": "k7:yes",
                       "MessageType": "button", "OriginalRepliedMessageSid": "SM9"},
     [wrote(kind="pressed", pressed="k7:yes", keyboard_of="SM9")]),
    ("a line of a list", WA | {"Body": "Épargne", "ListId": "k7:savings", "ListTitle": "Épargne",
                               "MessageType": "interactive"},
     [wrote(kind="pressed", pressed="k7:savings")]),
    ("a template's button, which names no question",
     WA | {"Body": "Je participe", "ButtonPayload": "join"}, [wrote("Je participe")]),
    ("a voice note", attached(WA, "audio/ogg; codecs=opus", Body=""),
     [wrote(media=(MediaRef(FILE + "0", "voice", "audio/ogg; codecs=opus"),))]),
    ("a song", attached(WA, "audio/mpeg"),
     [wrote(media=(MediaRef(FILE + "0", "audio", "audio/mpeg"),))]),
    ("a document with words", attached(WA, "application/pdf", Body="Notre charte"),
     [wrote("Notre charte", media=(MediaRef(FILE + "0", "document", "application/pdf"),))]),
    ("an attachment without an address", WA | {"NumMedia": "1"},
     [wrote(media=(MediaRef("", "other"),))]),
    ("a number of files that is none", WA | {"NumMedia": "²", "Body": "x"}, [wrote("x")]),
    ("a place", WA | {"Latitude": "6.4", "Longitude": "2.4", "Label": "Marché", "Body": "",
                      "MessageType": "location"},
     [wrote("Marché", place=(6.4, 2.4))]),
    ("a place that is nowhere", WA | {"Latitude": "nan", "Longitude": "2", "Body": "x"},
     [wrote("x")]),
    ("a message that was passed on", WA | {"Body": "x", "Forwarded": "true"},
     [wrote("x", forwarded=True)]),
    ("one that was passed on often", WA | {"Body": "x", "FrequentlyForwarded": "true"},
     [wrote("x", forwarded=True)]),
    ("an advertisement that led here", WA | {"Body": "x", "ReferralBody": "Pub",
                                             "ReferralSourceUrl": "https://example.org"},
     [wrote("x")]),
    ("a person without a number",
     WA | {"From": "", "ExternalUserId": "whatsapp:FR.abc123", "Body": "x"},
     [wrote("x", address="FR.abc123")]),
    ("a person with nothing before the identity",
     WA | {"From": "whatsapp:", "ExternalUserId": "whatsapp:FR.abc123", "Body": "x"},
     [wrote("x", address="FR.abc123")]),
    ("a person whose identity stands in place of a number",
     WA | {"From": "whatsapp:FR.abc123", "Body": "x"}, [wrote("x", address="FR.abc123")]),
)  # fmt: skip


@pytest.mark.parametrize(("form", "read"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_each_form_has_one_meaning(form: dict[str, str], read: list[Incoming]) -> None:
    assert read_form(form) == read


TOLD: tuple[tuple[str, str, str, str, str], ...] = (
    # what Twilio says, its code → our status, the reason, what that means
    ("accepted", "", "sent", "", ""),
    ("queued", "", "sent", "", ""),
    ("sending", "", "sent", "", ""),
    ("sent", "", "sent", "", ""),
    ("partially_delivered", "", "sent", "", ""),
    ("delivered", "", "delivered", "", ""),
    ("read", "", "read", "", ""),
    ("failed", "63016", "failed", "63016", "window"),
    ("undelivered", "30005", "failed", "30005", "gone"),
    ("undelivered", "30003", "failed", "30003", "transient"),
    ("failed", "21610", "failed", "21610", "opted_out"),
    ("undelivered", "99999", "failed", "99999", "refused"),
    ("undelivered", "", "failed", "undelivered", "refused"),
    ("undelivered", "x²", "failed", "undelivered", "refused"),
    ("canceled", "", "failed", "undelivered", "refused"),
)


@pytest.mark.parametrize(("said", "code", "status", "reason", "means"), TOLD)
def test_each_status_has_one_meaning(
    said: str, code: str, status: str, reason: str, means: str
) -> None:
    form = {"MessageSid": SID, "MessageStatus": said, "SmsStatus": said, "ErrorCode": code}
    form |= {"To": f"whatsapp:{AMA}", "From": f"whatsapp:{OURS}"}
    assert read_form(form, "17") == [
        Incoming("whatsapp", f"s:{SID}:{said}", "status", address=AMA, account=OURS,
                 message_id=SID, delivery="17", status=status, reason=reason, means=means)
    ]  # fmt: skip


def test_a_status_that_nobody_knows_yet_is_of_no_interest() -> None:
    form = {"MessageSid": SID, "MessageStatus": "pondering", "To": AMA, "From": OURS}
    assert read_form(form)[0].kind == "ignored"


@pytest.mark.parametrize("form", [{}, {"Body": "x"}, {"MessageSid": ""}, {"MessageSid": "a b"}])
def test_what_has_no_identifier_is_malformed(form: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        read_form(form)


NAMES = st.sampled_from(
    ["Body", "From", "To", "NumMedia", "MediaUrl0", "MediaContentType0", "Latitude", "Longitude",
     "MessageStatus", "SmsStatus", "ErrorCode", "ButtonPayload", "ListId", "OptOutType",
     "ProfileName", "Label", "Forwarded", "ExternalUserId", "OriginalRepliedMessageSid"]
)  # fmt: skip
VALUES = st.text(max_size=20) | st.sampled_from(
    ["whatsapp:", "whatsapp:+33600000001", "+33600000001", "STOP", "start", "1", "9" * 400, "inf",
     "failed", "/start a", "audio/ogg", "\ud800", "٣"]
)  # fmt: skip


@given(st.dictionaries(NAMES, VALUES))
def test_no_form_is_too_odd_to_be_read(form: dict[str, str]) -> None:
    for incoming in read_form({"MessageSid": SID} | form, "1"):
        assert incoming.channel in ("sms", "whatsapp")
        assert incoming.event_id
        f"{incoming.text}{incoming.address}{incoming.pressed}".encode()
