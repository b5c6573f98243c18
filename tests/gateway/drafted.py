"""People whose answers are exported, and what drafters read of them."""

import io
import json
from typing import Any

from people import (
    AT,
    add,
    add_address,
    add_participant,
    add_recording,
)
from sqlalchemy import Connection, insert

from bot.gateway.export import Labels, Wanted, export
from bot.store import tables
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.recordings import Found, claim, finish
from bot.store.seal import Seal

LABELS = Labels(
    "fr",
    {"fr": "Notre consultation", "en": "Our consultation", "es": "Nuestra consulta"},
    {"fr": {"food": "Nourriture <&>"}, "en": {"food": "Food"}},
    {"cantines": "food"},
)
MP3 = b"ID3 what she said"


def fact(connection: Connection, person: int, name: str, value: Any) -> None:
    """Let something be known of someone."""
    add(connection, tables.facts, participant_id=person, name=name, value=json.dumps(value),
        source="answer", at=AT)  # fmt: skip


def ama(connection: Connection, seal: Seal) -> int:
    """Someone who takes part, with everything known."""
    person = add_participant(connection, pseudonym="amaamaamaa")
    add_address(connection, seal, person, "+221771234567")
    for name, value in {
        "role": "activist", "network": "greniers", "region": "europe", "themes": ["health", "law"],
        "first name": "Aminata", "consent to take part": "yes", "consent to be quoted": "yes",
        "consent to be heard": "no",
    }.items():  # fmt: skip
        fact(connection, person, name, value)
    return person


def voice(
    connection: Connection, seal: Seal, person: int, said: str, store: MediaStore, place: int = 0
) -> str:
    """A voice note that was heard, as one of an answer's recordings."""
    note = add_recording(connection, seal, person)
    link = {"contribution_id": said, "media_id": note, "place": place}
    connection.execute(insert(tables.contribution_media), link)
    original, playable = store.key(b"OggS as it came"), store.key(MP3)
    claim(connection, note, original=original, playable=playable)
    finish(connection, note, Found("kept", original, playable, "ok", "audio/ogg", 15, 2.5,
                                   (0.1, 0.9, 0.4)), AT)  # fmt: skip
    return note


def rows(
    database: Database, store: MediaStore, *, labels: Labels = LABELS, **wanted: Any
) -> list[dict[str, Any]]:
    """Export as jsonl and read it."""
    out = io.BytesIO()
    export(database, store, labels, "jsonl", out, Wanted(**wanted), at=AT)
    return [json.loads(line) for line in out.getvalue().splitlines()]
