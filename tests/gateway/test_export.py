"""What the drafters get: every answer of those who take part, in four shapes."""

import csv
import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from gateway.drafted import LABELS, ama, fact, rows, voice
from people import (
    AT,
    add_contribution,
    add_participant,
    add_recording,
)
from sqlalchemy import Connection, insert

from bot.gateway.export import FORMATS, Exported, Format, Wanted, export
from bot.gateway.export.columns import COLUMNS, NAMES
from bot.gateway.export.labels import LANGUAGES, item_themes, sentences
from bot.gateway.export.sheets import CELL, cell
from bot.store import tables
from bot.store.database import Database
from bot.store.ids import new_id
from bot.store.media import MediaStore, open_media
from bot.store.recordings import Found, finish
from bot.store.seal import Seal

CONTRACT = [
    "contribution", "participant", "role", "network", "region", "language", "channel", "phase",
    "flow", "revision", "step", "item", "question", "code", "codes", "value", "text", "comment",
    "voice", "voice_state", "duration_s", "spoken_language", "transcript", "transcript_by",
    "coded_by", "about", "state", "consent_quote", "consent_voice", "asked_at", "answered_at",
]  # fmt: skip
MORE = {"file", "assisted", "looks_like", "translation", "translation_by",
        "transcript_translation", "transcript_translation_by"}  # fmt: skip


def test_the_columns_are_those_of_the_contract() -> None:
    assert [name for name in NAMES if name not in MORE] == CONTRACT


def test_the_documented_columns_are_those_of_the_code() -> None:
    page = Path("docs/export.md").read_text("utf-8")
    table = page.partition("## Columns")[2].partition("\n\n`voice`")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(NAMES)
    for column in COLUMNS:
        assert f"| `{column.name}` | {column.meaning} |" in table


def test_a_row_holds_all_that_is_known_and_no_name_or_number(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    def work(connection: Connection) -> None:
        person = ama(connection, seal)
        add_contribution(connection, person, id="c1", code="amend", item="cantines",
                         comment="trop cher", about="semaine-1", text="2 trop cher")  # fmt: skip
        add_contribution(connection, person, id="c2", step="prenom", text="Aminata",
                         fact="first name")  # fmt: skip

    database.write_now(work)
    (row,) = rows(database, store)
    assert row == {
        "contribution": "c1", "participant": "amaamaamaa", "role": "activist",
        "network": "greniers", "region": "europe", "language": "fr", "channel": "telegram",
        "phase": "trends", "flow": "trends", "revision": "r1", "step": "manque",
        "item": "cantines", "question": "Que manque-t-il ?", "code": "amend", "codes": [],
        "value": None, "text": "2 trop cher", "comment": "trop cher", "voice": "",
        "voice_state": "", "duration_s": None, "spoken_language": "", "transcript": "",
        "transcript_by": "", "coded_by": "", "about": "semaine-1", "state": "kept",
        "consent_quote": "yes", "consent_voice": "no", "asked_at": "2025-10-09T08:53:20+00:00",
        "answered_at": "2025-10-09T08:53:21+00:00", "file": "", "assisted": "",
        "looks_like": "", "translation": "", "translation_by": "",
        "transcript_translation": "", "transcript_translation_by": "",
    }  # fmt: skip
    assert tuple(row) == NAMES


def test_only_those_who_agreed_to_take_part_are_in_it_and_consents_are_as_of_now(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    def work(connection: Connection) -> None:
        person = ama(connection, seal)
        add_contribution(connection, person)
        fact(connection, person, "consent to be quoted", "no")
        add_contribution(connection, add_participant(connection, consented=False))
        add_contribution(connection, add_participant(connection, trial=True))

    database.write_now(work)
    (row,) = rows(database, store)
    assert (row["consent_quote"], row["consent_voice"]) == ("no", "no")
    with_trials = rows(database, store, trials=True)
    assert len(with_trials) == 2
    assert with_trials[1]["consent_quote"] == ""  # never asked


def test_what_no_longer_counts_is_in_it_only_when_asked_for(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    def work(connection: Connection) -> None:
        person = ama(connection, seal)
        add_contribution(connection, person, state="unresolved")
        for number, name in enumerate(("superseded_at", "withdrawn_at", "hidden_at")):
            add_contribution(connection, person, id=f"z{number}", **{name: AT})

    database.write_now(work)
    assert [row["state"] for row in rows(database, store)] == ["unresolved"]
    states = [row["state"] for row in rows(database, store, everything=True)]
    assert states == ["unresolved", "superseded", "withdrawn", "hidden"]


def test_a_phase_or_a_time_can_be_asked_for(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    def work(connection: Connection) -> None:
        person = ama(connection, seal)
        add_contribution(connection, person, id="early", phase="welcome", answered_at=AT)
        add_contribution(connection, person, id="late", answered_at=AT + 5000)

    database.write_now(work)
    assert [row["contribution"] for row in rows(database, store, phase="welcome")] == ["early"]
    assert [row["contribution"] for row in rows(database, store, since=AT + 5000)] == ["late"]


def test_facts_are_rows_too_and_the_language_question_shows_the_chosen_one(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    def work(connection: Connection) -> None:
        person = ama(connection, seal)
        add_contribution(connection, person, fact="language", code="es", language="fr")
        add_contribution(connection, person, fact="region", code="europe")

    database.write_now(work)
    assert [(row["code"], row["language"]) for row in rows(database, store)] == [
        ("es", "es"), ("europe", "fr")]  # fmt: skip


def test_several_recordings_are_one_row_each_and_photos_are_files(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    def work(connection: Connection) -> None:
        person = ama(connection, seal)
        add_contribution(connection, person, id="c1", item="cantines")
        voice(connection, seal, person, "c1", store, 0)
        photo = add_recording(connection, seal, person, kind="photo")
        link = {"contribution_id": "c1", "media_id": photo, "place": 1}
        connection.execute(insert(tables.contribution_media), link)
        finish(connection, photo, Found("kept", "f" * 64, mime="image/jpeg"), AT)
        add_recording(connection, seal, person, add_contribution(connection, person, id="c2"))

    database.write_now(work)
    found = [(r["contribution"], r["voice"], r["voice_state"], r["duration_s"], r["file"])
             for r in rows(database, store)]  # fmt: skip
    assert found == [
        ("c1", "voice/food/fr/c1-1.mp3", "kept", 2.5, ""),
        ("c1", "", "", None, "files/food/fr/c1-2.jpg"),
        ("c2", "", "pending", None, ""),
    ]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_shape_holds_the_same_words(
    database: Database, seal: Seal, store: MediaStore, kind: Format, tmp_path: Path
) -> None:
    def work(connection: Connection) -> None:
        person = ama(connection, seal)
        add_contribution(connection, person, text='l\'eau, "le puits"\nمرحبا 💧', codes='["a","b"]',
                         value="12.5")  # fmt: skip

    database.write_now(work)
    out = tmp_path / f"out.{kind}"
    done = export(database, store, LABELS, kind, out, Wanted(), at=AT)
    assert done == Exported(1, 0, 0)
    for row in read(kind, out):
        assert row["text"] == 'l\'eau, "le puits"\nمرحبا 💧'
        assert row["codes"] in ("a b", ["a", "b"])
        assert float(row["value"]) == 12.5
    assert not list(tmp_path.glob("*.part"))


def read(kind: str, out: Path) -> Iterator[dict[str, Any]]:
    """Read the rows of an export, whatever its shape."""
    data = out.read_bytes()
    if kind == "zip":
        with zipfile.ZipFile(out) as pack:
            for name in ("rows.jsonl", "rows.csv", "rows.xlsx"):
                yield from read_rows(name.partition(".")[2], pack.read(name))
    else:
        yield from read_rows(kind, data)


def read_rows(kind: str, data: bytes) -> list[dict[str, Any]]:
    if kind == "jsonl":
        return [json.loads(line) for line in data.splitlines()]
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    head, *others = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in others]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_what_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert cell(text) == "'" + text
    assert cell([text, "b"]) == f"'{text} b"


def test_numbers_and_plain_words_are_left_as_they_are() -> None:
    assert [cell(value) for value in (-1.5, 3, None, "a=b", "", {"w": 1})] == [
        -1.5, 3, None, "a=b", "", '{"w": 1}']  # fmt: skip


def test_no_cell_of_a_workbook_is_a_formula_and_none_is_lost(
    database: Database, seal: Seal, store: MediaStore, tmp_path: Path
) -> None:
    def work(connection: Connection) -> None:
        person = ama(connection, seal)
        add_contribution(connection, person, text='=HYPERLINK("http://x")', comment="x" * 40_000)

    database.write_now(work)
    out = tmp_path / "out.xlsx"
    export(database, store, LABELS, "xlsx", out, Wanted(), at=AT)
    (row,) = read("xlsx", out)
    assert row["text"] == '\'=HYPERLINK("http://x")'
    assert len(row["comment"]) == CELL
    assert row["comment"].endswith("x […]")


def test_the_three_languages_say_the_same_things() -> None:
    keys = [set(sentences(language)) for language in LANGUAGES]
    assert keys[0] == keys[1] == keys[2]


@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_that_fails_leaves_no_half_of_a_file(
    database: Database, store: MediaStore, tmp_path: Path, kind: Format
) -> None:
    def stop(_: int) -> None:
        raise OSError("the disk is full")

    database.write_now(lambda c: add_contribution(c, add_participant(c)))
    with pytest.raises(OSError, match="full"):
        export(database, store, LABELS, kind, tmp_path / "out", Wanted(), at=AT, progress=stop)
    assert [file.name for file in tmp_path.iterdir() if "out" in file.name] == []


@pytest.mark.parametrize("kind", FORMATS)
def test_memory_does_not_grow_with_the_rows(
    new_sqlite: str, seal: Seal, tmp_path: Path, kind: Format
) -> None:
    database = Database(new_sqlite)
    store = open_media("", database=database, seal=seal, folder=tmp_path / "media")
    peaks = []
    for more in (1, 1_100, 1_100):  # the first loads what all need; a thousand are read at a time
        database.write_now(many, more)
        tracemalloc.start()
        export(database, store, LABELS, kind, tmp_path / "out", Wanted(), at=AT)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    database.close()
    assert peaks[2] < peaks[1] + 300_000, peaks


def many(connection: Connection, count: int) -> None:
    """Many answers of a hundred people."""
    people = [add_participant(connection) for _ in range(100)]
    columns = {"phase": "trends", "flow": "trends", "revision": "r1", "step": "manque",
               "question": "Que manque-t-il ?", "kind": "text", "text": "l'eau " * 40,
               "language": "fr", "channel": "telegram", "state": "kept", "asked_at": AT,
               "answered_at": AT}  # fmt: skip
    connection.execute(insert(tables.contributions), [
        columns | {"id": new_id(), "place": str(number), "participant_id": people[number % 100]}
        for number in range(count)
    ])  # fmt: skip


def test_themes_of_items_are_read_from_the_agenda(tmp_path: Path) -> None:
    agenda = tmp_path / "agenda.yaml"
    agenda.write_text("items:\n  one: {title: A, theme: food}\n  two: {title: B}\n", "utf-8")
    assert item_themes(agenda) == {"one": "food"}
    assert item_themes(tmp_path / "none.yaml") == {}
