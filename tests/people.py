"""Rows to test with: a participant with everything that can be known of one."""

import json
from itertools import count
from typing import Any

from sqlalchemy import Connection, Table, insert

from bot.store import tables
from bot.store.ids import new_id
from bot.store.recordings import Came, write_down
from bot.store.seal import Seal

COUNT = count(1)
AT = 1_760_000_000_000  # a day in October 2025


def add(connection: Connection, table: Table, **values: Any) -> int:
    """Insert a row and return its id."""
    inserted = connection.execute(insert(table), values).inserted_primary_key
    assert inserted is not None
    return int(inserted[0]) if isinstance(inserted[0], int) else 0


def add_participant(connection: Connection, *, consented: bool = True, **values: Any) -> int:
    """Make a participant who takes part."""
    number = next(COUNT)
    row = {"pseudonym": f"person{number:04d}", "state": b"{}", "language": "fr", "made_at": AT,
           "seen_at": AT, "consented": consented} | values  # fmt: skip
    return add(connection, tables.participants, **row)


def add_address(
    connection: Connection, seal: Seal, participant: int, address: str, channel: str = "telegram"
) -> int:
    """Give a participant an address."""
    return add(connection, tables.addresses, participant_id=participant, channel=channel,
               address_index=seal.index(channel, address),
               sealed=seal.seal(b"addresses", address.encode()), made_at=AT)  # fmt: skip


def add_contribution(connection: Connection, participant: int, **values: Any) -> str:
    """Let a participant have said something; return its id."""
    row = {"id": new_id(), "participant_id": participant, "place": f"trends/{next(COUNT)}",
           "phase": "trends", "flow": "trends", "revision": "r1", "step": "manque",
           "question": "Que manque-t-il ?", "kind": "text or voice", "text": "l'eau",
           "language": "fr", "channel": "telegram", "state": "kept", "asked_at": AT,
           "answered_at": AT + 1000, "replies": json.dumps(["1"])} | values  # fmt: skip
    connection.execute(insert(tables.contributions), row)
    return str(row["id"])


def add_moderated(
    connection: Connection, participant: int, contribution: str, texts: dict[str, str]
) -> None:
    """Let others hear a contribution, in these words by language."""
    add(connection, tables.moderations, contribution_id=contribution, participant_id=participant,
        flow="forum", about="farms", step="words", state="approved", who="lea", at=AT)  # fmt: skip
    for language, text in texts.items():
        add(connection, tables.moderated_texts, contribution_id=contribution, language=language,
            text=text, who="lea", at=AT)  # fmt: skip


def add_recording(
    connection: Connection,
    seal: Seal,
    participant: int,
    contribution: str = "",
    *,
    ref: bytes = b'{"ref": "file-1"}',
    kind: str = "voice",
    at: int = AT,
    inbox: int | None = None,
) -> str:
    """Let a recording have come, not fetched yet; return its id."""
    media_id = new_id()
    write_down(connection, seal, [Came(media_id, participant, "telegram", kind, ref, at, inbox)])
    if contribution:
        row = {"contribution_id": contribution, "media_id": media_id, "place": 0}
        connection.execute(insert(tables.contribution_media), row)
    return media_id


def add_inbox(
    connection: Connection, seal: Seal, address: str, *, ready_at: int = AT, body: bytes = b"raw"
) -> int:
    """Let a message wait in the inbox."""
    return add(connection, tables.inbox, channel="telegram", event_id=f"e{next(COUNT)}",
               address_index=seal.index("telegram", address), kind="message",
               sealed=seal.seal(b"inbox", body), received_at=AT, ready_at=ready_at)  # fmt: skip
