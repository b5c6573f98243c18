"""Small flows for tests: a head, the steps under test, an ending."""

from textwrap import dedent, indent

from bot.dialogue.consultationfile import load_consultation
from bot.dialogue.fault import Faults
from bot.dialogue.flow import Document, Flow, Item, Step
from bot.dialogue.flowfile import every_step, load_flow

FILE = "flows/ess/essai.yaml"
HEAD = 3  # lines before the first step of `with_steps`

CONSULTATION = load_consultation(
    dedent("""\
    title: Essai
    language: fr
    languages: [fr, en, es]
    responsible: nous
    reach a person: Écrivez-nous.
    roles:
      facilitator: Anime des rencontres
      partner: Administration
    themes:
      food: Nourriture
      housing: Logement
    networks:
      tejido: Tejido Sur
    phases:
      reactions:
        title: Réactions
    """),
    "flows/ess/consultation.yaml",
)
LISTS = {"agenda item": (Item("one", "Un", "Le premier", "Tout"), Item("two", "Deux"))}
DOCUMENTS = {"paper": Document("paper", "Un papier")}


def load(text: str, file: str = FILE) -> Flow:
    """Read a flow within a small consultation."""
    return load_flow(text, file, CONSULTATION, LISTS, DOCUMENTS)


def with_steps(steps: str) -> str:
    """Return a whole flow around steps: these begin in line HEAD + 1."""
    body = indent(dedent(steps).strip("\n"), "  ")
    return (
        f"title: Essai\nlanguage: fr\nsteps:\n{body}\nendings:\n  merci: Merci.\n  adieu: Adieu.\n"
    )


def steps(text: str) -> dict[str, Step]:
    """Read steps; return all of them by name."""
    return {step.name: step for step in every_step(load(with_steps(text)).steps)}


def faults(text: str) -> list[str]:
    """Return what is wrong with a flow, each as "LINE: sentence"."""
    try:
        load(text)
    except Faults as wrong:
        return [str(fault).removeprefix(f"{FILE}:") for fault in wrong.faults]
    return []


def step_faults(text: str) -> list[str]:
    """Return what is wrong with steps; line 1 is the first line of the steps."""
    found = []
    for fault in faults(with_steps(text)):
        line, _, sentence = fault.partition(": ")
        found.append(f"{int(line) - HEAD}: {sentence}")
    return found
