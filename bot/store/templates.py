"""How templates stand with whoever approves them, as their provider said last."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from bot.store.tables import templates


@dataclass(frozen=True)
class Known:
    """A template under its provider's name of it."""

    name: str
    language: str
    sid: str
    state: str
    reason: str = ""


def find(connection: Connection, account: str, name: str, language: str) -> Known | None:
    """Return what is known of one."""
    query = select(
        templates.c.name, templates.c.language, templates.c.sid, templates.c.state,
        templates.c.reason,
    ).where(
        templates.c.account == account,
        templates.c.name == name,
        templates.c.language == language,
    )  # fmt: skip
    row = connection.execute(query).one_or_none()
    return None if row is None else Known(*row)


def replace_all(connection: Connection, account: str, known: Sequence[Known], moment: int) -> None:
    """Write how all of an account stand now; what its provider no longer holds is forgotten.

    Of two that have the same name an approved one counts.
    """
    connection.execute(delete(templates).where(templates.c.account == account))
    in_order = sorted(known, key=lambda one: one.state == "approved")
    rows = {(one.name, one.language): one for one in in_order}
    if rows:
        connection.execute(
            insert(templates),
            [
                {
                    "account": account,
                    "name": one.name,
                    "language": one.language,
                    "sid": one.sid,
                    "state": one.state,
                    "reason": one.reason,
                    "checked_at": moment,
                }
                for one in rows.values()
            ],
        )
