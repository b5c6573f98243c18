"""A copy holds what people said, and nothing of what was said to them."""

from pathlib import Path

import pytest
from people import AT, add, add_participant, add_recording

from bot.store import tables
from bot.store.database import Database
from bot.store.media import DatabaseMedia, MediaGone
from bot.store.recordings import claim
from bot.store.saving import DATABASE, save
from bot.store.seal import Seal


def test_a_copy_of_recordings_in_the_database_leaves_out_what_the_bot_said(
    new_sqlite: str, seal: Seal, tmp_path: Path
) -> None:
    database = Database(new_sqlite)
    store = DatabaseMedia(database, seal)
    note, thanks = store.put(b"OggS of hers"), store.put(b"OggS: thank you, Ama")
    ama = database.write_now(add_participant)
    recording = database.write_now(add_recording, seal, ama)
    assert database.write_now(lambda c: claim(c, recording, original=note))
    said = {"digest": "d", "participant_id": ama, "key": thanks, "seconds": 2.0, "size": 9,
            "made_at": AT, "used_at": AT}  # fmt: skip
    database.write_now(lambda c: add(c, tables.sounds, **said))
    save(database, tmp_path / "media", tmp_path / "copy")
    database.close()
    copied = DatabaseMedia(Database(f"sqlite:///{tmp_path / 'copy' / DATABASE}"), seal)
    assert copied.get(note) == b"OggS of hers"
    with pytest.raises(MediaGone):
        copied.get(thanks)
