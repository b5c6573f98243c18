"""Who may call: only Twilio, only at the configured address. Twilio's library is the judge."""

import hashlib
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from channels.base import WebhookCall
from channels.errors import Forged, Malformed
from channels.twilio_signature import query_of, signature, signed_form

TOKEN = "12345"
URL = "https://palabre.example.org/hooks/twilio/sms"
FORM = MultiDict(MessageSid="SM1", Body="Bonjour à tous", FromCity="", To="+33700000000")
FORM_TYPE = "application/x-www-form-urlencoded"
HEADER = "X-Twilio-Signature"


def signed(form: MultiDict[str], url: str = URL, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, form))


def call(
    form: MultiDict[str],
    url: str = URL,
    *,
    by: str | None = None,
    **headers: str,
) -> WebhookCall:
    """A call as it reaches us; `by` is its signature, by default the right one."""
    said = signed(form, url) if by is None else by
    named = {HEADER: said, "Content-Type": FORM_TYPE} | headers
    return WebhookCall(url, named, urlencode(list(form.items())).encode())


GOOD = (
    ("a message", FORM),
    ("a field that is there twice", MultiDict([*FORM.items(), ("Body", "encore")])),
    ("a field that is there twice with one value", MultiDict([*FORM.items(), ("Body", "x")] * 2)),
    ("only blanks", MultiDict(MessageSid="", Body="", FromZip="")),
    ("signs of all kinds", MultiDict(Body="é 😀 & = + % ñ \n\t\0", MessageSid="SM1")),
    ("names that nobody knows yet", MultiDict(FORM, Zebra="1", aLower="2")),
    ("no field at all", MultiDict[str]()),
)


@pytest.mark.parametrize("form", [row[1] for row in GOOD], ids=[row[0] for row in GOOD])
def test_what_twilio_signs_is_let_in_with_every_field(form: MultiDict[str]) -> None:
    assert signed_form(call(form), TOKEN) == form


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://palabre.example.org:8443/hooks/twilio/sms",
        "https://palabre.example.org/hooks/twilio/status?o=7",
        "https://palabre.example.org/hooks/twilio/status?o=7&x=%C3%A9",
        "http://localhost:8080/hooks/twilio/sms",
        "https://palabre.example.org/base/hooks/twilio/sms",
    ],
)
def test_every_configured_address_can_be_signed(url: str) -> None:
    assert signed_form(call(FORM, url), TOKEN) == FORM


@pytest.mark.parametrize(
    ("signed_for", "called"),
    [
        ("https://palabre.example.org:443/hooks/twilio/sms", URL),
        (URL, "https://palabre.example.org:443/hooks/twilio/sms"),
    ],
)
def test_the_usual_port_may_be_signed_or_not(signed_for: str, called: str) -> None:
    assert signed_form(call(FORM, called, by=signed(FORM, signed_for)), TOKEN) == FORM


def test_what_stands_behind_the_hash_is_never_part_of_it() -> None:
    given_to_twilio = URL + "#rc=3&rp=all"
    assert signed_form(call(FORM, given_to_twilio, by=signed(FORM)), TOKEN) == FORM


FORGED = (
    ("none", call(FORM, by="")),
    ("another token", call(FORM, by=signed(FORM, token="other"))),
    ("another form", call(FORM, by=signed(MultiDict(Body="x")))),
    ("another path", call(FORM, by=signed(FORM, URL.replace("sms", "whatsapp")))),
    ("another host, which a proxy or a header claims", call(
        FORM, by=signed(FORM, "https://evil.example.org/hooks/twilio/sms"),
        Host="evil.example.org", **{"X-Forwarded-Host": "evil.example.org"})),
    ("http, behind a proxy that ends https", call(FORM, by=signed(FORM, "http" + URL[5:]))),
    ("another query", call(FORM, URL + "?o=8", by=signed(FORM, URL + "?o=7"))),
    ("a query that was added", call(FORM, URL + "?o=8", by=signed(FORM))),
    ("half of it", call(FORM, by=signed(FORM)[:10])),
    ("signs that no signature has", call(FORM, by="é\udcff")),
    ("another hash, which a header claims", call(
        FORM, by=str(RequestValidator(TOKEN).compute_signature(URL, FORM, "HMAC_SHA256")),
        **{"X-Twilio-Webhooks-Signature-Settings": "key=1,algorithm=HMAC_SHA256"})),
    ("a form that is called JSON", call(FORM, **{"Content-Type": "application/json"})),
)  # fmt: skip


@pytest.mark.parametrize("forged", [row[1] for row in FORGED], ids=[row[0] for row in FORGED])
def test_nothing_else_is_let_in(forged: WebhookCall) -> None:
    with pytest.raises(Forged):
        signed_form(forged, TOKEN)


def test_a_field_that_is_changed_taken_away_or_added_shows() -> None:
    right = signed(FORM)
    for form in (
        MultiDict(FORM, Body="autre"),
        MultiDict((k, v) for k, v in FORM.items() if k != "Body"),
        MultiDict(FORM, More="1"),
    ):
        with pytest.raises(Forged):
            signed_form(call(form, by=right), TOKEN)


def test_a_header_is_found_however_it_is_written() -> None:
    body = urlencode(list(FORM.items())).encode()
    lower = WebhookCall(URL, {"x-twilio-signature": signed(FORM)}, body)
    assert signed_form(lower, TOKEN) == FORM


def json_call(body: bytes, hashed: bytes) -> WebhookCall:
    url = f"{URL}?bodySHA256={hashlib.sha256(hashed).hexdigest()}"
    said = str(RequestValidator(TOKEN).compute_signature(url, {}))
    return WebhookCall(url, {HEADER: said, "Content-Type": "application/json"}, body)


def test_json_that_twilio_signed_is_no_form() -> None:
    body = b'{"a": "\xc3\xa9"}'
    judged = json_call(body, body)
    assert RequestValidator(TOKEN).validate(judged.url, body.decode(), judged.headers[HEADER])
    with pytest.raises(Malformed):
        signed_form(judged, TOKEN)


def test_json_that_was_changed_on_its_way_is_forged() -> None:
    with pytest.raises(Forged):
        signed_form(json_call(b'{"a": 2}', b'{"a": 1}'), TOKEN)


def test_a_form_beyond_all_measure_is_malformed() -> None:
    body = "&".join(f"a{n}=1" for n in range(600)).encode()
    with pytest.raises(Malformed):
        signed_form(WebhookCall(URL, {HEADER: "x"}, body), TOKEN)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=12)), max_size=12))
def test_we_sign_whatever_there_is_as_the_library_does(fields: list[tuple[str, str]]) -> None:
    form = MultiDict(fields)
    assert signature(URL, form, TOKEN) == signed(form)


def test_our_own_number_of_a_delivery_comes_back_with_the_address() -> None:
    assert query_of(call(FORM, URL + "?o=7"))["o"] == "7"
