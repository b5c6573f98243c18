"""The library holds what the files say now, in every language."""

import os
import shutil
from pathlib import Path

import pytest

from bot.dialogue.fault import Faults
from bot.gateway.library import Library

ROOT = Path(__file__).parents[2]

CONSULTATION = """\
title: Essai
language: fr
languages: [fr, en]
responsible: nous
reach a person: Écrivez-nous.
themes:
  food: Nourriture
networks:
  tejido: Tejido Sur
phases:
  welcome:
    title: Accueil
    state: open
  later:
    title: Plus tard
"""
FLOW = """\
title: Accueil
keywords: [SALUT]
steps:
  bonjour:
    say: Bonjour {first_name}.
    attach: paper
  points:
    for each: agenda item
    steps:
      avis:
        say: "{item.summary}"
        attach: item audio
        ask: Alors ?
        choices:
          yes: Oui
          no: Non
endings:
  merci: Merci.
"""
DOCUMENTS = "documents:\n  paper:\n    title: Papier\n    file: papier\n"
AGENDA = "items:\n  one:\n    title: Un\n    summary: Le premier.\n    theme: food\n"
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A small consultation on disk."""
    write(tmp_path, "flows/demo/consultation.yaml", CONSULTATION)
    write(tmp_path, "flows/demo/welcome.yaml", FLOW)
    write(tmp_path, "flows/demo/documents/documents.yaml", DOCUMENTS)
    write(tmp_path, "flows/demo/documents/agenda.yaml", AGENDA)
    write(tmp_path, "flows/demo/documents/papier.fr.pdf", "%PDF")
    write(tmp_path, "flows/demo/documents/papier.en.md", "# Paper")
    write(tmp_path, "flows/demo/documents/audio/en/one.ogg", "OggS")
    write(tmp_path, "locales/phrases.yaml", "done: Done\nagain: Again, {name}?\n")
    write(
        tmp_path,
        "locales/en/LC_MESSAGES/demo.po",
        PO
        + catalogue(
            {"Alors ?": "Well?", "Merci.": "Thanks.", "Le premier.": "The first.", "Oui": "I do"}
        ),
    )
    write(
        tmp_path,
        "locales/fr/LC_MESSAGES/palabre.po",
        PO + catalogue({"Done": "Terminé", "Again, {name}?": "Encore, {nom} ?"}),
    )
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    """Write a file; its time is moved on, as an editor's would be."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    later = path.stat().st_mtime_ns + 10**9 if path.exists() else 0
    path.write_text(text, "utf-8")
    if later:
        os.utime(path, ns=(later, later))


def catalogue(texts: dict[str, str]) -> str:
    """Write the entries of a catalogue."""
    return "\n".join(f'msgid "{text}"\nmsgstr "{said}"\n' for text, said in texts.items())


def library(files: Path, *, tolerant: bool = False) -> Library:
    """Read it."""
    return Library(files / "flows", "demo", files / "locales", tolerant=tolerant)


def test_a_flow_is_there_in_every_language(files: Path) -> None:
    """The source as it was written, the others through their catalogue."""
    read = library(files)
    french, english = (read.flow("welcome", code) for code in ("fr", "en"))
    assert french.steps[1].steps[0].ask == "Alors ?"
    assert english.steps[1].steps[0].ask == "Well?"
    assert english.lists["agenda item"][0].summary == "The first."
    assert read.flow("welcome", "pt") == french


def test_what_is_not_translated_is_said_as_it_was_written_and_counted(files: Path) -> None:
    """Nobody meets an empty message."""
    read = library(files)
    assert read.flow("welcome", "en").steps[0].say == "Bonjour {first_name}."
    assert [flaw.sentence.text for flaw in read.missing("en", "welcome")] == [
        "Accueil", "Bonjour {first_name}.", "Non",
    ]  # fmt: skip
    assert {flaw.file for flaw in read.missing("en")} == {
        "flows/demo/consultation.yaml", "flows/demo/documents/agenda.yaml",
        "flows/demo/documents/documents.yaml", "flows/demo/welcome.yaml",
    }  # fmt: skip
    assert not read.missing("fr", "welcome")


def test_a_fuzzy_translation_is_not_used(files: Path) -> None:
    """Its sentence has changed since."""
    path = "locales/en/LC_MESSAGES/demo.po"
    write(files, path, PO + '#, fuzzy\nmsgid "Alors ?"\nmsgstr "So then?"\n')
    read = library(files)
    assert read.flow("welcome", "en").steps[1].steps[0].ask == "Alors ?"
    assert [flaw.sentence.text for flaw in read.fuzzy("en")] == ["Alors ?"]


def test_a_translation_that_renamed_a_placeholder_is_not_used(files: Path) -> None:
    """People would read the braces."""
    read = library(files)
    assert read.phrases["fr"] == {"done": "Terminé", "again": "Again, {name}?"}
    assert [flaw.state for flaw in read.flaws("fr")] == ["broken"]


def test_the_bot_s_own_words_are_there_in_every_language(files: Path) -> None:
    """They are written in English."""
    assert library(files).phrases["en"] == {"done": "Done", "again": "Again, {name}?"}


def test_documents_have_the_files_that_exist_in_a_language(files: Path) -> None:
    """A PDF, a page, a recording; an item's recording is named by its code."""
    read = library(files)
    french, english = (read.flow("welcome", code).documents for code in ("fr", "en"))
    assert french["paper"].files == {"pdf": "papier.fr.pdf"}
    assert english["paper"].files == {"page": "papier.en.md"}
    assert french["one"].files == {}
    assert english["one"].files == {"audio": "audio/en/one.ogg"}


def test_each_flow_has_a_revision(files: Path) -> None:
    """Named by its hash, with the hash of its structure beside."""
    read = library(files)
    revision = read.current["welcome"]
    assert read.bundles[revision].flows.keys() == {"fr", "en"}
    assert read.structures.keys() == read.bundles.keys() == {revision}


def test_a_phase_whose_flow_is_not_written_yet_has_none(files: Path) -> None:
    """It can be announced in the calendar all the same."""
    assert [(phase.code, phase.flow) for phase in library(files).consultation.phases] == [
        ("welcome", "welcome"), ("later", ""),
    ]  # fmt: skip


def test_a_phase_that_ships_open_needs_its_flow(files: Path) -> None:
    """Else people would be invited to nothing."""
    text = CONSULTATION.replace("title: Plus tard", "title: Plus tard\n    state: open")
    write(files, "flows/demo/consultation.yaml", text)
    with pytest.raises(Faults, match='phase "later" needs the flow "later"'):
        library(files)


def test_nothing_is_read_again_while_nothing_changes(files: Path) -> None:
    """The values stay the same ones."""
    read = library(files)
    before = read.contents
    assert read.reload_if_changed() is False
    assert read.contents is before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("flows/demo/welcome.yaml", FLOW.replace("Alors ?", "Et alors ?")),
        ("locales/en/LC_MESSAGES/demo.po", PO + catalogue({"Alors ?": "So?"})),
        ("flows/demo/documents/agenda.yaml", AGENDA.replace("premier", "tout premier")),
    ],
)
def test_a_text_that_changed_on_disk_is_a_new_revision_of_the_same_structure(
    files: Path, name: str, text: str
) -> None:
    """In flow, catalogue or list."""
    read = library(files)
    before = read.current["welcome"]
    structure = read.structures[before]
    write(files, name, text)
    assert read.reload_if_changed() is True
    after = read.current["welcome"]
    assert after != before
    assert read.structures[after] == structure


def test_a_recording_that_was_added_is_offered(files: Path) -> None:
    """Files count as much as texts."""
    read = library(files)
    write(files, "flows/demo/documents/audio/fr/papier.mp3", "ID3")
    assert read.reload_if_changed() is True
    assert read.flow("welcome", "fr").documents["paper"].files["audio"] == "audio/fr/papier.mp3"


def test_a_file_that_broke_while_we_run_is_told_once_and_what_was_good_goes_on(
    files: Path,
) -> None:
    """Nobody is cut off because a coordinator is typing."""
    read = library(files)
    before = read.current
    write(files, "flows/demo/welcome.yaml", FLOW.replace("ask:", "aks:"))
    with pytest.raises(Faults, match="aks"):
        read.reload_if_changed()
    assert read.current == before
    assert read.reload_if_changed() is False
    write(files, "flows/demo/welcome.yaml", FLOW)
    assert read.reload_if_changed() is True


def test_the_faults_of_all_files_come_at_once(files: Path) -> None:
    """Flows, lists, catalogues and the consultation itself."""
    write(files, "flows/demo/consultation.yaml", CONSULTATION + "colour: red\n")
    write(files, "flows/demo/welcome.yaml", FLOW.replace("ask:", "aks:"))
    write(files, "flows/demo/other.yaml", "title: Autre\nsteps:\n  a:\n    say: A\n")
    write(files, "flows/demo/documents/documents.yaml", DOCUMENTS + "    colour: red\n")
    write(files, "locales/en/LC_MESSAGES/demo.po", 'msgid "a\nmsgstr ""\n')
    with pytest.raises(Faults) as wrong:
        library(files)
    named = {fault.file.rpartition("/")[2] for fault in wrong.value.faults}
    assert named >= {"consultation.yaml", "welcome.yaml", "other.yaml", "documents.yaml", "demo.po"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b'msgid "a\nmsgstr "b"\n', 1),
        (b'msgid "a"\nmsgstr "b\\"\n', 2),
        (b'msgid "a"\nnonsense\nmsgstr "b"\n', 2),
        (b'msgid "a"\nmsgid "b"\n', 1),
        (b'msgid "caf\xe9"\nmsgstr "x"\n', 1),
    ],
)
def test_a_broken_catalogue_is_named_with_its_line(files: Path, text: bytes, line: int) -> None:
    """Nothing of it is dropped in silence."""
    (files / "locales/en/LC_MESSAGES/demo.po").write_bytes(text)
    with pytest.raises(Faults, match=f"locales/en/LC_MESSAGES/demo.po:{line}: this line"):
        library(files)


def test_a_tolerant_library_holds_what_can_be_read(files: Path) -> None:
    """`check` looks at the rest too."""
    write(files, "flows/demo/other.yaml", "title: Autre\n")
    read = library(files, tolerant=True)
    assert list(read.current) == ["welcome"]
    assert {fault.file for fault in read.faults} == {"flows/demo/other.yaml"}


def test_two_flows_cannot_have_the_same_keyword(files: Path) -> None:
    """Whoever writes it would get one of them by chance."""
    write(files, "flows/demo/other.yaml", FLOW.replace("[SALUT]", "[Salut]"))
    with pytest.raises(Faults, match='the keyword "SALUT" belongs to "other" already'):
        library(files)


@pytest.mark.parametrize(
    ("bytes_", "said"),
    [(None, "there is no such file"), (b"title: \xe9t\xe9", "is not written in UTF-8")],
)
def test_a_missing_or_unreadable_consultation_is_a_sentence(
    files: Path, bytes_: bytes | None, said: str
) -> None:
    """With the file's name."""
    path = files / "flows/demo/consultation.yaml"
    path.unlink()
    if bytes_ is not None:
        path.write_bytes(bytes_)
    with pytest.raises(Faults, match=said):
        library(files, tolerant=True)


def test_a_copy_of_what_ships_is_the_same_revision(tmp_path: Path) -> None:
    """A revision does not hang on where the files lie, or on when they were written."""
    for name in ("flows", "locales"):
        shutil.copytree(ROOT / name, tmp_path / name)
    there = Library(tmp_path / "flows", "ess", tmp_path / "locales")
    assert there.current == Library(ROOT / "flows", "ess", ROOT / "locales").current


def test_recordings_may_leave_only_where_a_consent_says_so_in_every_language(
    tmp_path: Path,
) -> None:
    copied = tmp_path / "flows"
    shutil.copytree(ROOT / "flows", copied)
    locales = tmp_path / "locales"
    shutil.copytree(ROOT / "locales", locales)
    file, flow = copied / "ess" / "consultation.yaml", copied / "ess" / "welcome.yaml"
    assert Library(copied, "ess", locales).hosted_engine_unnamed() == "fr"
    named = "recordings may be sent to: Hörwerk\n" + file.read_text("utf-8")
    file.write_text(named, "utf-8")
    assert Library(copied, "ess", locales).hosted_engine_unnamed() == "fr"
    asked = flow.read_text("utf-8")
    question = next(line for line in asked.splitlines() if "ask:" in line and "voix" in line)
    flow.write_text(asked.replace(question, f"{question} (Hörwerk)"), "utf-8")
    assert Library(copied, "ess", locales).hosted_engine_unnamed() == ""
