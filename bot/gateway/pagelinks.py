"""Links to listening pages: short, since they go by SMS, and signed, so that none can be made up.

They say nothing of whose they are: a number by chance, and what proves that it came from here.
"""

import base64
import hmac

from bot.dialogue.conversation import Person
from bot.dialogue.preferring import FACT
from bot.gateway.house import House
from bot.store.pages import CODE
from channels.base import Capabilities

TAG = 6  # bytes of the HMAC-SHA-256: guesses go over the network, one page at a time


class BrokenLink(Exception):
    """This link was not made here, or was changed on its way."""


def link_of(secret: bytes, code: str) -> str:
    """Return what stands behind /r/: 16 signs."""
    raw = bytes.fromhex(code)
    return base64.urlsafe_b64encode(raw + _tag(secret, raw)).decode()


def code_in(secret: bytes, signed: str) -> str:
    """Return the page's code. Raises BrokenLink."""
    try:
        raw = base64.b64decode(signed, b"-_", validate=True)
    except ValueError:
        raise BrokenLink(BrokenLink.__doc__) from None
    code, tag = raw[:CODE], raw[CODE:]
    if not hmac.compare_digest(tag, _tag(secret, code)):
        raise BrokenLink(BrokenLink.__doc__)
    return code.hex()


def _tag(secret: bytes, code: bytes) -> bytes:
    return hmac.digest(secret, b"listening page\0" + code, "sha256")[:TAG]


def heard_on_page(house: House, can: Capabilities) -> bool:
    """Say whether whoever prefers listening is sent to a page, as a channel plays no sound."""
    return bool(house.pages_at) and not can.plays_sound


def listens_on_page(house: House, person: Person, channel: str) -> bool:
    """Say whether this person hears prompts on a page."""
    listens = person.facts.get(FACT) in ("yes", "only") and not person.stopped
    return listens and heard_on_page(house, house.can(channel))
