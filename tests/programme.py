"""Programmes for tests: flows written in a few lines, and the consultation that ships."""

from functools import cache
from pathlib import Path

import yaml
from talk import Printed

from bot.dialogue.flow import Choice, Consultation, Flow, Item, Network
from bot.dialogue.flowfile import load_flow
from bot.dialogue.revision import bundle, structure_hash
from bot.gateway.library import Library

ROOT = Path(__file__).parents[1]
REGIONS = (("north", "North"), ("south", "South"))
CONSULTATION = Consultation(
    name="test",
    title={"en": "A test"},
    languages=("en", "fr", "es"),
    source="en",
    responsible={"en": "the test"},
    reach_a_person={"en": "Write: a person."},
    erase_addresses_on="2027-12-31",
    networks=(Network("tejido", "Tejido"),),
    lists={"regions": {"en": tuple(Choice(code, label) for code, label in REGIONS)}},
)
ITEMS = tuple(
    Item(code, title, f"About {title}.", f"All about {title}.")
    for code, title in (("land", "Land"), ("seeds", "Seeds"), ("water", "Water"))
)
TOPICS = (
    Item("farms", "Farms", "About farms.", "All about farms.", theme="food", starts="2026-09-01"),
    Item("roofs", "Roofs", "About roofs.", theme="housing", starts="2026-09-01"),
    Item("mills", "Mills", "About mills.", theme="food", starts="2026-10-01"),
)
LISTS = {"agenda item": ITEMS, "topics": TOPICS}
TAKING_PART = """
steps:
  part:
    ask: Will you take part?
    choices:
      yes: I agree
      no: No
    keep as: consent to take part
"""


@cache
def english() -> dict[str, str]:
    """The bot's own sentences."""
    text = (ROOT / "locales" / "phrases.yaml").read_text("utf-8")
    return {key: said.strip() for key, said in yaml.safe_load(text).items()}


def flow_of(text: str, name: str = "test") -> Flow:
    """Make a flow of the steps and endings in a text."""
    head = f"title: The {name}\nlanguage: en\nkeywords: [{name.upper()}]\n"
    return load_flow(head + text, f"{name}.yaml", CONSULTATION, LISTS, {})


def programme(*texts: str, **named: str) -> Printed:
    """Make a programme of flows: "test" for one without a name, all of them open, in order."""
    flows = [flow_of(text) for text in texts]
    flows += [flow_of(text, name) for name, text in named.items()]
    bundles = {f"{flow.name}-1": bundle({"en": flow}, "en") for flow in flows}
    current = {flow.name: f"{flow.name}-1" for flow in flows}
    structures = {key: structure_hash(one) for key, one in bundles.items()}
    phrases = {"en": english()}
    return Printed(CONSULTATION, phrases, bundles, current, tuple(current), structures)


@cache
def shipped() -> Printed:
    """The consultation that ships, all its flows open."""
    library = Library(ROOT / "flows", "ess", ROOT / "locales")
    return Printed(
        library.consultation,
        library.phrases,
        dict(library.bundles),
        dict(library.current),
        tuple(phase.flow for phase in library.consultation.phases if phase.flow in library.current),
        library.structures,
    )
