"""Logs: one line an event; no number, handle, token or name ever stands in one."""

import json
import logging
import re
from datetime import UTC, datetime

from bot.settings import Settings

NUMBER = re.compile(r"\+?\d[\d\s().-]{6,}\d")
# psycopg tells of each transaction that is refused; whoever asked for it is told, too, and says so
QUIET = {"aiohttp.access": logging.ERROR, "httpx": logging.WARNING, "telegram": logging.ERROR,
         "alembic": logging.WARNING, "psycopg": logging.ERROR}  # fmt: skip


class Mask(logging.Filter):
    """Takes long numbers and the settings' secrets out of whatever is logged."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._secrets = tuple(sorted(filter(None, secrets), key=len, reverse=True))

    def clean(self, text: str) -> str:
        """Return a text without secrets and long numbers."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return NUMBER.sub("…", text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean a record, its traceback too."""
        record.msg = self.clean(record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = self.clean(logging.Formatter().formatException(record.exc_info))
        return True


class Lines(logging.Formatter):
    """Writes a record as one line of JSON, for programs that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name,
                "message": record.getMessage()}  # fmt: skip
        line |= getattr(record, "fields", {})
        if record.exc_text or record.exc_info:
            line["error"] = record.exc_text or self.formatException(record.exc_info)  # type: ignore[arg-type]
        return json.dumps(line, ensure_ascii=False)


def set_up_logs(settings: Settings, level: int = logging.INFO) -> None:
    """Log to the error stream, masked."""
    handler = logging.StreamHandler()
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    as_json = settings.logs == "json"
    handler.setFormatter(Lines() if as_json else plain)
    handler.addFilter(Mask((settings.telegram_bot_token, *settings.secret_key.split(),
                            settings.telegram_webhook_secret, settings.database_url,
                            settings.twilio_auth_token, settings.metrics_token)))  # fmt: skip
    logging.getLogger("palabre.follow").setLevel(logging.INFO if as_json else logging.WARNING)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, quiet in QUIET.items():
        logging.getLogger(name).setLevel(quiet)
