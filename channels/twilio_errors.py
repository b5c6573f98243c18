"""Every way in which Twilio refuses or fails: one table, for answers and status callbacks alike.

A row that is `verified` was read on Twilio's page of that code; the others are common knowledge
about them and wait to be seen. The meaning stands here and nowhere in the code.
"""

from dataclasses import dataclass
from typing import Literal

from channels.errors import Failure, Means

Scope = Literal["message", "address", "sender"]


@dataclass(frozen=True)
class Row:
    """What one of Twilio's codes means; `wait`: seconds, where Twilio names none."""

    failure: Failure
    wait: float | None = None
    verified: bool = False


def _row(
    code: int, means: Means, words: str, *, wait: float | None = None, verified: bool = False
) -> tuple[int, Row]:
    again, scope = _USUALLY[means]
    return code, Row(Failure(str(code), means, again, scope, words), wait, verified)


_USUALLY: dict[Means, tuple[bool, Scope]] = {
    "transient": (True, "message"),
    "throttled": (True, "sender"),
    "gone": (False, "address"),
    "moved": (False, "address"),
    "opted_out": (False, "address"),
    "window": (False, "message"),
    "refused": (False, "message"),
    "file": (False, "message"),
    "sender": (True, "sender"),
    "uncertain": (False, "message"),
}

TABLE: dict[int, Row] = dict(
    [
        # Who we are
        _row(20003, "sender", "Twilio does not know us: check TWILIO_ACCOUNT_SID and _AUTH_TOKEN."),
        _row(20005, "sender", "The Twilio account is not active: look into Twilio's console."),
        _row(20404, "sender", "Twilio knows no such account: check TWILIO_ACCOUNT_SID."),
        _row(30002, "sender", "The Twilio account is suspended: look into Twilio's console."),
        _row(63001, "sender", "WhatsApp does not accept the sender's login: look into Twilio."),
        # Too much at once
        _row(20429, "throttled", "Too many calls at once: Twilio did nothing, it waits.",
             wait=2, verified=True),
        _row(21611, "throttled", "The sender's queue at Twilio is full: it drains by itself.",
             wait=300, verified=True),
        _row(30001, "throttled", "The sender's queue at Twilio overflowed: it waits.",
             wait=300, verified=True),
        _row(63017, "throttled", "The account sends more a second than Twilio takes: it waits.",
             wait=5, verified=True),
        _row(63038, "throttled", "The account's messages for today are used up: raise its limit.",
             wait=3600, verified=True),
        _row(63018, "transient", "The sender wrote to too many people: it is tried again later.",
             verified=True),
        # The address
        _row(21211, "gone", "This is no telephone number: correct it in the list."),
        _row(21217, "gone", "This telephone number is not valid: correct it in the list."),
        _row(21614, "gone", "This is no mobile number: write to the person another way."),
        _row(21612, "gone", "This number cannot be reached from our sender: use another channel."),
        _row(21635, "gone", "This is a landline: use another channel."),
        _row(21610, "opted_out", "The person said STOP to Twilio: only their START opens it again.",
             verified=True),
        _row(30004, "opted_out", "The message is blocked at the phone or its company."),
        _row(30005, "gone", "The number does not exist any more."),
        _row(30006, "gone", "A landline, or out of the company's reach: use another channel."),
        _row(63003, "gone", "This number is not on WhatsApp: write by SMS."),
        _row(63024, "gone", "This number cannot be reached on WhatsApp: write by SMS.",
             verified=True),
        _row(63014, "opted_out", "The person blocked us on WhatsApp: they must write first.",
             verified=True),
        # The window
        _row(63016, "window", "The last word from this person is a day old: WhatsApp wants a "
             "template.", verified=True),
        # The sender
        _row(21603, "sender", "There is no sender: set TWILIO_SMS_FROM or TWILIO_WHATSAPP_FROM."),
        _row(21606, "sender", "The sender cannot send this: check it in Twilio's console."),
        _row(21659, "sender", "The sender is not a number of this account: check the settings."),
        _row(21660, "sender", "The sender belongs to another account: check the settings."),
        _row(30032, "sender", "The toll-free sender is not verified: do so in Twilio's console."),
        _row(30034, "sender", "The sender is not registered for the USA: do so at Twilio."),
        _row(63007, "sender", "Twilio has no such WhatsApp sender: check TWILIO_WHATSAPP_FROM."),
        _row(63020, "sender", "The WhatsApp business is not set up: look into Twilio's console."),
        # The message
        _row(21408, "refused", "Sending to this country is switched off: allow it at Twilio "
             "(Messaging, Geo permissions)."),
        _row(21602, "refused", "There was nothing to send: look at the text of this step."),
        _row(21605, "refused", "The text is longer than Twilio takes."),
        _row(21617, "refused", "The text is longer than the 1,600 signs that Twilio takes."),
        _row(21609, "refused", "Twilio does not accept PUBLIC_URL as an address for callbacks."),
        _row(21620, "file", "Twilio does not accept the address of the file: check PUBLIC_URL."),
        _row(21655, "transient", "Twilio forgot a set of buttons: it is made again."),
        _row(21656, "refused", "Twilio does not accept the words of a set of buttons.",
             verified=True),
        _row(21658, "refused", "A text is longer than the 1,600 signs that Twilio takes.",
             verified=True),
        _row(11751, "file", "Twilio cannot send this file: it is too large."),
        _row(12300, "file", "Twilio cannot read this kind of file."),
        _row(30007, "refused", "The telephone company took the message for spam: change the text."),
        _row(30036, "refused", "The message was too old when its turn came."),
        _row(63019, "file", "WhatsApp could not fetch the file: check PUBLIC_URL."),
        _row(63021, "file", "WhatsApp does not take this message or this kind of file."),
        _row(63022, "refused", "WhatsApp could not check the sender's name: look into Twilio."),
        _row(63025, "refused", "The message is there already."),
        _row(63027, "refused", "There is no such template in this language: have it approved."),
        _row(63028, "refused", "The template wants another number of words: correct them."),
        _row(63029, "refused", "WhatsApp does not take the words of this template."),
        _row(63030, "refused", "WhatsApp does not take this template: look at it at Twilio."),
        _row(63032, "refused", "WhatsApp does not deliver to this person now: write by SMS.",
             verified=True),
        _row(63049, "refused", "WhatsApp chose not to deliver: not again before a day is over."),
        # The way
        _row(20500, "uncertain", "Twilio has trouble: it may or may not have been sent."),
        _row(30003, "transient", "The phone is off or out of reach: it is tried again later."),
        _row(30008, "transient", "Nobody knows why it did not arrive: it is tried again later."),
        _row(63005, "transient", "WhatsApp refused for now: it is tried again."),
        _row(63012, "transient", "WhatsApp has trouble: it is tried again."),
    ]
)  # fmt: skip

UNCERTAIN = Failure(
    "uncertain", "uncertain", False, "message", "No answer came: it may or may not have been sent."
)
NO_CONNECTION = Failure(
    "no_connection", "transient", True, "message", "Twilio could not be reached: it is tried again."
)
LOGIN = TABLE[20003].failure
THROTTLED = TABLE[20429]
NO_SENDER = TABLE[21603].failure
EMPTY = TABLE[21602].failure
NO_FILE = Failure(
    "no_file",
    "refused",
    False,
    "message",
    "The file has no public address: set PUBLIC_URL, or look whether the file is there.",
)
STRANGE = Failure(
    "strange", "transient", True, "message", "Twilio sent us elsewhere: check TWILIO_API_URL."
)
UNKNOWN = "Twilio refused this message: see twilio.com/docs/api/errors."
STALE_CONTENT = "21655"


def failure_of(status: int, code: int) -> Row:
    """Look up what an answer means: Twilio's own code first, but a 5xx is never certain."""
    if status >= 500:
        return Row(UNCERTAIN)
    if code in TABLE:
        return TABLE[code]
    if status in (401, 403, 404):
        return Row(LOGIN)
    if status == 429:
        return THROTTLED
    if status < 400:
        return Row(STRANGE)
    return Row(Failure(str(code or status), "refused", False, "message", UNKNOWN))


def failure_of_status(code: str) -> Failure:
    """Look up what the error code of a status callback means; an empty one is a plain failure."""
    number = int(code) if code.isdecimal() and len(code) < 9 else 0
    known = TABLE.get(number)
    if known is not None:
        return known.failure
    return Failure(str(number) if number else "undelivered", "refused", False, "message", UNKNOWN)
