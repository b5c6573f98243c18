"""The secrets that all keys are derived from: set, or made once beside the embedded database."""

import os
import secrets
from pathlib import Path

from bot.language import _
from bot.settings import Settings, WrongSetting


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
