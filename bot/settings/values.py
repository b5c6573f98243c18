"""What a setting's value may be: each reader takes the text and returns the value.

A text that cannot be used raises ValueError with a sentence that says what to write.
"""

import re
from urllib.parse import urlsplit

from bot.language import _


def text(value: str) -> str:
    """Take any text."""
    return value


def yes_no(value: str) -> bool:
    """Read 1 or 0, or the words for it."""
    if value.lower() in ("1", "yes", "true", "on"):
        return True
    if value.lower() in ("", "0", "no", "false", "off"):
        return False
    raise ValueError(_("write 1 or 0"))


def port(value: str) -> int:
    """Read a port; 0: any that is free."""
    if not value.isdecimal() or not 0 <= int(value) <= 65535:
        raise ValueError(_("write a port between 0 and 65535, such as 8080"))
    return int(value)


def positive(value: str) -> float:
    """Read a number of 0 or more."""
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ValueError(_("write a number of 0 or more, such as 2"))
    return number


def pace(value: str) -> float:
    """Read a number above 0."""
    number = positive(value)
    if number == 0:
        raise ValueError(_("write a number above 0, such as 30"))
    return number


def address(value: str) -> str:
    """Read an http address, without the stroke at its end."""
    if value and (urlsplit(value).scheme not in ("http", "https") or not _has_a_port(value)):
        raise ValueError(_("write an address that begins with https://"))
    return value.rstrip("/")


def public(value: str) -> str:
    """Read an address under which providers call: https, or this machine."""
    ours = address(value)
    local = urlsplit(ours).hostname in ("localhost", "127.0.0.1", "::1")
    if ours and not ours.startswith("https://") and not local:
        raise ValueError(_("providers call only https addresses: write https://…"))
    return ours


def _has_a_port(value: str) -> bool:
    """Say whether what stands where an address has its port is one, or nothing."""
    try:
        return urlsplit(value).port != 0
    except ValueError:
        return False


def database(value: str) -> str:
    """Read where a database is, in the words of SQLAlchemy."""
    if value.startswith("postgres://"):
        value = "postgresql://" + value.removeprefix("postgres://")
    if value and not value.startswith(("postgresql://", "postgresql+psycopg://", "sqlite:///")):
        raise ValueError(_("write postgresql://… or sqlite:///FILE"))
    if value and not _has_a_port(value):
        raise ValueError(_("write postgresql://… or sqlite:///FILE"))
    return value.replace("postgresql://", "postgresql+psycopg://", 1)


def bot_token(value: str) -> str:
    """Read the token of a Telegram bot."""
    head, _colon, tail = value.partition(":")
    if value and not (head.isdecimal() and len(tail) >= 3):
        raise ValueError(_("a bot's token looks like 123456:ABC…; @BotFather gives it"))
    return value


def account_sid(value: str) -> str:
    """Read the SID of an account at Twilio."""
    if value and not re.fullmatch(r"AC[0-9a-fA-F]{32}", value):
        raise ValueError(_("an account's SID is AC and 32 signs; it stands in Twilio's console"))
    return value


def service_sid(value: str) -> str:
    """Read the SID of a messaging service at Twilio."""
    if value and not re.fullmatch(r"MG[0-9a-fA-F]{32}", value):
        raise ValueError(_("a messaging service's SID is MG and 32 signs"))
    return value


def numbers(value: str) -> str:
    """Read phone numbers, with commas between them."""
    numbers = [one.strip().removeprefix("whatsapp:") for one in value.split(",") if one.strip()]
    if any(re.fullmatch(r"\+[1-9][0-9]{5,14}", one) is None for one in numbers):
        raise ValueError(_("write numbers such as +33700000000, with commas between them"))
    return ",".join(numbers)


def webhook_secret(value: str) -> str:
    """Read what Telegram may send along with its calls."""
    allowed = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    if len(value) > 256 or set(value) - allowed:
        raise ValueError(_("use 1 to 256 of A–Z a–z 0–9 _ -"))
    return value


def secret_key(value: str) -> str:
    """Read secrets, with a space between them."""
    if any(len(one) < 32 for one in value.split()):
        raise ValueError(_("it is too short: use 32 characters or more, by chance"))
    return value


def speech(value: str) -> str:
    """Read the name of a speech engine."""
    if value not in ("", "off", "nanotts", "http"):
        raise ValueError(_("write nanotts, http or off"))
    return value


def token_of_ours(value: str) -> str:
    """Read a bearer token that we made ourselves."""
    if value and len(value) < 16:
        raise ValueError(_("it is too short: use 16 characters or more, by chance"))
    return value


def logs(value: str) -> str:
    """Read how logs are written."""
    if value not in ("text", "json"):
        raise ValueError(_("write text or json"))
    return value


def media(value: str) -> str:
    """Read where recordings lie."""
    bucket = value.startswith("s3:") and value.removeprefix("s3:").lstrip("/")
    if value and not bucket and not value.startswith(("file:", "db:")):
        raise ValueError(_("write file:FOLDER, db: or s3:BUCKET/FOLDER"))
    return value


def engine(value: str) -> str:
    """Read what writes down recordings."""
    if value in ("off", "http") or (value.partition(":")[0] == "faster-whisper" and value[15:]):
        return value
    raise ValueError(_("write off, faster-whisper:FOLDER or http"))


def translator(value: str) -> str:
    """Read what translates."""
    if value in ("off", "http"):
        return value
    raise ValueError(_("write off or http"))
