"""consultation.yaml, documents.yaml and agenda.yaml."""

from textwrap import dedent

import pytest

from bot.dialogue.consultationfile import load_consultation, read_consultation
from bot.dialogue.fault import Faults
from bot.dialogue.flow import Choice, Item, Network, Phase
from bot.dialogue.listsfile import list_sentences, load_agenda, load_documents

WHOLE = """\
title: Une consultation
language: fr
languages: [fr, en, es]
responsible: le secrétariat
reach a person: Écrivez UNE PERSONNE.
addresses are erased on: 2027-12-31
raw messages are erased after: 20 days
backups are kept: 10 days
time zone: Africa/Dakar
quiet hours: 20 to 7
roles:
  member: Membre d'un réseau | Membre
  other: Autre
themes:
  food: Nourriture
lists:
  seasons:
    dry: Saison sèche
networks:
  tejido: Tejido Sur
  GRENIERS:
    title: Les Greniers
    coordinator: Awa
phases:
  trends:
    title: Tendances
    opens: 2026-10-01
    closes: 2026-10-31
    state: open
    announce: C'est ouvert, {first_name}.
    concerns: [member]
  later:
    title: Plus tard
    flow: forum
"""
FILE = "flows/ess/consultation.yaml"
OF_A_NETWORK = 'people write it by SMS: letters without accents, digits, "_" and "-"'


def said(text: str) -> list[str]:
    """Return what is wrong, each as "LINE: sentence"."""
    with pytest.raises(Faults) as wrong:
        load_consultation(text, FILE)
    return [str(fault).removeprefix(f"{FILE}:") for fault in wrong.value.faults]


def test_a_consultation_is_what_its_file_says() -> None:
    """Each key in plain words becomes a value."""
    found = load_consultation(WHOLE, FILE)
    assert (found.name, found.source, found.languages) == ("ess", "fr", ("fr", "en", "es"))
    assert found.title == {"fr": "Une consultation"}
    assert found.responsible == {"fr": "le secrétariat"}
    assert found.reach_a_person == {"fr": "Écrivez UNE PERSONNE."}
    assert found.erase_addresses_on == "2027-12-31"
    assert (found.erase_raw_after_days, found.backups_kept_days) == (20, 10)
    assert (found.time_zone, found.quiet_from, found.quiet_to) == ("Africa/Dakar", 20, 7)
    assert found.lists["roles"]["fr"][0] == Choice("member", "Membre d'un réseau", "Membre")
    assert found.lists["seasons"]["fr"] == (Choice("dry", "Saison sèche"),)
    assert found.networks == (
        Network("tejido", "Tejido Sur"), Network("GRENIERS", "Les Greniers", "Awa"),
    )  # fmt: skip


def test_phases_have_their_dates_and_their_flow() -> None:
    """A phase without `flow` has the flow of its own name."""
    trends, later = load_consultation(WHOLE, FILE).phases
    assert trends == Phase(
        "trends", {"fr": "Tendances"}, "trends", "2026-10-01", "2026-10-31", "open",
        {"fr": "C'est ouvert, {first_name}."}, ("member",),
    )  # fmt: skip
    assert (later.flow, later.ships, later.announce) == ("forum", "planned", {})


def test_what_people_read_is_for_the_translator() -> None:
    """Not the names of networks, nor codes and dates."""
    sentences = read_consultation(WHOLE, FILE).sentences
    assert [each.text for each in sentences] == [
        "Une consultation", "le secrétariat", "Écrivez UNE PERSONNE.",
        "Membre d'un réseau | Membre", "Autre", "Nourriture", "Saison sèche",
        "Tendances", "C'est ouvert, {first_name}.", "Plus tard",
    ]  # fmt: skip
    assert sentences[3].step == "roles: member"
    assert sentences[3].line == 11


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("title: Une consultation\n", "", ['1: the consultation has no "title"; add "title:"']),
        ("language: fr\n", "", ['1: the consultation has no "language"; add "language:"']),
        ("time zone: Africa/Dakar", "time zone: Dakar",
         ['9: there is no time zone "Dakar"; write it like "Africa/Dakar"']),
        ("time zone: Africa/Dakar", "time zone: ../etc",
         ['9: there is no time zone "../etc"; write it like "Africa/Dakar"']),
        ("20 to 7", "20 to 7\ntime zones:\n  north: [Europe/Paris, Lisbon]\nregions:\n  south: Sud",
         ['12: there is no region "north"; did you mean "south"?',
          '12: there is no time zone "Lisbon"; write it like "Africa/Dakar"']),
        ("  tejido:", "  stop:",
         ['20: "stop" is a word that always means something else; choose another code']),
        ("20 to 7", "20h", ['10: "20h" are no hours; write "21 to 8"']),
        ("2027-12-31", "31/12/2027", ['6: "31/12/2027" is no date; write it like "2027-05-31"']),
        ("20 days", "twenty", ['7: "twenty" is no number; write it like "7 days"']),
        ("[fr, en, es]", "[en, français]",
         ['3: "français" is no language; write its code, like "fr"',
          '3: "languages" lacks "fr", the source; add it']),
        ("closes: 2026-10-31", "closes: 2026-09-30",
         ['28: phase "trends" closes before it opens; swap them']),
        ("state: open", "state: opened", ['29: "opened" is no state; did you mean "open"?']),
        ("concerns: [member]", "concerns: [membre]",
         ['31: there is no role "membre"; did you mean "member"?']),
        ("    flow: forum", "    flwo: forum",
         ['34: there is no key "flwo"; did you mean "flow"?']),
        ("    title: Plus tard\n", "", ['32: phase "later" has no title; add "title:"']),
        ("  tejido:", "  tejido sur:",
         ['20: "tejido sur" cannot be a network\'s code; ' + OF_A_NETWORK]),
        ("themes:", "theme:", ['14: there is no key "theme"; did you mean "themes"?']),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(before: str, after: str, expected: list[str]) -> None:
    """And with a remedy."""
    assert before in WHOLE
    assert said(WHOLE.replace(before, after)) == expected


DOCUMENTS = """\
documents:
  trends-1:
    title: Un papier
    summary: Court.
    more: Plus long.
    file: papier
  other:
    title: Un autre
"""
AGENDA = """\
title: Avant-projet
sample: yes
items:
  food:
    title: Cantines
    summary: Acheter ici.
    text: |
      Tout le texte.

      En deux parties.
    theme: food
    instrument: procurement
    state: draft
  old:
    title: Ancien
    state: withdrawn
"""


def test_documents_have_texts_and_the_stem_of_their_files() -> None:
    """Without `file`, the code is the stem."""
    found = load_documents(DOCUMENTS, "documents.yaml")
    assert found.items == (
        Item("trends-1", "Un papier", "Court.", "Plus long.", "trends-1"),
        Item("other", "Un autre", document="other"),
    )
    assert found.stems == {"trends-1": "papier", "other": "other"}


def test_an_item_that_was_withdrawn_is_hidden() -> None:
    """It stays in the list, so that those who answered it are not lost."""
    found = load_agenda(AGENDA, "agenda.yaml", ["food"])
    assert [(item.code, item.hidden) for item in found.items] == [("food", False), ("old", True)]
    assert found.items[0].text == "Tout le texte.\n\nEn deux parties."


def test_lists_are_translated_with_their_code_and_line() -> None:
    """As flows are."""
    found = list_sentences(AGENDA, "agenda.yaml")
    assert [(each.step, each.line) for each in found] == [
        ("food", 5), ("food", 6), ("food", 7), ("old", 15),
    ]  # fmt: skip
    assert found == load_agenda(AGENDA, "agenda.yaml").sentences


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("    title: Cantines\n", "", '4: "food" has no title; add "title:"'),
        ("theme: food", "theme: fodo", '11: "fodo" is no theme; did you mean "food"?'),
        ("state: draft", "state: drafd",
         '13: "drafd" is no state of an item; did you mean "draft"?'),
        ("summary:", "sumary:", '6: there is no key "sumary"; did you mean "summary"?'),
        ("items:", "item:", '3: there is no key "item"; did you mean "items"?'),
    ],
)  # fmt: skip
def test_a_broken_agenda_is_named(before: str, after: str, expected: str) -> None:
    """With its line and what may have been meant."""
    with pytest.raises(Faults) as wrong:
        load_agenda(dedent(AGENDA).replace(before, after, 1), "agenda.yaml", ["food"])
    assert f"agenda.yaml:{expected}" in str(wrong.value).split("\n")


def test_a_document_may_not_lead_elsewhere() -> None:
    """A file's stem is a name, not a path."""
    with pytest.raises(Faults, match="leads elsewhere"):
        load_documents(DOCUMENTS.replace("papier\n", "../../secret\n"), "documents.yaml")
