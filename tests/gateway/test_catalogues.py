"""Sentences reach the translator with their place; catalogues keep what was translated."""

import io
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from test_library import AGENDA, CONSULTATION, DOCUMENTS, FLOW, write

from bot.catalogues import Places, extract, extract_flows, status, update
from bot.gateway.catalogue import read_translations
from bot.sentences import extract_phrases

ROOT = Path(__file__).parents[2]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A small program and a small consultation, without catalogues."""
    write(tmp_path, "babel.cfg", (ROOT / "babel.cfg").read_text("utf-8"))
    write(tmp_path, "bot/door.py", 'def _(text): return text\nprint(_("Come in, {name}."))\n')
    write(tmp_path, "bot/web/page.html", "<p>{{ _('Welcome') }}</p>\n")
    write(tmp_path, ".venv/lib/other.py", 'print(_("Not ours"))\n')
    write(tmp_path, "locales/phrases.yaml", "again: Again?\n")
    write(tmp_path, "flows/demo/consultation.yaml", CONSULTATION)
    write(tmp_path, "flows/demo/welcome.yaml", FLOW)
    write(tmp_path, "flows/demo/documents/documents.yaml", DOCUMENTS)
    write(tmp_path, "flows/demo/documents/agenda.yaml", AGENDA)
    return Places(tmp_path, tmp_path / "flows", tmp_path / "locales", "demo")


def translated(places: Places, name: str, text: str, said: str) -> Path:
    """Do as a translator does: fill in one sentence of a catalogue."""
    path = places.locales / name
    before = path.read_text("utf-8")
    assert f'msgid "{text}"\nmsgstr ""' in before
    entry = f'msgid "{text}"\nmsgstr "{said}"'
    path.write_text(before.replace(f'msgid "{text}"\nmsgstr ""', entry), "utf-8")
    return path


def test_the_program_s_words_and_the_consultation_s_are_two_domains(places: Places) -> None:
    """Code, pages and phrases here; flows, lists and the consultation there."""
    templates = extract(places)
    program = {message.id for message in templates["palabre"] if message.id}
    asked = {message.id for message in templates["demo"] if message.id}
    assert program == {"Come in, {name}.", "Welcome", "Again?"}
    assert {"Essai", "Alors ?", "Papier", "Le premier.", "Nourriture"} <= asked
    assert not program & asked
    assert {path.name for path in places.locales.glob("*.pot")} == {"palabre.pot", "demo.pot"}


def test_a_sentence_reaches_the_translator_with_its_step_and_line(places: Places) -> None:
    """File and line as a reference, step as a remark."""
    extract(places)
    template = (places.locales / "demo.pot").read_text("utf-8")
    assert (
        '#. welcome.yaml: avis\n#: flows/demo/welcome.yaml:10\nmsgid "Alors ?"\nmsgstr ""\n'
        in template
    )


def test_no_path_and_no_date_of_a_machine_stands_in_a_catalogue(places: Places) -> None:
    """Two people who update get the same file."""
    update(places)
    before = {path: path.read_bytes() for path in places.locales.rglob("*.po*")}
    update(places)
    assert {path: path.read_bytes() for path in places.locales.rglob("*.po*")} == before
    for text in before.values():
        assert str(places.root).encode() not in text
        assert b"-Date:" not in text


def test_every_language_has_its_folder_the_source_s_with_an_empty_catalogue(
    places: Places,
) -> None:
    """So that a translator sees at once where things are."""
    update(places)
    found = {path.relative_to(places.locales).as_posix() for path in places.locales.rglob("*.po")}
    assert found == {
        f"{code}/LC_MESSAGES/{domain}.po" for code in ("fr", "en") for domain in ("demo", "palabre")
    }
    for own in ("fr/LC_MESSAGES/demo.po", "en/LC_MESSAGES/palabre.po"):
        assert len(read_po(io.BytesIO((places.locales / own).read_bytes()))) == 0


def test_a_new_language_takes_one_command(places: Places) -> None:
    """It is written in consultation.yaml; `update` makes its catalogues."""
    text = CONSULTATION.replace("[fr, en]", "[fr, en, pt]")
    write(places.root, "flows/demo/consultation.yaml", text)
    counts = {(each.language, each.domain): each.missing for each in update(places)}
    assert counts.keys() == {("en", "demo"), ("fr", "palabre"), ("pt", "demo"), ("pt", "palabre")}
    assert counts["pt", "palabre"] == 3


def test_what_was_translated_stays_and_is_counted(places: Places) -> None:
    """The rest is missing."""
    update(places)
    translated(places, "en/LC_MESSAGES/demo.po", "Alors ?", "Well?")
    before = {each.domain: each.missing for each in status(places) if each.language == "en"}
    after = {each.domain: each.missing for each in update(places) if each.language == "en"}
    path = places.locales / "en/LC_MESSAGES/demo.po"
    assert before == after
    assert read_translations(path).texts == {"Alors ?": "Well?"}


def test_a_sentence_that_changed_makes_its_translation_fuzzy(places: Places) -> None:
    """It waits for the translator, who sees what it was."""
    update(places)
    path = translated(places, "en/LC_MESSAGES/demo.po", "Bonjour {first_name}.", "Hi {first_name}.")
    text = FLOW.replace("Bonjour {first_name}.", "Bonjour à vous {first_name}.")
    write(places.root, "flows/demo/welcome.yaml", text)
    counted = next(each for each in update(places) if each.language == "en")
    assert counted.fuzzy == 1
    assert '#| msgid "Bonjour {first_name}."' in path.read_text("utf-8")


def test_a_renamed_placeholder_is_counted_as_broken(places: Places) -> None:
    """Babel itself does not see it."""
    update(places)
    translated(places, "en/LC_MESSAGES/demo.po", "Bonjour {first_name}.", "Hello {name}.")
    assert next(each for each in status(places) if each.language == "en").broken == 1


def test_a_sentence_that_is_gone_leaves_the_catalogue(places: Places) -> None:
    """What nobody says need not be translated."""
    update(places)
    translated(places, "en/LC_MESSAGES/demo.po", "Alors ?", "Well?")
    write(places.root, "flows/demo/welcome.yaml", FLOW.replace("Alors ?", "Que faire ce soir"))
    update(places)
    assert "Alors ?" not in read_translations(places.locales / "en/LC_MESSAGES/demo.po").texts


def test_babel_can_call_the_extractors_itself(places: Places) -> None:
    """babel.cfg names them."""
    with (places.folder / "welcome.yaml").open("rb") as file:
        found = list(extract_flows(file, {}, (), {}))
    assert (10, None, "Alors ?", ["welcome.yaml: avis"]) in found
    with (places.locales / "phrases.yaml").open("rb") as file:
        assert list(extract_phrases(file, {}, (), {})) == [
            (1, None, "Again?", ["phrases.yaml: again"])
        ]


def test_the_catalogues_that_ship_are_up_to_date() -> None:
    """Every sentence of flows, pages and code is in them, and each is translated."""
    ours = Places(ROOT, ROOT / "flows", ROOT / "locales", "ess")
    assert [each for each in status(ours) if each.missing or each.fuzzy or each.broken] == []
