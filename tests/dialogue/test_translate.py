"""A flow in another language is the same flow; a revision is told apart by its hash."""

from flowtexts import CONSULTATION, load, with_steps
from msgspec.structs import replace

from bot.dialogue.flow import Choice, Item
from bot.dialogue.flowfile import every_step, flow_sentences
from bot.dialogue.revision import bundle, revision_hash, structure_hash
from bot.dialogue.translate import sentences, translate, translate_consultation

TEXT = with_steps("""
langue:
  ask: Votre langue ?
  choices:
    fr: Français
    en: English
  keep as: language
points:
  for each: agenda item
  steps:
    avis:
      say: "{item.number}. {item.summary}"
      more: "{item.text}"
      ask: Alors ?
      choices:
        yes: D'accord tout à fait | D'accord
        no: Non
reseau:
  ask: Quel réseau ?
  choices from: networks
  choices:
    none: Aucun
domaines:
  ask: Lesquels ?
  choices from: themes
  choose: several
combien:
  ask: Combien ?
  answer:
    numbers:
      women: Femmes
      men: Hommes
""")
FLOW = load(TEXT)


def shout(text: str) -> str:
    """Translate into a language of capitals."""
    return text.upper()


def test_a_translated_flow_has_other_words_and_the_same_codes() -> None:
    """Labels with their short forms, parts, items, endings, the title."""
    other = translate(FLOW, shout, "en")
    steps = {step.name: step for step in every_step(other.steps)}
    assert other.title == "ESSAI"
    assert other.language == "en"
    assert other.endings[0].text == "MERCI."
    assert other.endings[0].name == "merci"
    assert steps["avis"].choices == (
        Choice("yes", "D'ACCORD TOUT À FAIT", "D'ACCORD"), Choice("no", "NON"),
    )  # fmt: skip
    assert [part.label for part in steps["combien"].parts] == ["FEMMES", "HOMMES"]
    assert other.lists["agenda item"][0] == Item("one", "UN", "LE PREMIER", "TOUT")


def test_names_stay_names() -> None:
    """A language names itself, a network is called as it is; what a step adds is translated."""
    steps = {step.name: step for step in every_step(translate(FLOW, shout).steps)}
    assert [choice.label for choice in steps["langue"].choices] == ["Français", "English"]
    assert [choice.label for choice in steps["reseau"].choices] == ["Tejido Sur", "AUCUN"]


def test_an_empty_text_is_never_looked_up() -> None:
    """The empty string is the key of a catalogue's header."""
    asked: list[str] = []
    translate(FLOW, lambda text: asked.append(text) or text)
    assert "" not in asked


def test_translators_get_every_sentence_once_with_its_step_and_line() -> None:
    """Not the lists, which have files of their own, nor what is no words at all."""
    found = list(sentences(FLOW))
    texts = [each.text for each in found]
    assert texts == [
        "Essai", "Votre langue ?", "Alors ?", "D'accord tout à fait | D'accord", "Non",
        "Quel réseau ?", "Aucun", "Lesquels ?", "Combien ?", "Femmes", "Hommes", "Merci.",
        "Adieu.",
    ]  # fmt: skip
    assert {each.text: (each.step, each.line) for each in found}["Alors ?"] == ("avis", 13)


def test_sentences_are_found_in_a_flow_with_faults_too() -> None:
    """A translator need not wait until a list exists."""
    text = TEXT.replace("choices from: themes", "choices from: nowhere")
    assert flow_sentences(text, "x.yaml") == tuple(sentences(FLOW))


def test_a_document_has_its_files_by_language() -> None:
    """What a language does not have is passed over."""
    flow = load(with_steps("a:\n  attach: paper"))
    there = translate(flow, shout, "en", {"paper": {"pdf": "paper.en.pdf"}})
    absent = translate(flow, shout, "es", {})
    assert there.documents["paper"].files == {"pdf": "paper.en.pdf"}
    assert there.documents["paper"].title == "UN PAPIER"
    assert absent.documents["paper"].files == {}


def test_a_consultation_is_said_in_all_its_languages() -> None:
    """Its source language first, as it was written."""
    both = translate_consultation(CONSULTATION, {"en": shout})
    assert both.title == {"fr": "Essai", "en": "ESSAI"}
    assert both.phases[0].title == {"fr": "Réactions", "en": "RÉACTIONS"}
    assert both.lists["themes"]["en"][0] == Choice("food", "NOURRITURE")
    assert both.networks == CONSULTATION.networks


def revision(text: str) -> tuple[str, str]:
    """Return the two hashes of a flow in two languages."""
    flow = load(text)
    whole = bundle({"fr": flow, "en": translate(flow, shout, "en")}, "fr")
    return revision_hash(whole), structure_hash(whole)


def test_a_comment_or_an_empty_line_makes_no_new_revision() -> None:
    """Line numbers do not count."""
    assert revision(TEXT) == revision("# À propos\n\n" + TEXT)


def test_other_words_make_a_new_revision_of_the_same_structure() -> None:
    """People who are under way get the better sentence."""
    before, after = revision(TEXT), revision(TEXT.replace("Combien ?", "Vous êtes combien ?"))
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_a_translation_alone_makes_a_new_revision() -> None:
    """A bundle holds its texts in every language."""
    whole = bundle({"fr": FLOW, "en": translate(FLOW, shout, "en")}, "fr")
    other = bundle({"fr": FLOW, "en": translate(FLOW, str.title, "en")}, "fr")
    assert revision_hash(whole) != revision_hash(other)
    assert structure_hash(whole) == structure_hash(other)


def test_other_steps_codes_conditions_or_items_make_another_structure() -> None:
    """Whoever is under way stays on what they began with."""
    changes = [
        ("    no: Non", "    nay: Non"),
        ("  adieu: Adieu.", "  salut: Adieu."),
        ("choose: several", "choose: up to 2 in order"),
        ("    ask: Combien ?", "    only if: role is unknown\n    ask: Combien ?"),
        ("  combien:", "  effectif:"),
    ]
    texts = [TEXT.replace(*change) for change in changes]
    assert all(text != TEXT for text in texts)
    assert len({revision(text)[1] for text in (TEXT, *texts)}) == len(texts) + 1
    whole = bundle({"fr": FLOW}, "fr")
    fewer = replace(FLOW, lists={"agenda item": FLOW.lists["agenda item"][:1]})
    assert structure_hash(whole) != structure_hash(bundle({"fr": fewer}, "fr"))


def test_hashes_are_short_and_the_same_each_time() -> None:
    """16 hexadecimal digits, whatever the order in which languages were put together."""
    one = bundle({"fr": FLOW, "en": translate(FLOW, shout, "en")}, "fr")
    two = bundle({"en": translate(FLOW, shout, "en"), "fr": FLOW}, "fr")
    assert revision_hash(one) == revision_hash(two)
    assert len(revision_hash(one)) == 16
