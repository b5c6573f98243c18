"""Every example of docs/flows.md is read as the page says."""

import re
from pathlib import Path
from textwrap import indent

import pytest

from bot.dialogue.answerkeys import KINDS
from bot.dialogue.answersfile import COLUMNS, load_answers
from bot.dialogue.consultationfile import load_consultation
from bot.dialogue.flow import FACTS, Consultation, Document
from bot.dialogue.flowfile import KEYS as HEAD_KEYS
from bot.dialogue.flowfile import load_flow
from bot.dialogue.listsfile import load_agenda, load_documents, load_topics
from bot.dialogue.placeholders import PLACEHOLDERS
from bot.dialogue.stepfile import KEYS

PAGE = (Path(__file__).parents[2] / "docs/flows.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
AROUND = "title: Essai\nsteps:\n{}endings:\n  merci: Merci.\n  adieu: Adieu.\n"


def example(first: str) -> str:
    """Return the example in which a key of that name stands at the left."""
    return next(each for each in EXAMPLES if re.search(rf"^{first}:", each, re.MULTILINE))


def consultation() -> Consultation:
    """Read the page's own consultation, which its flows refer to."""
    return load_consultation(example("responsible"), "flows/ess/consultation.yaml")


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.strip().partition("\n")[0])
def test_every_example_works(text: str) -> None:
    """Whole files by themselves; steps below a head and above two endings."""
    items = load_agenda(example("items"), "agenda.yaml").items
    if re.search("^responsible:", text, re.MULTILINE):
        assert load_consultation(text, "consultation.yaml").languages == ("fr", "en", "es")
    elif text.startswith("documents:"):
        assert load_documents(text, "documents.yaml").items
    elif text.startswith("topics:"):
        assert load_topics(text, "topics.yaml", ["food"]).items
    elif text.startswith("items:"):
        assert load_agenda(text, "agenda.yaml", ["food"]).items
    else:
        whole = text if "\nsteps:\n" in text else AROUND.format(indent(text, "  "))
        documents = {"agenda": Document("agenda", "Agenda")}
        assert load_flow(whole, "x.yaml", consultation(), {"agenda item": items}, documents).steps


def test_the_example_of_the_drafters_table_works() -> None:
    """Its columns are those of the page, too."""
    (text,) = re.findall(r"^```csv\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    found = load_answers(text, "answers.csv", ("fr", "en", "es"), ["cantines"], ["manque"])
    assert [one.section for one in found] == ["cantines", ""]
    assert [name for name in COLUMNS if f"`{name}`" not in PAGE] == []


def test_every_key_of_the_language_has_an_example() -> None:
    """A key that nobody shows is a key that nobody finds."""
    shown = "\n".join(EXAMPLES)
    missing = [key for key in KEYS if f"{key.replace('CODE', 'no')}:" not in shown]
    assert missing == []
    assert [kind for kind in KINDS if f"answer: {kind}\n" not in shown] == []


def test_every_word_that_may_be_used_stands_on_the_page() -> None:
    """Head keys, facts and placeholders are closed lists."""
    assert [key for key in HEAD_KEYS if f"`{key}`" not in PAGE] == []
    assert [fact for fact in FACTS if f"`{fact}`" not in PAGE] == []
    assert [name for name in PLACEHOLDERS if f"`{{{name}}}`" not in PAGE] == []
    on_page = set(re.findall(r"`\{([a-z_.]+)\}`", PAGE))
    assert on_page == set(PLACEHOLDERS)
