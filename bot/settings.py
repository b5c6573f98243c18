"""Every setting, in one table that can be printed: name, type, default, meaning.

Values come from the environment and, beneath it, from a `.env` file in the working folder.
A wrong value stops the start with a sentence.
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot.language import _

PAID_PACE = 1000.0  # messages a second that Telegram takes where paid broadcasts are allowed
Value = str | int | float | bool | Path


class WrongSetting(Exception):
    """A setting has a value that cannot be used; the message names it, why, and what to write."""


@dataclass(frozen=True)
class Setting:
    """One row of the table. `read` raises ValueError with a sentence about the value."""

    name: str
    read: Callable[[str], Value]
    default: str
    meaning: str
    secret: bool = False


def _text(value: str) -> str:
    return value


def _yes_no(value: str) -> bool:
    if value.lower() in ("1", "yes", "true", "on"):
        return True
    if value.lower() in ("", "0", "no", "false", "off"):
        return False
    raise ValueError(_("write 1 or 0"))


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 <= int(value) <= 65535:
        raise ValueError(_("write a port between 0 and 65535, such as 8080"))
    return int(value)


def _positive(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ValueError(_("write a number of 0 or more, such as 2"))
    return number


def _pace(value: str) -> float:
    number = _positive(value)
    if number == 0:
        raise ValueError(_("write a number above 0, such as 30"))
    return number


def _address(value: str) -> str:
    if value and (urlsplit(value).scheme not in ("http", "https") or not _has_a_port(value)):
        raise ValueError(_("write an address that begins with https://"))
    return value.rstrip("/")


def _public(value: str) -> str:
    address = _address(value)
    local = urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")
    if address and not address.startswith("https://") and not local:
        raise ValueError(_("providers call only https addresses: write https://…"))
    return address


def _has_a_port(value: str) -> bool:
    """Say whether what stands where an address has its port is one, or nothing."""
    try:
        return urlsplit(value).port != 0
    except ValueError:
        return False


def _database(value: str) -> str:
    if value.startswith("postgres://"):
        value = "postgresql://" + value.removeprefix("postgres://")
    if value and not value.startswith(("postgresql://", "postgresql+psycopg://", "sqlite:///")):
        raise ValueError(_("write postgresql://… or sqlite:///FILE"))
    if value and not _has_a_port(value):
        raise ValueError(_("write postgresql://… or sqlite:///FILE"))
    return value.replace("postgresql://", "postgresql+psycopg://", 1)


def _token(value: str) -> str:
    head, _colon, tail = value.partition(":")
    if value and not (head.isdecimal() and len(tail) >= 3):
        raise ValueError(_("a bot's token looks like 123456:ABC…; @BotFather gives it"))
    return value


def _account_sid(value: str) -> str:
    if value and not re.fullmatch(r"AC[0-9a-fA-F]{32}", value):
        raise ValueError(_("an account's SID is AC and 32 signs; it stands in Twilio's console"))
    return value


def _service_sid(value: str) -> str:
    if value and not re.fullmatch(r"MG[0-9a-fA-F]{32}", value):
        raise ValueError(_("a messaging service's SID is MG and 32 signs"))
    return value


def _numbers(value: str) -> str:
    numbers = [one.strip().removeprefix("whatsapp:") for one in value.split(",") if one.strip()]
    if any(re.fullmatch(r"\+[1-9][0-9]{5,14}", one) is None for one in numbers):
        raise ValueError(_("write numbers such as +33700000000, with commas between them"))
    return ",".join(numbers)


def _webhook_secret(value: str) -> str:
    allowed = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    if len(value) > 256 or set(value) - allowed:
        raise ValueError(_("use 1 to 256 of A–Z a–z 0–9 _ -"))
    return value


def _secret_key(value: str) -> str:
    if any(len(one) < 32 for one in value.split()):
        raise ValueError(_("it is too short: use 32 characters or more, by chance"))
    return value


def _speech(value: str) -> str:
    if value not in ("", "off", "nanotts", "http"):
        raise ValueError(_("write nanotts, http or off"))
    return value


def _token_of_ours(value: str) -> str:
    if value and len(value) < 16:
        raise ValueError(_("it is too short: use 16 characters or more, by chance"))
    return value


def _logs(value: str) -> str:
    if value not in ("text", "json"):
        raise ValueError(_("write text or json"))
    return value


def _media(value: str) -> str:
    bucket = value.startswith("s3:") and value.removeprefix("s3:").lstrip("/")
    if value and not bucket and not value.startswith(("file:", "db:")):
        raise ValueError(_("write file:FOLDER, db: or s3:BUCKET/FOLDER"))
    return value


def _engine(value: str) -> str:
    if value in ("off", "http") or (value.partition(":")[0] == "faster-whisper" and value[15:]):
        return value
    raise ValueError(_("write off, faster-whisper:FOLDER or http"))


def _translator(value: str) -> str:
    if value in ("off", "http"):
        return value
    raise ValueError(_("write off or http"))


TABLE: tuple[Setting, ...] = (
    Setting(
        "DATABASE_URL",
        _database,
        "",
        "the database; empty: an SQLite file in PALABRE_DATA. postgresql://… for several machines",
        secret=True,
    ),
    Setting("PORT", _port, "8080", "the port that is listened on"),
    Setting("HOST", _text, "127.0.0.1", "the address that is listened on; 0.0.0.0: every one"),
    Setting("PUBLIC_URL", _public, "", "the https address under which the world reaches this"),
    Setting(
        "SECRET_KEY",
        _secret_key,
        "",
        "what all keys are derived from; made once in PALABRE_DATA when embedded. Keep it safe. "
        "After `palabre rekey` the old ones stand before the new one, with a space between them",
        secret=True,
    ),
    Setting(
        "MEDIA_URL",
        _media,
        "",
        "where recordings lie: file:FOLDER (default with SQLite), db: (default with PostgreSQL) or "
        "s3:BUCKET/FOLDER (with the extra s3; AWS_… in the environment say where and who)",
    ),
    Setting("PALABRE_DATA", Path, "data", "the folder of the embedded database and its key"),
    Setting("PALABRE_FLOWS", _text, "", "the folder of flows; empty: the one beside the code"),
    Setting("PALABRE_CONSULTATION", _text, "ess", "the consultation, a folder in PALABRE_FLOWS"),
    Setting("PALABRE_LANGUAGE", _text, "", "the language of commands: fr, en, es; empty: LANG's"),
    Setting(
        "PALABRE_KEEP_DAYS",
        _pace,
        "365",
        "days after which answered messages and sent replies leave the tables; answers stay",
    ),
    Setting("PALABRE_LOGS", _logs, "text", "text: lines for people; json: lines for programs"),
    Setting(
        "METRICS_TOKEN",
        _token_of_ours,
        "",
        "the bearer token that opens /metrics; empty: there is no such page",
        secret=True,
    ),
    Setting("PALABRE_SIMULATOR", _yes_no, "", "1 shows the simulator on a public address too"),
    Setting(
        "PALABRE_BURST_SECONDS",
        _positive,
        "2",
        "how long after a question a message may still belong to the one before it",
    ),
    Setting(
        "PALABRE_ASR",
        _engine,
        "off",
        "what writes down recordings: off, faster-whisper:FOLDER with a model, or http",
    ),
    Setting("PALABRE_ASR_URL", _address, "", "with http: a service like OpenAI's, https://…"),
    Setting("PALABRE_ASR_KEY", _text, "", "with http: its key", secret=True),
    Setting("PALABRE_ASR_MODEL", _text, "whisper-1", "with http: its model"),
    Setting(
        "PALABRE_TRANSLATE",
        _translator,
        "off",
        "what translates answers for those who draft: off, or http",
    ),
    Setting("PALABRE_TRANSLATE_URL", _address, "", "with http: a service like LibreTranslate's"),
    Setting("PALABRE_TRANSLATE_KEY", _text, "", "with http: its key", secret=True),
    Setting(
        "PALABRE_TRANSLATE_INTO", _text, "", "the language in which you draft; empty: the flows'"
    ),
    Setting(
        "PALABRE_TTS",
        _speech,
        "",
        "the speech engine: nanotts, http or off; empty: nanotts where the extra `speech` is there",
    ),
    Setting("PALABRE_TTS_URL", _address, "", "with http: a service like OpenAI's, https://…"),
    Setting("PALABRE_TTS_KEY", _text, "", "with http: its key", secret=True),
    Setting("PALABRE_TTS_MODEL", _text, "tts-1", "with http: its model"),
    Setting(
        "PALABRE_TTS_VOICE",
        _text,
        "alloy",
        "with http: its voice, or one for each language: fr:NAME en:NAME es:NAME",
    ),
    Setting(
        "PALABRE_TTS_SECONDS",
        _positive,
        "6",
        "for how long a message waits for its sound, seconds; then it goes as text alone",
    ),
    Setting("TELEGRAM_BOT_TOKEN", _token, "", "the bot's token, from @BotFather", secret=True),
    Setting(
        "TELEGRAM_API_URL",
        _address,
        "https://api.telegram.org",
        "the Bot API's root; another one for a self-hosted Bot API server",
    ),
    Setting(
        "TELEGRAM_WEBHOOK_SECRET",
        _webhook_secret,
        "",
        "what Telegram sends along with each call; derived from SECRET_KEY when missing",
        secret=True,
    ),
    Setting("TELEGRAM_PACE", _pace, "30", "messages a second to Telegram, over all chats"),
    Setting(
        "TELEGRAM_PAID",
        _yes_no,
        "",
        "1 lets Telegram charge for more than 30 messages a second, up to 1000: mind the price",
    ),
    Setting("TWILIO_ACCOUNT_SID", _account_sid, "", "the account at Twilio, AC…"),
    Setting("TWILIO_AUTH_TOKEN", _text, "", "its token, from Twilio's console", secret=True),
    Setting(
        "TWILIO_API_URL",
        _address,
        "",
        "a region or a proxy: one root for api.twilio.com and content.twilio.com; empty: Twilio's",
    ),
    Setting("TWILIO_SMS_FROM", _numbers, "", "our numbers for SMS, +33…, with commas between them"),
    Setting("TWILIO_WHATSAPP_FROM", _numbers, "", "our WhatsApp senders, the same way"),
    Setting(
        "TWILIO_MESSAGING_SERVICE_SID",
        _service_sid,
        "",
        "a messaging service of Twilio's, MG…, that picks the number where none of ours fits",
    ),
    Setting("TWILIO_SMS_PACE", _pace, "10", "segments a second by SMS"),
    Setting("TWILIO_WHATSAPP_PACE", _pace, "80", "messages a second on WhatsApp"),
)


@dataclass(frozen=True)
class Settings:
    """The settings as read: one attribute a row, in lower case without PALABRE_."""

    database_url: str
    port: int
    host: str
    public_url: str
    secret_key: str
    media_url: str
    data: Path
    flows: str
    consultation: str
    language: str
    keep_days: float
    logs: str
    metrics_token: str
    simulator: bool
    burst_seconds: float
    asr: str
    asr_url: str
    asr_key: str
    asr_model: str
    translate: str
    translate_url: str
    translate_key: str
    translate_into: str
    tts: str
    tts_url: str
    tts_key: str
    tts_model: str
    tts_voice: str
    tts_seconds: float
    telegram_bot_token: str
    telegram_api_url: str
    telegram_webhook_secret: str
    telegram_pace: float
    telegram_paid: bool
    twilio_account_sid: str
    twilio_auth_token: str
    twilio_api_url: str
    twilio_sms_from: str
    twilio_whatsapp_from: str
    twilio_messaging_service_sid: str
    twilio_sms_pace: float
    twilio_whatsapp_pace: float
    given: frozenset[str] = field(default_factory=frozenset)  # names that were set at all

    @property
    def embedded(self) -> bool:
        """Say whether the database is an SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def pace_of_telegram(self) -> float:
        """Messages a second: Telegram's free limit, or what it takes where one pays."""
        if self.telegram_paid and "TELEGRAM_PACE" not in self.given:
            return PAID_PACE
        return self.telegram_pace

    @property
    def real_channels(self) -> tuple[str, ...]:
        """The channels on which real people can be reached."""
        twilio = bool(self.twilio_account_sid and self.twilio_auth_token)
        has = {
            "telegram": bool(self.telegram_bot_token),
            "sms": twilio and bool(self.twilio_sms_from or self.twilio_messaging_service_sid),
            "whatsapp": twilio and bool(self.twilio_whatsapp_from),
        }
        return tuple(name for name, there in has.items() if there)

    @property
    def shows_simulator(self) -> bool:
        """The simulator is open to who sits at this machine, or where it is asked for."""
        loopback = self.host in ("127.0.0.1", "localhost", "::1")
        return self.simulator or (loopback and not self.public_url)


def _attribute(name: str) -> str:
    return name.removeprefix("PALABRE_").lower()


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read all settings; the environment wins over `.env`. Raises WrongSetting."""
    given = dict(environment) if environment is not None else given_here()
    values: dict[str, Value] = {}
    for row in TABLE:
        raw = given.get(row.name, "").strip() or row.default
        try:
            values[_attribute(row.name)] = row.read(raw)
        except ValueError as error:
            raise WrongSetting(_wrong(row, raw, str(error))) from None
    names = frozenset(row.name for row in TABLE if given.get(row.name, "").strip())
    settings = Settings(**values, given=names)  # type: ignore[arg-type]
    return settings if settings.database_url else _with_file(settings)


def _wrong(row: Setting, raw: str, why: str) -> str:
    if row.secret:
        sentence = _("{name}: its value cannot be used: {why}.")
    else:
        sentence = _("{name}: “{value}” cannot be used: {why}.").replace("{value}", raw)
    return sentence.replace("{name}", row.name).replace("{why}", why)


def _with_file(settings: Settings) -> Settings:
    from dataclasses import replace

    return replace(settings, database_url=f"sqlite:///{settings.data / 'palabre.sqlite'}")


def given_here() -> dict[str, str]:
    """Return what is set: the environment, and beneath it `.env`."""
    return {**_dotenv(), **os.environ}


def _dotenv() -> dict[str, str]:
    file = Path(".env")
    if not file.is_file():
        return {}
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, _equals, value in pairs}


def secret_keys(settings: Settings) -> list[str]:
    """Return the secrets, the first one ever used first; the last one seals. Raises WrongSetting.

    Embedded, the first is made with mode 0600.
    """
    if settings.secret_key:
        return settings.secret_key.split()
    if not settings.embedded:
        raise WrongSetting(
            _(
                "SECRET_KEY is missing: with PostgreSQL it must be set, to the same value on every "
                "machine. Make one with: "
                "python -c 'import secrets; print(secrets.token_urlsafe(48))'."
            )
        )
    file = settings.data / "secret_key"
    if not file.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        _write_keys(file, [secrets.token_urlsafe(48)])
    return file.read_text("ascii").split()


def add_secret_key(settings: Settings) -> list[str]:
    """Put a new secret behind those in the embedded file, whole or not at all; return all."""
    keys = [*secret_keys(settings), secrets.token_urlsafe(48)]
    half = settings.data / "secret_key.new"
    half.unlink(missing_ok=True)
    _write_keys(half, keys)
    half.replace(settings.data / "secret_key")
    return keys


def _write_keys(file: Path, keys: list[str]) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write("\n".join(keys))
        out.flush()
        os.fsync(out.fileno())


def example() -> str:
    """Print the table as `.env.example` holds it."""
    rows = [f"# {row.meaning}\n# {row.name}={row.default}\n" for row in TABLE]
    head = (
        "# Palabre's settings. Take the # away from a line to set it. Made by `make env-example`.\n"
    )
    return head + "\n" + "\n".join(rows)
