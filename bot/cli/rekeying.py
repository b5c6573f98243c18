"""`rekey`: turn everything that is sealed to a new key."""

import os
from typing import TYPE_CHECKING

import click

from bot.cli.counting import Counting
from bot.cli.running import FAULTS, Sentence
from bot.language import _
from bot.settings import Settings, read_settings
from bot.settings.keys import add_secret_key, secret_keys

if TYPE_CHECKING:
    from bot.store.database import Database


@click.command(
    help=_(
        "Turn numbers, states, messages and recordings to a new key. Stopped half-way, it goes on "
        "the next time."
    )
)
def rekey() -> None:
    """Turn everything."""
    from bot.store.forget import put_away_log
    from bot.store.media import Turnable
    from bot.store.migrate import check
    from bot.store.rekey import turn_all
    from bot.store.seal import Seal
    from bot.wiring import database_of, media_of

    settings = read_settings()
    database = database_of(settings)
    try:
        check(database)
        seal = Seal(_keys(settings, database))
        store = media_of(settings, database, seal)
        outside = store if isinstance(store, Turnable) else None
        with Counting(1) as counting:
            found = turn_all(database, seal, outside, lambda _what, count: counting(count))
        put_away_log(database)
    finally:
        database.close()
    click.echo(_("{count} values were turned to the newest key.")
               .replace("{count}", str(found.turned)))  # fmt: skip
    click.echo(_("Keep the older keys: people who asked to be forgotten are known by the first."))
    if found.lost:
        words = _("{count} values do not open with any of the keys; they are left as they were.")
        click.echo(words.replace("{count}", str(found.lost)), err=True)
        raise SystemExit(FAULTS)


def _keys(settings: Settings, database: "Database") -> list[str]:
    """Return the keys, with a new one where it is ours to make and none waits to be used."""
    keys = secret_keys(settings)
    if settings.secret_key:
        if len(keys) == 1:
            raise Sentence(
                _("Put a new key behind the old one in SECRET_KEY, with a space between them, on "
                  "every machine, start them anew, then run this again.")
            )  # fmt: skip
        return keys
    if _somebody_runs(database):
        raise Sentence(_("Stop `palabre serve` first: it does not know the new key."))
    return keys if _unfinished(database, len(keys)) else add_secret_key(settings)


def _unfinished(database: "Database", newest: int) -> bool:
    """Say whether an earlier run was stopped: something is still sealed with an older key."""
    from sqlalchemy import Connection, func, select

    from bot.store.rekey import SEALED
    from bot.store.tables import metadata

    def work(connection: Connection) -> bool:
        for name, column_name in SEALED:
            column = metadata.tables[name].c[column_name]
            query = select(column).where(func.length(column) > 0).limit(1)
            old = query.where(func.substr(column, 1, 1) != bytes([newest]))
            if newest > 1 and connection.execute(old).first():
                return True
        return False

    return database.read_now(work)


def _somebody_runs(database: "Database") -> bool:
    """Say whether a process of this machine has this database in use."""
    from sqlalchemy import select

    from bot.store.tables import leases

    holders = database.read_now(lambda c: list(c.scalars(select(leases.c.holder))))
    return any(_is_alive(holder.partition(".")[0]) for holder in holders)


def _is_alive(number: str) -> bool:
    if not number.isdigit() or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
