"""The drafting pack: its pages, its voices, its counts."""

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from gateway.drafted import LABELS, MP3, ama, voice
from people import (
    AT,
    add_contribution,
    add_participant,
)
from sqlalchemy import Connection

from bot.gateway.export import Exported, Wanted, export
from bot.gateway.export.labels import sentences
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.seal import Seal

PAGES = (".html", ".en.html", ".es.html")


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
        assert f"<summary>{sentences('en')['keys']}</summary>" in page
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
