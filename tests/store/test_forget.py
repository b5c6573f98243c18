"""Whom we forget leaves no word, no voice, no number and no name; the others lose nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import (
    AT,
    COUNT,
    add,
    add_address,
    add_contribution,
    add_inbox,
    add_moderated,
    add_participant,
    add_recording,
)
from sqlalchemy import Connection, func, insert, select, update

from bot.store import tables
from bot.store.database import Database
from bot.store.forget import (
    OWNED,
    apply_forgotten,
    came_back,
    forget,
    forgotten_list,
    not_to_be_written_to,
    put_away_log,
)
from bot.store.media import MediaGone, MediaStore, open_media
from bot.store.recordings import Found, claim, finish
from bot.store.seal import Seal
from bot.store.tables import metadata

NUMBER = "+221771234567"
NAME = "Aminatou Zongo-Exemple"
WORDS = "le puits de Kolda est vide depuis mars"
LATER = AT + 60_000


@pytest.fixture
def store(database: Database, seal: Seal, tmp_path: Path) -> MediaStore:
    """Where bytes lie with this database by default."""
    return open_media("", database=database, seal=seal, folder=tmp_path / "media")


def keep_note(connection: Connection, seal: Seal, person: int, said: str, key: str) -> str:
    """A recording of someone, kept under a key."""
    media_id = add_recording(connection, seal, person, said)
    claim(connection, media_id, original=key)
    finish(connection, media_id, Found("kept", key, "", "ok", seconds=2.0), AT)
    return media_id


def live(connection: Connection, seal: Seal, number: str, key: str) -> int:
    """A person of whom something lies in every table."""
    person = add_participant(connection, state=NAME.encode(), network="reseau")
    address = add_address(connection, seal, person, number)
    said = add_contribution(connection, person, text=WORDS, comment=WORDS, value=json.dumps(WORDS))
    keep_note(connection, seal, person, said, key)
    add(connection, tables.translations, contribution_id=said, kind="words", language="en",
        text=WORDS, by="lea", machine=False, made_at=AT)  # fmt: skip
    add_moderated(connection, person, said, {"fr": WORDS, "en": f"{WORDS} (translated)"})
    another = add_participant(connection)
    heard = add_contribution(connection, another, text="others speak too")
    add_moderated(connection, another, heard, {"fr": "others speak too"})
    for listener, played in ((another, said), (person, heard)):
        add(connection, tables.showings, participant_id=listener, contribution_id=played, at=AT)
    row = add_inbox(connection, seal, number, body=f"{NAME} {number} {WORDS}".encode())
    connection.execute(update(tables.inbox).where(tables.inbox.c.id == row).values(note=WORDS))
    add_recording(connection, seal, person, inbox=row)  # not fetched yet
    add(connection, tables.facts, participant_id=person, name="first name",
        value=json.dumps(NAME), source="answer", at=AT)  # fmt: skip
    add(connection, tables.consents, participant_id=person, kind="consent to take part",
        answer="yes", words=WORDS, revision="r1", language="fr", channel="t", at=AT)  # fmt: skip
    add(connection, tables.conversations, participant_id=person, flow="trends", revision="r1",
        state=WORDS.encode(), status="open", began_at=AT, touched_at=AT)  # fmt: skip
    add(connection, tables.invitations, participant_id=person, flow="trends", state="taken",
        made_at=AT)  # fmt: skip
    add(connection, tables.reminders, participant_id=person, conversation="trends",
        question="q", due_at=AT, state="waiting")  # fmt: skip
    talk = add(connection, tables.handovers, participant_id=person, opened_at=AT, note=WORDS)
    add(connection, tables.handover_words, handover_id=talk, ours=False,
        sealed=seal.seal(b"handover_words", WORDS.encode()), at=AT)  # fmt: skip
    sent = add(connection, tables.deliveries, participant_id=person, address_id=address,
               channel="telegram", kind="reply", rank=0, state="sent", reason=NAME,
               sealed=NAME.encode(), not_before=AT, made_at=AT)  # fmt: skip
    announced = add(connection, tables.broadcasts, kind="phase", state="done", made_at=AT)
    connection.execute(insert(tables.recipients), {
        "broadcast_id": announced, "participant_id": person, "state": "waiting",
        "delivery_id": sent, "at": AT})  # fmt: skip
    return person


def everything(connection: Connection) -> str:
    """All that the tables hold, as one text."""
    return "\n".join(
        repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table))
    )


def rows_of(connection: Connection, participant: int) -> dict[str, list[Any]]:
    """What the tables hold of one participant."""
    found = {}
    for table in metadata.sorted_tables:
        if "participant_id" in table.c:
            query = select(table).where(table.c.participant_id == participant)
            found[table.name] = [tuple(row) for row in connection.execute(query)]
    return found


def forget_all(database: Database, store: MediaStore, person: int) -> Any:
    """Forget someone, to the last page."""
    erased = database.write_now(forget, store, person, LATER)
    put_away_log(database)
    return erased


def test_nothing_of_the_person_is_left_in_any_table(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    person = database.write_now(live, seal, NUMBER, store.put(b"her voice"))
    before = database.read_now(everything)
    assert WORDS in before
    assert NAME in before
    erased = forget_all(database, store, person)
    assert (erased.contributions, erased.recordings, erased.files) == (1, 2, 1)
    after = database.read_now(everything)
    assert WORDS not in after
    assert NAME not in after
    left = {name for name, rows in database.read_now(rows_of, person).items() if rows}
    assert left == {"recipients"}


def test_no_freed_page_and_no_file_holds_the_person(
    new_sqlite: str, seal: Seal, tmp_path: Path
) -> None:
    database = Database(new_sqlite)
    store = open_media("", database=database, seal=seal, folder=tmp_path / "media")
    key = store.put(b"her voice")
    person = database.write_now(live, seal, NUMBER, key)
    plain = [WORDS.encode(), NAME.encode(), key.encode()]
    put_away_log(database)
    assert all(found_in(tmp_path, what) for what in plain)
    forget_all(database, store, person)
    # before the file is closed, as a thief of the running machine's disk would see it
    assert not any(found_in(tmp_path, what) for what in plain)
    assert not list((tmp_path / "media").rglob(key))
    database.close()
    assert not any(found_in(tmp_path, what) for what in plain)


def found_in(folder: Path, what: bytes) -> bool:
    """Say whether any file below a folder holds these bytes, in its name or inside."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return any(what in file.read_bytes() or what in file.name.encode() for file in files)


def test_a_note_that_another_person_sent_too_stays_for_them(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    key = store.put(b"a forwarded note")
    one = database.write_now(live, seal, NUMBER, key)
    other = database.write_now(live, seal, "+221770000000", key)
    assert forget_all(database, store, one).files == 0
    assert store.get(key) == b"a forwarded note"
    assert forget_all(database, store, other).files == 1
    with pytest.raises(MediaGone):
        store.get(key)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 2), min_size=2, max_size=5), st.integers(0, 4))
def test_the_others_are_left_untouched(
    database: Database, seal: Seal, store: MediaStore, notes: list[int], gone: int
) -> None:
    people = [
        database.write_now(live, seal, f"+2217{next(COUNT)}", store.put(bytes([which])))
        for which in notes
    ]
    others = dict(zip(people, notes, strict=True))
    del others[people[gone % len(people)]]
    before = {person: database.read_now(rows_of, person) for person in others}
    forget_all(database, store, people[gone % len(people)])
    assert {person: database.read_now(rows_of, person) for person in others} == before
    for which in others.values():
        assert store.get(store.key(bytes([which]))) == bytes([which])


def test_every_table_that_knows_participants_is_thought_of() -> None:
    known = {table.name for table in OWNED} | {
        "addresses",
        "speakers",
        "link_codes",  # and those of others that they wrote
        "contributions",
        "moderations",  # with the words and translations that others heard
        "showings",
        "media",
        "deliveries",
        "rsvps",  # whose places others get
        "sounds",  # in which a name may be heard
        "session_notices",
        "recipients",  # stay, under the pseudonym: a broadcast's figures add up
    }
    assert known == {t.name for t in metadata.sorted_tables if "participant_id" in t.c}


def test_what_came_after_the_wish_is_a_new_beginning(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    person = database.write_now(live, seal, NUMBER, "")
    late = database.write_now(add_inbox, seal, NUMBER)
    moved = update(tables.inbox).where(tables.inbox.c.id == late).values(received_at=LATER + 1)
    database.write_now(lambda c: c.execute(moved))
    forget_all(database, store, person)
    query = select(tables.inbox.c.id).where(tables.inbox.c.answered_at.is_(None))
    assert database.read_now(lambda c: list(c.scalars(query))) == [late]


def share_phone(connection: Connection, seal: Seal, people: int) -> tuple[int, list[int]]:
    """Several people on one phone; the last one speaks."""
    found = [add_participant(connection) for _ in range(people)]
    address = add_address(connection, seal, found[-1], NUMBER)
    rows = [{"address_id": address, "number": number, "participant_id": person}
            for number, person in enumerate(found, 1)]  # fmt: skip
    connection.execute(insert(tables.speakers), rows)
    return address, found


def test_on_a_shared_phone_only_the_one_who_asked_is_forgotten(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    address, (first, second, third) = database.write_now(share_phone, seal, 3)
    forget_all(database, store, third)
    speaking = select(tables.addresses.c.participant_id).where(tables.addresses.c.id == address)
    assert database.read_now(lambda c: c.scalar(speaking)) == first
    index = seal.index("telegram", NUMBER)
    assert database.read_now(not_to_be_written_to, [index]) == set()
    forget_all(database, store, first)
    assert database.read_now(lambda c: c.scalar(speaking)) == second
    left = select(func.count()).select_from(tables.speakers)
    assert database.read_now(lambda c: c.scalar(left)) == 0
    forget_all(database, store, second)
    assert database.read_now(not_to_be_written_to, [index]) == {index}


def test_who_was_merged_is_forgotten_too(database: Database, seal: Seal, store: MediaStore) -> None:
    one = database.write_now(live, seal, NUMBER, "")
    other = database.write_now(live, seal, "+221770000000", "")
    merged = update(tables.participants).where(tables.participants.c.id == other)
    database.write_now(lambda c: c.execute(merged.values(merged_into=one)))
    assert forget_all(database, store, one).contributions == 2
    assert WORDS not in database.read_now(everything)


def test_nobody_writes_to_the_forgotten_until_they_come_back_themselves(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    person = database.write_now(live, seal, NUMBER, "")
    forget_all(database, store, person)
    index = seal.index("telegram", NUMBER)
    assert database.read_now(not_to_be_written_to, [index, b"other"]) == {index}
    database.write_now(came_back, [index])
    assert database.read_now(not_to_be_written_to, [index]) == set()
    assert len(database.read_now(forgotten_list)) == 1  # the pseudonym: for a restore


def test_a_restored_backup_forgets_again(database: Database, seal: Seal, store: MediaStore) -> None:
    person = database.write_now(live, seal, NUMBER, store.put(b"her voice"))
    pseudonym = select(tables.participants.c.pseudonym).where(tables.participants.c.id == person)
    name = database.read_now(lambda c: c.scalar(pseudonym))
    forget_all(database, store, person)
    entries = database.read_now(forgotten_list)
    # the backup brings the same person back, under the same pseudonym and number
    renamed = update(tables.participants).where(tables.participants.c.id == person)
    database.write_now(lambda c: c.execute(renamed.values(pseudonym="elsewhere")))
    again = database.write_now(live, seal, NUMBER, store.put(b"her voice"))
    back = update(tables.participants).where(tables.participants.c.id == again)
    database.write_now(lambda c: c.execute(back.values(pseudonym=name)))
    assert database.write_now(apply_forgotten, store, entries, LATER) == 1
    assert WORDS not in database.read_now(everything)
    assert not database.read_now(rows_of, again)["addresses"]
    assert database.write_now(apply_forgotten, store, entries, LATER) == 0


def test_figures_of_a_broadcast_still_add_up(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    person = database.write_now(live, seal, NUMBER, "")
    forget_all(database, store, person)
    query = select(tables.recipients.c.state, tables.recipients.c.delivery_id)
    assert database.read_now(lambda c: [tuple(row) for row in c.execute(query)]) == [("sent", None)]
