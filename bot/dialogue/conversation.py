"""The state of a talk: small, saved between turns, read back, explained."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import msgspec

from bot.dialogue.flow import Bundle, Consultation, Flow, Struct
from bot.dialogue.reply import Effect, Kept, Learned, Moment, Prompt, Withdrawn


class Conversation(Struct, frozen=True, omit_defaults=True):
    """One participant's way through one flow about one thing (a topic, a session, or nothing)."""

    flow: str
    revision: str
    about: str = ""
    state: Literal["open", "waiting", "ended"] = "open"
    began_at: Moment = 0
    touched_at: Moment = 0  # when the person last said something in it
    ended_at: Moment = 0
    ending: str = ""
    open_key: str = ""  # of the open question; "" when none is
    asked_at: Moment = 0  # when the turn that asked it was taken
    # … the engine's own: where it stands, what was answered, the question before

    @property
    def key(self) -> str:
        """What tells it from this person's other conversations."""
        return f"{self.flow}/{self.about}" if self.about else self.flow


class Invitation(Struct, frozen=True, omit_defaults=True):
    """A flow offered to a participant; a conversation begins with the first reply to it."""

    flow: str
    about: str = ""
    made_at: Moment = 0
    broadcast: str = ""


class Person(Struct, frozen=True, omit_defaults=True):
    """What the dialogue knows of the person it talks with."""

    language: str = ""  # "" until known
    first_name: str = ""
    facts: dict[str, Any] = {}  # name → text or tuple of codes
    stopped: bool = False
    stopped_told: bool = False
    human: bool = False  # a hand-over is open
    pending: str = ""  # what waits for a yes: "forget", "someone else"
    others: int = 0  # how many more people use this phone
    conversations: tuple[Conversation, ...] = ()  # open, waiting, and the last that ended
    invitations: tuple[Invitation, ...] = ()  # not yet taken up
    done: dict[str, Moment] = {}  # conversation key → when it ended


class Scene(Struct, frozen=True, omit_defaults=True):
    """What else a turn may know: the time, the channel, when the open question was handed over."""

    now: Moment
    channel: str = "telegram"
    plays_sound: bool = True
    buttons: bool = True
    handed_at: Moment | None = None  # the open question's first hand-over to the provider
    burst_ms: int = 2000
    locale_hint: str = ""  # the phone's language, where the channel tells
    display_name: str = ""


class Turn(Struct, frozen=True, omit_defaults=True):
    """What a reply led to; everything in it is a value to be written down or sent."""

    person: Person
    prompts: tuple[Prompt, ...] = ()
    kept: tuple[Kept, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    learned: tuple[Learned, ...] = ()
    effects: tuple[Effect, ...] = ()
    begun: tuple[str, ...] = ()  # conversation keys whose invitation was taken up
    understood: tuple[str, ...] = ()  # a phrase's key and its arguments: how the reply was read


class Programme(Protocol):
    """What can be talked about now. The gateway builds it; it holds values only."""

    consultation: Consultation
    phrases: Mapping[str, Mapping[str, str]]  # language → key → sentence
    current: Mapping[str, str]  # flow name → the revision new conversations begin with
    open_flows: tuple[str, ...]  # flows that may begin now, in the calendar's order

    def flow(self, revision: str, language: str) -> Flow:
        """Return the flow of a revision in a language (the source's where it has none)."""
        ...

    def revision_for(self, conversation: Conversation) -> str:
        """Return the revision to go on with: a newer one if only its texts differ."""
        ...


def dump(value: Person | Conversation | Bundle) -> bytes:
    """Write a state as JSON."""
    return msgspec.json.encode(value)
