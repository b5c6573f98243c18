"""Recordings in a bucket: over HTTP, with the real client, against a server that plays one."""

import sys
import traceback
from pathlib import Path

import pytest
from fakes.bucket_server import Bucket
from people import add_participant, add_recording
from sqlalchemy import Connection

from bot.store.bucket import BucketAway, BucketMedia, NoBucketClient, open_bucket
from bot.store.database import Database
from bot.store.media import MediaGone, open_media, release
from bot.store.recordings import claim
from bot.store.rekey import turn_all
from bot.store.seal import Seal

NOTE = b"OggS" + b"what she said about water" * 100


@pytest.mark.parametrize("url", ["s3:voices/ess", "s3://voices/ess/"])
def test_bytes_lie_sealed_under_the_folder_and_come_back_as_they_were(
    bucket: Bucket, database: Database, seal: Seal, tmp_path: Path, url: str
) -> None:
    store = open_media(url, database=database, seal=seal, folder=tmp_path)
    assert isinstance(store, BucketMedia)
    key = store.put(NOTE)
    assert list(bucket.objects) == [f"/voices/ess/{key}"]
    assert b"water" not in bucket.objects[f"/voices/ess/{key}"]
    assert store.get(key) == NOTE
    assert store.get(store.put(b"")) == b""


def test_the_same_note_twice_is_sent_once(bucket: Bucket, seal: Seal) -> None:
    store = open_bucket("s3:voices", seal)
    assert store.put(NOTE) == store.put(NOTE) == store.key(NOTE)
    assert bucket.calls.count("PUT") == 1


def test_bytes_that_are_gone_are_named_so(bucket: Bucket, seal: Seal) -> None:
    with pytest.raises(MediaGone, match="MEDIA_URL"):
        open_bucket("s3:voices", seal).get("0" * 64)


def test_what_no_row_names_is_deleted(bucket: Bucket, database: Database, seal: Seal) -> None:
    store = open_bucket("s3:voices", seal)
    kept, left = store.put(NOTE), store.put(b"another")

    def work(connection: Connection) -> int:
        claim(
            connection, add_recording(connection, seal, add_participant(connection)), original=kept
        )
        return release(connection, store, [kept, left])

    assert database.write_now(work) == 1
    assert list(bucket.objects) == [f"/voices/{kept}"]


def test_a_bucket_that_refuses_is_said_without_its_address_or_key(
    bucket: Bucket, seal: Seal
) -> None:
    store = open_bucket("s3:voices", seal)
    bucket.refuses = 403
    with pytest.raises(BucketAway, match="MEDIA_URL") as caught:
        store.put(NOTE)
    words = "".join(traceback.format_exception(caught.value))
    assert not any(secret in words for secret in (bucket.url, "a-key", "its-secret"))


def test_without_its_client_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, seal: Seal
) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(NoBucketClient, match=r"\[s3\]"):
        open_bucket("s3:voices", seal)


def test_a_new_key_turns_what_lies_there(bucket: Bucket, database: Database) -> None:
    old, new = "o" * 40, "n" * 40
    key = open_bucket("s3:voices/ess", Seal([old])).put(NOTE)
    both = open_bucket("s3:voices/ess", Seal([old, new]))
    assert turn_all(database, Seal([old, new]), both, lambda _what, _count: None).turned == 1
    assert bucket.objects[f"/voices/ess/{key}"][0] == 2
    assert both.get(key) == NOTE
    assert turn_all(database, Seal([old, new]), both, lambda _what, _count: None).turned == 0


def test_what_was_deleted_meanwhile_does_not_return_by_a_new_key(
    bucket: Bucket, seal: Seal
) -> None:
    store = open_bucket("s3:voices", seal)
    key = store.put(NOTE)
    _sealed, version = store.sealed(key)
    bucket.objects.clear()
    store.replace(key, b"sealed anew", version)
    assert not bucket.objects
