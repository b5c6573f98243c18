"""Someone who talks of face-to-face sessions: those known to them, and what they are told."""

from typing import Any

from msgspec.structs import replace
from programme import flow_of, programme
from talk import HOUR, NOON, Talker

from bot.dialogue import talk
from bot.dialogue.conversation import Invitation, Person
from bot.dialogue.sessions import Session

DAY = 24 * HOUR
INVITING = """
steps:
  none:
    only if: no session is near
    say: None is near.
  each:
    for each: session
    steps:
      come:
        ask: "{item.title} at {item.place}, {item.date}. {item.seats} Coming?"
        invite to: session
        choices:
          coming: I come
          perhaps: Not sure
          not: I stay
endings:
  thanks: Thank you.
"""
REPORT = """
steps:
  agreed:
    ask: "{about.title} at {about.place}: what was agreed?"
    answer: text or voice
endings:
  thanks: Thank you.
"""


def session(code: str, **more: Any) -> Session:
    """A session in three days, for everybody, unless said otherwise."""
    known = {"title": {"en": f"The {code}"}, "place": "the hall", "zone": "Africa/Dakar",
             "begins_at": NOON + 3 * DAY} | more  # fmt: skip
    return Session(code, **known)


def member(**facts: str) -> Person:
    """Someone who has been welcomed."""
    known = {"consent to take part": "yes", "region": "north"} | facts
    return Person(language="en", facts=known, done={"welcome": 1})


def talker(*sessions: Session, person: Person | None = None, **scene: Any) -> Talker:
    """Someone to whom these sessions are known, with the flows of coming and of reporting."""
    known = programme(meet=INVITING)
    report = replace(flow_of(REPORT, "report"), about="own session")
    known.bundles["report-1"] = replace(known.bundles["meet-1"], flows={"en": report})
    known.current["report"] = "report-1"
    return Talker(known, person or member(), sessions={one.code: one for one in sessions}, **scene)


def knows(one: Talker, *sessions: Session) -> Talker:
    """Let the store have changed meanwhile."""
    one.scene = replace(one.scene, sessions={each.code: each for each in sessions})
    return one


def invited(*abouts: str, person: Person | None = None, flow: str = "meet") -> Person:
    """Someone who was invited to sessions."""
    found = tuple(Invitation(flow, about, NOON) for about in abouts)
    return replace(person or member(), invitations=found)


def announced(one: Talker, flow: str, about: str) -> str:
    """Announce a session to someone."""
    invitation = Invitation(flow, about, one.now)
    return one.took(talk.invite(one.programme, one.person, one.scene, invitation)).heard
