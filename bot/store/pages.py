"""Listening pages: behind a link by SMS, what the bot said last to whoever holds that phone."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from bot.store.seal import Seal
from bot.store.tables import listening_pages as pages

COLUMN = b"listening_pages"
CODE = 6  # bytes, by chance


class Page(NamedTuple):
    """A page: whose it is, on which address, until when, and what is to be heard there (JSON)."""

    code: str
    participant: int
    address: int
    expires_at: int
    said: bytes


class Said(NamedTuple):
    """What was said last to someone on an address (JSON)."""

    participant: int
    address: int
    words: bytes


def show(connection: Connection, seal: Seal, said: Said, *, moment: int, until: int) -> str | None:
    """Let a person's pages show what was said; return one that holds until then, None for none."""
    mine = (pages.c.participant_id == said.participant) & (pages.c.address_id == said.address)
    changed = {"sealed": seal.seal(COLUMN, said.words), "changed_at": moment}
    connection.execute(update(pages).where(mine).values(changed))
    query = select(pages.c.code).where(mine, pages.c.expires_at >= until)
    code: str | None = connection.scalar(query.limit(1))
    return code


def make(connection: Connection, seal: Seal, said: Said, *, moment: int, until: int) -> str:
    """Make a page that holds until then; return its code."""
    code = secrets.token_hex(CODE)
    row = {"code": code, "participant_id": said.participant, "address_id": said.address,
           "sealed": seal.seal(COLUMN, said.words), "made_at": moment, "expires_at": until,
           "changed_at": moment}  # fmt: skip
    connection.execute(insert(pages), row)
    return code


def find(connection: Connection, seal: Seal, code: str) -> Page | None:
    """Return the page of a code; None: there is none, or no longer."""
    columns = (pages.c.code, pages.c.participant_id, pages.c.address_id, pages.c.expires_at,
               pages.c.sealed)  # fmt: skip
    row = connection.execute(select(*columns).where(pages.c.code == code)).one_or_none()
    return Page(*row[:4], seal.open(COLUMN, row.sealed)) if row else None


def revoke(connection: Connection, people: Sequence[int]) -> None:
    """Let no page of these people open again."""
    connection.execute(delete(pages).where(pages.c.participant_id.in_(people)))


def revoke_on(connection: Connection, addresses: Sequence[int]) -> None:
    """Let no page on these addresses open again, whoever's it was."""
    connection.execute(delete(pages).where(pages.c.address_id.in_(addresses)))


def erase_expired(connection: Connection, moment: int) -> int:
    """Take out pages that hold no longer; return how many."""
    return connection.execute(delete(pages).where(pages.c.expires_at < moment)).rowcount
