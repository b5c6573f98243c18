"""How it stands with those whom a provider cannot reach: refused at once, or told of later."""

from collections.abc import Mapping
from typing import NamedTuple


class Manner(NamedTuple):
    """Why a message does not reach somebody.

    `status`: of the answer that refuses it; 0: it is taken, and fails on its way. `code`: Twilio's.
    `passes`: tried again when all is well, it arrives.
    """

    status: int
    code: int = 0
    words: str = ""
    passes: bool = False


OF_TELEGRAM: Mapping[str, Manner] = {
    "blocked the bot": Manner(403, words="Forbidden: bot was blocked by the user"),
    "no such chat": Manner(400, words="Bad Request: chat not found"),
    "refused for now": Manner(400, words="Bad Request: not just now", passes=True),
}
OF_SMS: Mapping[str, Manner] = {
    "opted out at Twilio": Manner(400, 21610),
    "no number": Manner(400, 21211),
    "number gone": Manner(0, 30005),
    "taken for spam": Manner(0, 30007, passes=True),
}
OF_WHATSAPP: Mapping[str, Manner] = {
    "not on WhatsApp": Manner(0, 63003),
    "window closed": Manner(0, 63016),
    "not chosen by Meta": Manner(0, 63049, passes=True),
}
OFF: Mapping[str, Manner] = {"phone is off": Manner(0, 30003, passes=True)}  # tried after an hour
BY_CHANNEL: Mapping[str, Mapping[str, Manner]] = {
    "telegram": OF_TELEGRAM,
    "sms": OF_SMS,
    "whatsapp": OF_WHATSAPP,
}
