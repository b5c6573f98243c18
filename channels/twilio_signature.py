"""Is a call from Twilio? Its signature covers the configured public address and every field."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

from multidict import MultiDict

from channels.base import WebhookCall
from channels.errors import Forged, Malformed

HEADER = "x-twilio-signature"
SETTINGS = "x-twilio-webhooks-signature-settings"  # the sender's claim, so never believed
MOST_FIELDS = 500
_PORTS = {"https": 443, "http": 80}


def signed_form(call: WebhookCall, token: str) -> MultiDict[str]:
    """Return the form of a call that Twilio signed. Raises Forged; Malformed if it has no form.

    `call.url` is the configured public address and the raw path, whatever a proxy or a header
    claims. What stands behind a # in the address given to Twilio never reaches us.
    """
    headers = {name.lower(): value for name, value in call.headers.items()}
    is_json = "json" in headers.get("content-type", "").lower()
    form = MultiDict[str]() if is_json else _form(call.body)
    given = headers.get(HEADER, "")
    if not given or not _is_signed(call.url, form, given, token):
        raise Forged(Forged.__doc__)
    if is_json:
        _check_body(call)
        raise Malformed("the body is JSON, and no form")
    return form


def signature(url: str, form: MultiDict[str], token: str) -> str:
    """Sign as Twilio does: the address, then each name and value, sorted, without doubles."""
    fields = "".join(
        name + value for name in sorted(set(form)) for value in sorted(set(form.getall(name)))
    )
    said = (url + fields).encode("utf-8", "replace")
    return base64.b64encode(hmac.new(token.encode(), said, hashlib.sha1).digest()).decode()


def _is_signed(url: str, form: MultiDict[str], given: str, token: str) -> bool:
    said = given.encode("utf-8", "replace")
    fits = [
        hmac.compare_digest(signature(one, form, token).encode(), said)
        for one in _with_and_without_port(url)
    ]
    return any(fits)


def _with_and_without_port(url: str) -> Iterable[str]:
    """Twilio signs some addresses with their port and some without."""
    parts = urlsplit(url)._replace(fragment="")
    host = parts.netloc
    bare = host.rpartition(":")[0] if parts.port else host
    port = parts.port or _PORTS.get(parts.scheme, 80)
    for netloc in (bare, f"{bare}:{port}"):
        yield urlunsplit(parts._replace(netloc=netloc))


def _check_body(call: WebhookCall) -> None:
    """Compare a JSON body with the hash in the signed address."""
    query = parse_qs(urlsplit(call.url).query)
    wanted = query.get("bodySHA256", [""])[0]
    found = hashlib.sha256(call.body).hexdigest()
    if not hmac.compare_digest(found.encode(), wanted.lower().encode("utf-8", "replace")):
        raise Forged(Forged.__doc__)


def _form(body: bytes) -> MultiDict[str]:
    """Read a form with its repeated and blank fields: all of them are signed."""
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise Malformed("the body is no form") from None
    return MultiDict(fields)


def query_of(call: WebhookCall) -> Mapping[str, str]:
    """Return what stands behind the ? of a call: signed with the address, so it is ours."""
    return dict(parse_qsl(urlsplit(call.url).query))
