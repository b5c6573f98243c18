"""The state of a talk: small, saved between turns, read back, explained."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import msgspec
from msgspec import field

from bot.dialogue.flow import Bundle, Consultation, Flow, Outcome, Struct
from bot.dialogue.reply import Effect, File, Kept, Learned, Moment, Other, Prompt, Withdrawn
from bot.dialogue.sessions import Session


class Answered(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """What the engine still needs of an answer once it is written down."""

    place: str  # the step, and the item or time round: "avis@item-3"
    codes: tuple[str, ...] = ()
    comment: bool = False
    unresolved: bool = False
    skipped: bool = False
    replies: tuple[str, ...] = ()  # ids of the messages that it is made of
    parts: tuple[str, ...] = ()  # their words, only where there are several
    fact: bool = False  # it became a fact
    held: str = ""  # what we hold by it: "choice", "text", "voice", "picture"


class Heard(Struct, frozen=True, omit_defaults=True):
    """What was said at the open question without answering it: it will be the comment."""

    replies: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()  # the words of each message, "" where it had none
    files: tuple[File, ...] = ()
    notes: int = 0  # how many of the messages were recordings
    tries: int = 0  # how often the question was put again because of them
    at: Moment = 0  # when the newest came

    @property
    def words(self) -> str:
        """All that was said, one message a line."""
        return "\n".join(part for part in self.parts if part)


class Unsure(msgspec.Struct, frozen=True, omit_defaults=True, array_like=True):
    """A choice typed at a long list and read back: it counts once it is confirmed."""

    codes: tuple[str, ...]
    reply: str  # the id of the message; its words are among those heard
    comment: str = ""


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
    # The engine's own: where it stands, what was answered, the question before.
    place: str = ""  # of the open question: "avis@item-3"
    trail: tuple[Answered, ...] = ()  # the questions that were asked and done with, in order
    runs: dict[str, tuple[str, ...]] = field(default_factory=dict)  # block → its items
    heard: Heard | None = None
    chosen: tuple[str, ...] = ()  # of several: what is picked so far
    page: int = 0  # how often the pages of a long list were turned
    unsure: Unsure | None = None  # typed at a long list, and not confirmed yet
    listening: bool = False  # a person must hear a consent before the talk goes on
    before: Kept | None = None  # the answer to the question before, whole
    before_key: str = ""  # what that question's buttons carried
    adds: bool = False  # beside the open question one may add to the answer before it
    added_at: Moment = 0  # when that was done last: what follows at once belongs there too

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
    facts: dict[str, Any] = field(default_factory=dict)  # name → text or tuple of codes
    stopped: bool = False
    stopped_told: bool = False
    human: bool = False  # a hand-over is open
    pending: str = ""  # what the next reply may settle: "forget", "menu", "add" …
    told_to_add: bool = False  # it was said once how one adds to an answer
    others: int = 0  # how many more people use this phone
    helper: str = ""  # the pseudonym of whoever answers for this person, who asked them to
    conversations: tuple[Conversation, ...] = ()  # open, waiting, and the last that ended
    invitations: tuple[Invitation, ...] = ()  # not yet taken up
    done: dict[str, Moment] = field(default_factory=dict)  # conversation key → when it ended
    put_off: tuple[str, ...] = ()  # of those: left by another road than the main one
    held: dict[str, int] = field(default_factory=dict)  # how many answers, by kind: "voice" …
    verdicts: tuple[File, ...] = ()  # recordings judged bad that are still to be told of


class Scene(Struct, frozen=True, omit_defaults=True):
    """What else a turn may know: the time, the channel, when the open question was handed over."""

    now: Moment
    channel: str = "telegram"
    plays_sound: bool = True
    reads_aloud: bool = False  # the channel plays sound, and we have a voice
    buttons: bool = True
    at_once: int = 100  # choices that one message shows in any case; a longer list may have pages
    handed_at: Moment | None = None  # the open question's first hand-over to the provider
    unseen: bool = False  # it never reached the person: what they write cannot answer it
    burst_ms: int = 2000
    locale_hint: str = ""  # the phone's language, where the channel tells
    display_name: str = ""
    outcomes: tuple[Outcome, ...] = ()  # of what they said; only where a flow may tell of it
    link: str = ""  # how others join this person's network, as it was known before the reply
    code: Literal["", "good", "bad", "wait"] = ""  # the reply is a code that links two channels
    code_from: str = ""  # the channel on which that code was given: "Telegram"
    # Those to come, and those that the person has to do with; looked up only where one is asked of.
    sessions: Mapping[str, Session] = field(default_factory=dict)
    others: dict[str, tuple[Other, ...]] = field(default_factory=dict)  # see others.place_of
    looks_up_others: bool = False  # others that are not here are to be asked for: OthersWanted


class Turn(Struct, frozen=True, omit_defaults=True):
    """What a reply led to; everything in it is a value to be written down or sent."""

    person: Person
    prompts: tuple[Prompt, ...] = ()
    kept: tuple[Kept, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    learned: tuple[Learned, ...] = ()
    effects: tuple[Effect, ...] = ()
    begun: tuple[str, ...] = ()  # keys of the conversations that began: their invitations are taken
    understood: tuple[str, ...] = ()  # a phrase's key and its arguments: how the reply was read


# A count, or counts by code, the greatest first.
Figure = int | tuple[tuple[str, int], ...]


class Programme(Protocol):
    """What can be talked about now. The gateway builds it; it holds values only."""

    @property
    def consultation(self) -> Consultation:
        """The consultation, in all its languages."""

    @property
    def phrases(self) -> Mapping[str, Mapping[str, str]]:
        """What the bot itself says: language → key → sentence."""

    @property
    def current(self) -> Mapping[str, str]:
        """Flow name → the revision with which new conversations begin."""

    @property
    def figures(self) -> Mapping[str, Figure | None]:
        """How many took part so far, by the names of the placeholders; None: too few to tell."""

    @property
    def open_flows(self) -> tuple[str, ...]:
        """The flows that may begin now, in the calendar's order."""

    @property
    def opened_topics(self) -> Mapping[str, Moment]:
        """Topic → when a coordinator opened it; the others come by their date."""

    def flow(self, revision: str, language: str) -> Flow:
        """Return the flow of a revision in a language (the source's where it has none)."""
        ...

    def revision_for(self, conversation: Conversation) -> str:
        """Return the revision to go on with: a newer one if only its texts differ."""
        ...


def dump(value: Person | Conversation | Bundle) -> bytes:
    """Write a state as JSON."""
    return msgspec.json.encode(value)
