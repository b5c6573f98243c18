"""Someone who has begun a small flow, in English."""

from programme import programme
from talk import Talker

from bot.dialogue.conversation import Person

VIEWS = """
steps:
  view:
    ask: What do you think?
    choices:
      agree: Agreed
      oppose: Against it
  why:
    only if: view is oppose
    ask: Why?
    answer: text or voice
  last:
    ask: Anything else?
    answer: text or voice
endings:
  thanks: Thank you.
"""


def begun(text: str = VIEWS, **scene: object) -> Talker:
    """Return someone who stands at the first question of a flow."""
    return Talker(programme(text), Person(language="en"), **scene).begins("test")


def question(kind: str) -> str:
    """A flow with one question of a kind, and one behind it."""
    return f"""
steps:
  ask:
    ask: Tell us.
    {kind}
  last:
    ask: Anything else?
    answer: text
endings:
  thanks: Thank you.
"""
