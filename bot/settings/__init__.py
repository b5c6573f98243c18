"""The settings as read; each stands in `table.py`, and what it may be in `values.py`.

Values come from the environment and, beneath it, from a `.env` file in the working folder.
A wrong value stops the start with a sentence.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.language import _
from bot.settings.table import TABLE, Setting, Value

PAID_PACE = 1000.0  # messages a second that Telegram takes where paid broadcasts are allowed


class WrongSetting(Exception):
    """A setting has a value that cannot be used; the message names it, why, and what to write."""


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
