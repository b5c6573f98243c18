"""A consultation with a welcome and two open flows, and people who come to it."""

from programme import programme
from talk import Printed, Talker

WELCOME = """
steps:
  language:
    ask: Your language?
    choices:
      en: English
      fr: Français
    keep as: language
  part:
    ask: Do you take part?
    choices:
      yes: I agree
      no: No
    keep as: consent to take part
    if no: bye
  quote:
    ask: May we quote you?
    choices:
      yes: I agree
      no: No
    keep as: consent to be quoted
endings:
  thanks: Thank you for coming.
  bye: We keep only this no.
"""
ASKS = """
steps:
  view:
    ask: What do you think of {flow}?
    choices:
      good: It is good
      bad: It is bad
    remind after: [3 days]
  why:
    ask: Why?
    answer: text or voice
endings:
  thanks: Thank you for this.
"""
TRENDS = ASKS.replace("{flow}", "the trends")
DRAFT = ASKS.replace("{flow}", "the draft")


def house() -> Printed:
    """A consultation with a welcome and two open flows."""
    return programme(welcome=WELCOME, trends=TRENDS, draft=DRAFT)


def newcomer(**scene: object) -> Talker:
    """Someone who has never written."""
    return Talker(house(), **scene)


def welcomed(**scene: object) -> Talker:
    """Someone who was welcomed and stands at the first question of `trends`."""
    return newcomer(**scene).starts().says("1").says("yes").says("yes")
