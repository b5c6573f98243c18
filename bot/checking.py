"""Is what a house rests on sound: its key, its clock, the way in from Telegram?"""

import time
from pathlib import Path

from sqlalchemy import Connection, select, text

from bot.gateway.doctor import Finding
from bot.gateway.house import House
from bot.language import _
from bot.settings import Settings
from bot.settings.keys import secret_keys
from bot.store.tables import inbox
from channels.errors import DeliveryError
from channels.telegram import Telegram

FEW_SIGNS = 12  # a key made by chance has more different ones
WRONG_MS = 30_000  # so far two clocks may be apart
OLD_SECONDS = 3600  # an error of an hour ago is no news


def examine_key(settings: Settings) -> list[Finding]:
    """Look at the key that seals, and at who may read its file."""
    key = secret_keys(settings)[-1]
    found = []
    if len(set(key)) < FEW_SIGNS:
        sentence = _("SECRET_KEY can be guessed: it has few different signs. Put one made by "
                     "chance in its place: palabre rekey.")  # fmt: skip
        found.append(Finding("ill", sentence))
    file = settings.data / "secret_key"
    if settings.embedded and not settings.secret_key and _others_read(file):
        sentence = _("Others on this machine can read {file}: chmod 600 {file}")
        found.append(Finding("ill", sentence.replace("{file}", str(file))))
    return found or [Finding("well", _("The key is hard to guess."))]


def _others_read(file: Path) -> bool:
    return file.exists() and bool(file.stat().st_mode & 0o077)


async def examine_clock(house: House) -> list[Finding]:
    """Hold this machine's clock against the database's, and against what was written before."""
    apart = abs(await house.database.read(_ahead, house.clock()))
    if apart <= WRONG_MS:
        return [Finding("well", _("The clock is right, as far as can be seen."))]
    sentence = _("The clock of this machine is {seconds} seconds wrong, or was set back: let it be "
                 "set by the network (timedatectl set-ntp true).")  # fmt: skip
    return [Finding("ill", sentence.replace("{seconds}", str(apart // 1000)))]


def _ahead(connection: Connection, moment: int) -> int:
    """Return by how much another clock differs from ours, ms; of SQLite only what is ahead."""
    if connection.dialect.name == "postgresql":
        theirs = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)")
        return int(connection.scalar(theirs) or moment) - moment
    last = select(inbox.c.received_at).order_by(inbox.c.id.desc()).limit(1)
    return max(0, (connection.scalar(last) or 0) - moment)


async def examine_way_in(house: House, settings: Settings, ours: str) -> list[Finding]:
    """Look whether Telegram finds our webhook, and gets a good answer there."""
    channel = house.channels.get("telegram")
    if not isinstance(channel, Telegram) or not settings.public_url:
        return []
    try:
        hook = await channel.webhook()
    except DeliveryError:
        return []  # that it cannot be asked is said already
    if not hook.url:
        sentence = _("Telegram has no address of ours yet: start `palabre serve` or `palabre web`.")
        return [Finding("ill", sentence)]
    if hook.url == ours and hook.error and time.time() - hook.error_at < OLD_SECONDS:
        sentence = _("Telegram could not bring messages to us, and {count} wait there: {why}. Does "
                     "PUBLIC_URL lead here, with a good certificate?")  # fmt: skip
        words = sentence.replace("{count}", str(hook.waiting)).replace("{why}", hook.error)
        return [Finding("ill", words)]
    return []
