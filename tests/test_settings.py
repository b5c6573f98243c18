"""Each setting, what it may be, and what is said when it is not."""

from pathlib import Path

import pytest

from bot.settings import Settings, WrongSetting, read_settings
from bot.settings.keys import secret_keys
from bot.settings.table import TABLE

TOKEN = "123456:a-token-of-ours"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"), ("PORT", "-1"), ("PORT", "65536"), ("PORT", "80.5"), ("PORT", "²"),
        ("PUBLIC_URL", "http://palabre.example"), ("PUBLIC_URL", "palabre.example"),
        ("PUBLIC_URL", "ftp://palabre.example"), ("PUBLIC_URL", "https://[bad"),
        ("DATABASE_URL", "mysql://localhost/x"), ("DATABASE_URL", "data/palabre.sqlite"),
        ("DATABASE_URL", "postgresql://host:port/x"),
        ("SECRET_KEY", "a-few"),
        ("MEDIA_URL", "ftp:x"), ("MEDIA_URL", "/srv/media"), ("MEDIA_URL", "s3:"),
        ("PALABRE_SIMULATOR", "perhaps"),
        ("PALABRE_BURST_SECONDS", "-1"), ("PALABRE_BURST_SECONDS", "soon"),
        ("PALABRE_BURST_SECONDS", "inf"), ("PALABRE_BURST_SECONDS", "nan"),
        ("TELEGRAM_BOT_TOKEN", "a-token"), ("TELEGRAM_BOT_TOKEN", "12:"),
        ("TELEGRAM_API_URL", "localhost:8081"),
        ("TELEGRAM_WEBHOOK_SECRET", "with a space"), ("TELEGRAM_WEBHOOK_SECRET", "x" * 257),
        ("TELEGRAM_PACE", "0"), ("TELEGRAM_PACE", "fast"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_name_and_a_secret_one_is_not_shown(
    name: str, value: str
) -> None:
    with pytest.raises(WrongSetting) as refused:
        read_settings({name: value})
    sentence = str(refused.value)
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    secret = next(row.secret for row in TABLE if row.name == name)
    assert (value in sentence) is not secret


@pytest.mark.parametrize(
    ("name", "value", "attribute", "read"),
    [
        ("PORT", "0", "port", 0),
        ("DATABASE_URL", "postgres://u:p@h/x", "database_url", "postgresql+psycopg://u:p@h/x"),
        ("DATABASE_URL", "postgresql://h:5432/x", "database_url", "postgresql+psycopg://h:5432/x"),
        ("PUBLIC_URL", "https://palabre.example/", "public_url", "https://palabre.example"),
        ("PUBLIC_URL", "http://127.0.0.1:8080", "public_url", "http://127.0.0.1:8080"),
        ("PALABRE_SIMULATOR", "1", "simulator", True),
        ("PALABRE_SIMULATOR", "no", "simulator", False),
        ("PALABRE_BURST_SECONDS", "0", "burst_seconds", 0.0),
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081/", "telegram_api_url",
         "http://127.0.0.1:8081"),
        ("TELEGRAM_PACE", "12.5", "telegram_pace", 12.5),
        ("TWILIO_SMS_FROM", " +33700000000 ,whatsapp:+221300000000,", "twilio_sms_from",
         "+33700000000,+221300000000"),
        ("TWILIO_ACCOUNT_SID", "AC" + "0a" * 16, "twilio_account_sid", "AC" + "0a" * 16),
        ("TWILIO_WHATSAPP_PACE", "20", "twilio_whatsapp_pace", 20.0),
        ("PALABRE_DATA", "elsewhere", "data", Path("elsewhere")),
        ("PORT", "  ", "port", 8080),
    ],
)  # fmt: skip
def test_a_right_value_is_read(name: str, value: str, attribute: str, read: object) -> None:
    assert getattr(read_settings({name: value}), attribute) == read


def test_with_nothing_set_everything_has_a_default() -> None:
    settings = read_settings({})
    assert settings.embedded
    assert settings.database_url == "sqlite:///data/palabre.sqlite"
    assert (settings.port, settings.host, settings.burst_seconds) == (8080, "127.0.0.1", 2)
    assert settings.real_channels == ()
    assert settings.shows_simulator


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, True),
        ({"HOST": "0.0.0.0"}, False),
        ({"PUBLIC_URL": "https://palabre.example"}, False),
        ({"PUBLIC_URL": "https://palabre.example", "PALABRE_SIMULATOR": "1"}, True),
    ],
)
def test_the_simulator_is_shown_to_who_sits_here_or_where_it_is_asked_for(
    given: dict[str, str], shown: bool
) -> None:
    assert read_settings(given).shows_simulator is shown


def test_with_postgresql_a_missing_key_stops_the_start() -> None:
    with pytest.raises(WrongSetting, match="SECRET_KEY"):
        secret_keys(read_settings({"DATABASE_URL": "postgresql://localhost/x"}))


def test_a_key_that_is_set_is_the_key() -> None:
    assert secret_keys(read_settings({"SECRET_KEY": "k" * 40})) == ["k" * 40]


def test_every_row_of_the_table_is_an_attribute_and_has_a_meaning() -> None:
    names = {row.name.removeprefix("PALABRE_").lower() for row in TABLE}
    assert names == set(Settings.__dataclass_fields__) - {"given"}
    assert all(row.meaning for row in TABLE)


TWILIO = {"TWILIO_ACCOUNT_SID": "AC" + "0a" * 16, "TWILIO_AUTH_TOKEN": "t"}


@pytest.mark.parametrize(
    ("given", "channels"),
    [
        (TWILIO, ()),
        (TWILIO | {"TWILIO_SMS_FROM": "+33700000000"}, ("sms",)),
        (TWILIO | {"TWILIO_MESSAGING_SERVICE_SID": "MG" + "0b" * 16}, ("sms",)),
        (TWILIO | {"TWILIO_WHATSAPP_FROM": "+33700000000"}, ("whatsapp",)),
        ({"TWILIO_SMS_FROM": "+33700000000"}, ()),
        (TWILIO | {"TWILIO_SMS_FROM": "+33700000000", "TELEGRAM_BOT_TOKEN": "12:abc"},
         ("telegram", "sms")),
    ],
)  # fmt: skip
def test_a_channel_is_there_once_it_can_send(
    given: dict[str, str], channels: tuple[str, ...]
) -> None:
    assert read_settings(given).real_channels == channels


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWILIO_ACCOUNT_SID", "SK12"),
        ("TWILIO_MESSAGING_SERVICE_SID", "MG12"),
        ("TWILIO_SMS_FROM", "0700000000"),
        ("TWILIO_WHATSAPP_FROM", "+33700000000;+33700000001"),
    ],
)
def test_what_twilio_would_not_know_is_refused(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name):
        read_settings({name: value})


@pytest.mark.parametrize(
    ("given", "pace"),
    [
        ({}, 30),
        ({"TELEGRAM_PAID": "yes"}, 1000),
        ({"TELEGRAM_PAID": "yes", "TELEGRAM_PACE": "200"}, 200),
        ({"TELEGRAM_PAID": "no"}, 30),
    ],
)
def test_who_pays_telegram_sends_a_thousand_a_second_unless_told_otherwise(
    given: dict[str, str], pace: float
) -> None:
    assert read_settings(given).pace_of_telegram == pace
