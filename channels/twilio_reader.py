"""What Twilio's calls mean: messages by SMS, MMS and WhatsApp, and what became of ours.

Fields are added without notice, so unknown ones are passed over. Nothing here raises but
Malformed, for what has no MessageSid.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import regex
from msgspec.structs import replace

from channels.base import Incoming, IncomingKind, MediaRef, SoundOrFile
from channels.errors import Malformed
from channels.text import clean
from channels.twilio_errors import failure_of_status
from channels.words import NAME_LIMIT, spoken

SMS, WHATSAPP = "sms", "whatsapp"
PREFIX = "whatsapp:"
MOST_MEDIA = 10
_NUMBER = regex.compile(r"\+[1-9][0-9]{5,14}")
_SID = regex.compile(r"[A-Za-z0-9]{2,64}")

# Single words that Twilio itself answers on SMS, and after which it carries nothing more, or again.
STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
STARTS = frozenset({"start", "yes", "unstop"})

# What Twilio says became of a message, in the words of our outbox. All below "sent" says that
# Twilio has it, which is what "sent" means to us.
STATUSES: Mapping[str, str] = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "partially_delivered": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
    "undelivered": "failed",
    "canceled": "failed",
}
_KINDS: Mapping[str, SoundOrFile] = {"audio": "audio", "video": "video", "image": "photo"}
_CARDS = frozenset({"text/vcard", "text/x-vcard"})
_NO_MEDIA = frozenset({"application/smil"})  # how an MMS is laid out


@dataclass(frozen=True)
class _Form:
    """The fields of a call, safe to store; a field that is not there is empty."""

    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return clean(self.fields.get(name, ""))


def read_form(fields: Mapping[str, str], delivery: str = "") -> list[Incoming]:
    """Read a signed call; `delivery` is ours, which stood behind the address that was called.

    Raises Malformed where there is no MessageSid.
    """
    form = _Form(fields)
    sid = form["MessageSid"] or form["SmsSid"]
    if _SID.fullmatch(sid) is None:
        raise Malformed("there is no MessageSid")
    if form["MessageStatus"] or (form["SmsStatus"] not in ("", "received", "receiving")):
        return [_status(form, sid, delivery)]
    return _message(form, sid)


# What became of ours


def _status(form: _Form, sid: str, delivery: str) -> Incoming:
    said = form["MessageStatus"] or form["SmsStatus"]
    channel, address = where(form["To"])
    blank = Incoming(
        channel or SMS,
        f"s:{sid}:{said[:32]}",
        "status",
        address=address,
        account=where(form["From"])[1],
        message_id=sid,
        delivery=delivery,
    )
    status = STATUSES.get(said)
    if status is None:
        return replace(blank, kind="ignored")
    if status != "failed":
        return replace(blank, status=status)
    failure = failure_of_status(form["ErrorCode"])
    return replace(blank, status=status, reason=failure.code, means=failure.means)


def where(said: str) -> tuple[str, str]:
    """Split an address of Twilio's into our channel ("" for none of ours) and the address."""
    if said.startswith(PREFIX):
        return WHATSAPP, said.removeprefix(PREFIX)[:64]
    return ("", "") if ":" in said else (SMS, said[:64])


# What people write


def _message(form: _Form, sid: str) -> list[Incoming]:
    channel, address = _from(form)
    blank = Incoming(channel or SMS, f"m:{sid}", "ignored", account=where(form["To"])[1])
    if not channel or not address:
        return [blank]  # a service that texts, or a network that is none of ours
    said = _said(replace(blank, address=address, message_id=sid), form)
    if channel == SMS:
        return _with_twilios_own_words(said, form)
    return [said]


def _from(form: _Form) -> tuple[str, str]:
    """Find who wrote; on WhatsApp a person may have an identity and no number."""
    channel, address = where(form["From"] or form["ExternalUserId"])
    if channel == WHATSAPP and not _NUMBER.fullmatch(address):
        address = address or where(form["ExternalUserId"])[1]
        return channel, address if regex.fullmatch(r"[\w.+-]+", address) else ""
    if channel == SMS and not _NUMBER.fullmatch(address):
        return channel, ""
    return channel, address


def _said(blank: Incoming, form: _Form) -> Incoming:
    pressed = form["ButtonPayload"] or form["ListId"]
    named = replace(blank, display_name=form["ProfileName"].strip()[:NAME_LIMIT])
    if ":" in pressed:  # ours name their question; a template's button is as good as its words
        before = form["OriginalRepliedMessageSid"]
        return replace(named, kind="pressed", pressed=pressed[:256], keyboard_of=before)
    place = _place(form)
    start, text = spoken(form["Body"] or (form["Label"] if place else ""))
    media = tuple(_media(form))
    if start is None and not (text.strip() or media or place):
        return named
    return replace(
        named,
        kind="message" if start is None else "start",
        text=text,
        start=start,
        media=media,
        place=place,
        forwarded="true" in (form["Forwarded"].lower(), form["FrequentlyForwarded"].lower()),
    )


def _with_twilios_own_words(said: Incoming, form: _Form) -> list[Incoming]:
    """Tell apart what Twilio has answered itself: STOP closes the address, START opens it.

    The word itself is read too, since a stop is a stop on every channel.
    """
    word = said.text.strip().casefold()
    asked = form["OptOutType"].upper()
    sid = said.message_id
    if asked == "HELP":
        return [replace(said, kind="ignored")]
    if asked == "STOP" or (not asked and word in STOPS):
        stop = replace(said, text=said.text if word in STOPS else "STOP")
        return [stop, _beside(said, "blocked", f"o:{sid}")]
    if asked == "START" or (not asked and word in STARTS):
        return [_beside(said, "unblocked", f"o:{sid}"), said]
    return [said]


def _beside(said: Incoming, kind: IncomingKind, event_id: str) -> Incoming:
    return Incoming(said.channel, event_id, kind, address=said.address, account=said.account)


def _place(form: _Form) -> tuple[float, float] | None:
    try:
        latitude, longitude = float(form["Latitude"]), float(form["Longitude"])
    except ValueError:
        return None
    fine = math.isfinite(latitude) and math.isfinite(longitude)
    return (latitude, longitude) if fine else None


def _media(form: _Form) -> Iterable[MediaRef]:
    count = form["NumMedia"]
    for place in range(min(int(count), MOST_MEDIA) if count.isdecimal() and len(count) < 4 else 0):
        ref = media_ref(form[f"MediaUrl{place}"], form[f"MediaContentType{place}"])
        if ref is not None:
            yield ref


def media_ref(url: str, mime: str) -> MediaRef | None:
    """Name an attachment by its address; of a visiting card only that it came is kept."""
    bare = mime.partition(";")[0].strip().lower()
    if bare in _NO_MEDIA:
        return None
    if bare in _CARDS:
        return MediaRef("", "contact")
    if not url:
        return MediaRef("", "other")
    return MediaRef(url, _kind_of(bare), mime[:128])


def _kind_of(mime: str) -> SoundOrFile:
    if mime in ("audio/ogg", "audio/opus", "audio/amr", "audio/3gpp"):
        return "voice"  # what phones record with
    return _KINDS.get(mime.partition("/")[0], "document")
