"""Every setting, in one table that can be printed: name, what it may be, default, meaning."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.settings.values import (
    account_sid,
    address,
    bot_token,
    database,
    engine,
    logs,
    media,
    numbers,
    pace,
    port,
    positive,
    public,
    secret_key,
    service_sid,
    speech,
    text,
    token_of_ours,
    translator,
    webhook_secret,
    yes_no,
)

Value = str | int | float | bool | Path


@dataclass(frozen=True)
class Setting:
    """One row of the table. `read` raises ValueError with a sentence about the value."""

    name: str
    read: Callable[[str], Value]
    default: str
    meaning: str
    secret: bool = False


def _over_http(name: str, words: str, model: str = "") -> tuple[Setting, ...]:
    """Return what must be known of a service: where it is, its key, its model if it has some.

    `words` say what kind of service it is; translators get them from where this is called.
    """
    where = Setting(f"{name}_URL", address, "", words)
    key = Setting(f"{name}_KEY", text, "", "with http: its key", secret=True)
    if not model:
        return (where, key)
    return (where, key, Setting(f"{name}_MODEL", text, model, "with http: its model"))


TABLE: tuple[Setting, ...] = (
    Setting(
        "DATABASE_URL",
        database,
        "",
        "the database; empty: an SQLite file in PALABRE_DATA. postgresql://… for several machines",
        secret=True,
    ),
    Setting("PORT", port, "8080", "the port that is listened on"),
    Setting("HOST", text, "127.0.0.1", "the address that is listened on; 0.0.0.0: every one"),
    Setting("PUBLIC_URL", public, "", "the https address under which the world reaches this"),
    Setting(
        "SECRET_KEY",
        secret_key,
        "",
        "what all keys are derived from; made once in PALABRE_DATA when embedded. Keep it safe. "
        "After `palabre rekey` the old ones stand before the new one, with a space between them",
        secret=True,
    ),
    Setting(
        "MEDIA_URL",
        media,
        "",
        "where recordings lie: file:FOLDER (default with SQLite), db: (default with PostgreSQL) or "
        "s3:BUCKET/FOLDER (with the extra s3; AWS_… in the environment say where and who)",
    ),
    Setting("PALABRE_DATA", Path, "data", "the folder of the embedded database and its key"),
    Setting("PALABRE_FLOWS", text, "", "the folder of flows; empty: the one beside the code"),
    Setting("PALABRE_CONSULTATION", text, "ess", "the consultation, a folder in PALABRE_FLOWS"),
    Setting("PALABRE_LANGUAGE", text, "", "the language of commands: fr, en, es; empty: LANG's"),
    Setting(
        "PALABRE_KEEP_DAYS",
        pace,
        "365",
        "days after which answered messages and sent replies leave the tables; answers stay",
    ),
    Setting("PALABRE_LOGS", logs, "text", "text: lines for people; json: lines for programs"),
    Setting(
        "METRICS_TOKEN",
        token_of_ours,
        "",
        "the bearer token that opens /metrics; empty: there is no such page",
        secret=True,
    ),
    Setting("PALABRE_SIMULATOR", yes_no, "", "1 shows the simulator on a public address too"),
    Setting(
        "PALABRE_BURST_SECONDS",
        positive,
        "2",
        "how long after a question a message may still belong to the one before it",
    ),
    Setting(
        "PALABRE_ASR",
        engine,
        "off",
        "what writes down recordings: off, faster-whisper:FOLDER with a model, or http",
    ),
    *_over_http("PALABRE_ASR", "with http: a service like OpenAI's, https://…", "whisper-1"),
    Setting(
        "PALABRE_TRANSLATE",
        translator,
        "off",
        "what translates answers for those who draft: off, or http",
    ),
    *_over_http("PALABRE_TRANSLATE", "with http: a service like LibreTranslate's"),
    Setting(
        "PALABRE_TRANSLATE_INTO",
        text,
        "",
        "the language in which you draft; empty: the flows'",
    ),
    Setting(
        "PALABRE_TTS",
        speech,
        "",
        "the speech engine: nanotts, http or off; empty: nanotts where the extra `speech` is there",
    ),
    *_over_http("PALABRE_TTS", "with http: a service like OpenAI's, https://…", "tts-1"),
    Setting(
        "PALABRE_TTS_VOICE",
        text,
        "alloy",
        "with http: its voice, or one for each language: fr:NAME en:NAME es:NAME",
    ),
    Setting(
        "PALABRE_TTS_SECONDS",
        positive,
        "6",
        "for how long a message waits for its sound, seconds; then it goes as text alone",
    ),
    Setting("TELEGRAM_BOT_TOKEN", bot_token, "", "the bot's token, from @BotFather", secret=True),
    Setting(
        "TELEGRAM_API_URL",
        address,
        "https://api.telegram.org",
        "the Bot API's root; another one for a self-hosted Bot API server",
    ),
    Setting(
        "TELEGRAM_WEBHOOK_SECRET",
        webhook_secret,
        "",
        "what Telegram sends along with each call; derived from SECRET_KEY when missing",
        secret=True,
    ),
    Setting("TELEGRAM_PACE", pace, "30", "messages a second to Telegram, over all chats"),
    Setting(
        "TELEGRAM_PAID",
        yes_no,
        "",
        "1 lets Telegram charge for more than 30 messages a second, up to 1000: mind the price",
    ),
    Setting("TWILIO_ACCOUNT_SID", account_sid, "", "the account at Twilio, AC…"),
    Setting("TWILIO_AUTH_TOKEN", text, "", "its token, from Twilio's console", secret=True),
    Setting(
        "TWILIO_API_URL",
        address,
        "",
        "a region or a proxy: one root for api.twilio.com and content.twilio.com; empty: Twilio's",
    ),
    Setting("TWILIO_SMS_FROM", numbers, "", "our numbers for SMS, +33…, with commas between them"),
    Setting("TWILIO_WHATSAPP_FROM", numbers, "", "our WhatsApp senders, the same way"),
    Setting(
        "TWILIO_MESSAGING_SERVICE_SID",
        service_sid,
        "",
        "a messaging service of Twilio's, MG…, that picks the number where none of ours fits",
    ),
    Setting("TWILIO_SMS_PACE", pace, "10", "segments a second by SMS"),
    Setting("TWILIO_WHATSAPP_PACE", pace, "80", "messages a second on WhatsApp"),
)


def example() -> str:
    """Print the table as `.env.example` holds it."""
    rows = [f"# {row.meaning}\n# {row.name}={row.default}\n" for row in TABLE]
    head = (
        "# Palabre's settings. Take the # away from a line to set it. Made by `make env-example`.\n"
    )
    return head + "\n" + "\n".join(rows)
