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
from people import (
    AT,
    add,
    add_address,
    add_contribution,
    add_participant,
    add_recording,
)
from sqlalchemy import Connection, insert

from bot.gateway.export import FORMATS, Exported, Format, Labels, Wanted, export
from bot.gateway.export.columns import COLUMNS, NAMES
from bot.gateway.export.labels import LANGUAGES, item_themes, sentences
from bot.gateway.export.sheets import CELL, cell
from bot.store import tables
from bot.store.database import Database
from bot.store.ids import new_id
from bot.store.media import MediaStore, open_media
from bot.store.recordings import Found, claim, finish
from bot.store.seal import Seal

CONTRACT = [
    "contribution", "participant", "role", "network", "region", "language", "channel", "phase",
    "flow", "revision", "step", "item", "question", "code", "codes", "value", "text", "comment",
    "voice", "voice_state", "duration_s", "spoken_language", "transcript", "transcript_by",
    "coded_by", "about", "state", "consent_quote", "consent_voice", "asked_at", "answered_at",
]  # fmt: skip
MORE = {"file", "assisted", "looks_like", "translation", "translation_by",
        "transcript_translation", "transcript_translation_by"}  # fmt: skip
LABELS = Labels(
    "fr",
    {"fr": "Notre consultation", "en": "Our consultation", "es": "Nuestra consulta"},
    {"fr": {"food": "Nourriture <&>"}, "en": {"food": "Food"}},
    {"cantines": "food"},
)
PAGES = (".html", ".en.html", ".es.html")
MP3 = b"ID3 what she said"


@pytest.fixture
def store(database: Database, seal: Seal, tmp_path: Path) -> MediaStore:
    """Where bytes lie with this database by default."""
    return open_media("", database=database, seal=seal, folder=tmp_path / "media")


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


@pytest.fixture
def pack(database: Database, seal: Seal, store: MediaStore, tmp_path: Path) -> zipfile.ZipFile:
    """A drafting pack with two notes, one of them by someone without a theme."""
    store.put(MP3)
    store.put(b"OggS as it came")

    def work(connection: Connection) -> None:
        person = ama(connection, seal)
        add_contribution(connection, person, id="c1", item="cantines", text="<script>alert(1)",
                         code="amend")  # fmt: skip
        voice(connection, seal, person, "c1", store)
        other = add_participant(connection, language="es")
        add_contribution(connection, other, id="c2", language="es", text="")
        voice(connection, seal, other, "c2", store)
        add_contribution(connection, person, id="c3", text="sans voix")

    database.write_now(work)
    out = tmp_path / "pack.zip"
    done = export(database, store, LABELS, "zip", out, Wanted(), at=AT, originals=True)
    assert done == Exported(3, 2, 0)
    return zipfile.ZipFile(out)


def test_a_pack_holds_the_voices_by_theme_and_language(pack: zipfile.ZipFile) -> None:
    assert set(pack.namelist()) == {
        "README.md", "player.js", "pack.css", "index.html", "index.en.html", "index.es.html",
        "counts.csv", "sessions.csv",
        "rows.jsonl", "rows.csv", "rows.xlsx", "voice/food/fr/c1-1.mp3", "voice/none/es/c2-1.mp3",
        "originals/food/fr/c1-1.ogg", "originals/none/es/c2-1.ogg",
        *(f"notes/{code}{end}" for code in ("c1", "c2") for end in PAGES),
    }  # fmt: skip
    assert pack.read("voice/food/fr/c1-1.mp3") == MP3
    assert pack.read("originals/food/fr/c1-1.ogg") == b"OggS as it came"
    assert pack.testzip() is None


def test_its_pages_play_every_note_without_a_network_or_a_script(pack: zipfile.ZipFile) -> None:
    for language, name in (("fr", "index.html"), ("en", "index.en.html"), ("es", "index.es.html")):
        page = pack.read(name).decode()
        assert re.findall(r'<audio[^>]* src="([^"]+)"', page) == [
            "voice/food/fr/c1-1.mp3", "voice/none/es/c2-1.mp3"]  # fmt: skip
        assert not re.findall(r"https?:|src=\"//|@import|url\(", page)
        assert re.findall(r"<script.*?</script>", page) == ['<script src="player.js"></script>']
        assert page.count("<audio controls ") > 0
        assert "&lt;script&gt;alert(1)" in page
        assert f'<html lang="{language}">' in page
        assert sentences(language)["care"] in page
        assert "&lt;built-in" not in page
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))
    assert "Nourriture &lt;&amp;&gt;" in pack.read("index.html").decode()


def test_each_contribution_has_a_page_of_its_own_that_leads_to_the_others(
    pack: zipfile.ZipFile,
) -> None:
    first, second = (pack.read(f"notes/{code}.en.html").decode() for code in ("c1", "c2"))
    assert re.findall(r'<audio[^>]* src="([^"]+)"', first) == ["../voice/food/fr/c1-1.mp3"]
    assert 'rel="next" href="c2.en.html"' in first
    assert 'rel="prev"' not in first
    assert 'rel="prev" href="c1.en.html"' in second
    assert 'rel="next"' not in second
    assert "&lt;script&gt;alert(1)" in first
    assert sentences("en")["not_to_be_quoted"] in second
    assert sentences("en")["not_to_be_heard"] in first
    names = set(pack.namelist())
    for page in (first, second):
        links = re.findall(r'(?:href|src)="([^"#]+)', page)
        assert {f"notes/{one}".replace("notes/../", "") for one in links} <= names
        assert not re.findall(r"https?:|url\(", page)
    assert 'href="notes/c1.en.html"' in pack.read("index.en.html").decode()


def test_its_pages_say_what_the_person_did_not_allow(pack: zipfile.ZipFile) -> None:
    page = pack.read("index.en.html").decode()
    first, second = page.split("<article")[1:]
    words = sentences("en")
    assert words["not_to_be_heard"] in first
    assert words["not_to_be_quoted"] not in first
    assert words["not_to_be_quoted"] in second


def test_its_readme_speaks_three_languages(pack: zipfile.ZipFile) -> None:
    text = pack.read("README.md").decode()
    assert "Notre consultation. Export du 2025-10-09 : 3 réponses, 2 enregistrements." in text
    assert "Our consultation. Export of 2025-10-09: 3 answers, 2 recordings." in text
    assert "Nuestra consulta. Exportación del 2025-10-09: 3 respuestas, 2 grabaciones." in text


def test_it_counts_by_question_language_region_network_and_channel(pack: zipfile.ZipFile) -> None:
    table = csv.DictReader(io.StringIO(pack.read("counts.csv").decode()))
    found = {tuple(list(row.values())[:3]): tuple(list(row.values())[3:]) for row in table}
    assert found == {
        ("question", "trends/manque", ""): ("2", "2", "1"),
        ("question", "trends/manque/cantines", "amend"): ("1", "1", "1"),
        ("language", "es", ""): ("1", "1", "1"),
        ("language", "fr", ""): ("1", "2", "1"),
        ("region", "", ""): ("1", "1", "1"),
        ("region", "europe", ""): ("1", "2", "1"),
        ("network", "", ""): ("1", "1", "1"),
        ("network", "greniers", ""): ("1", "2", "1"),
        ("channel", "telegram", ""): ("2", "3", "2"),
    }


def test_a_file_that_is_gone_does_not_stop_the_pack(
    database: Database, seal: Seal, store: MediaStore, tmp_path: Path
) -> None:
    def work(connection: Connection) -> None:
        person = ama(connection, seal)
        add_contribution(connection, person, id="c1")
        voice(connection, seal, person, "c1", store)

    database.write_now(work)
    done = export(database, store, LABELS, "zip", tmp_path / "p.zip", Wanted(), at=AT)
    assert done == Exported(1, 0, 1)
    assert sentences("fr")["state_kept"] in zipfile.ZipFile(tmp_path / "p.zip").read(
        "index.html").decode()  # fmt: skip


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
