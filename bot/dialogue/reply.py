"""What goes into a turn and what comes out of it, as the dialogue sees it."""

from typing import Any, Literal

from msgspec import field

from bot.dialogue.flow import Choice, Struct

Moment = int  # milliseconds since 1970, UTC
FileKind = Literal["voice", "audio", "video", "photo", "document", "location", "contact", "other"]


class File(Struct, frozen=True, omit_defaults=True):
    """Something that was sent besides words; `media` is the store's id of it."""

    media: str
    kind: FileKind = "voice"
    seconds: float | None = None
    state: Literal["pending", "kept", "refused", "lost"] = "pending"
    verdict: str = ""  # what hearing it found, a code of bot.voice
    forwarded: bool = False
    speech: float | None = None  # for how many seconds somebody speaks in it

    @property
    def is_sound(self) -> bool:
        """Say whether one listens to it."""
        return self.kind in ("voice", "audio", "video")


class Other(Struct, frozen=True, omit_defaults=True):
    """What someone else said on the same thing, as this person may hear it: moderated, no name."""

    code: str  # the contribution's id
    text: str  # in this person's language
    sound: str = ""  # the path of its recording, "" where it may not be heard


class Reply(Struct, frozen=True, omit_defaults=True):
    """One message of a participant, as the dialogue sees it."""

    id: str  # unique among this person's messages
    at: Moment  # when it was received, by our clock
    text: str = ""
    pressed: str = ""  # a button's data: "KEY:CODE"
    files: tuple[File, ...] = ()
    start: str | None = None  # the payload of /start, "" for none
    edits: str = ""  # the id of the earlier reply that it replaces
    place: tuple[float, float] | None = None  # latitude, longitude, degrees
    verdict_of: str = ""  # not said by the person: the recording `files[0]` was judged late


OWN_NOTE = "note:"  # before the store's id of a recording that its own speaker hears again


class Attachment(Struct, frozen=True, omit_defaults=True):
    """A document that goes with a prompt; `files` as in flow.Document."""

    code: str
    title: str
    files: dict[str, str] = field(default_factory=dict)


class Prompt(Struct, frozen=True, omit_defaults=True):
    """What the bot wants to say next, before a channel draws it. Texts are plain, no markup."""

    text: str = ""
    kind: Literal["said", "asked", "attached", "notice", "ending"] = "said"
    key: str = ""  # of the open question: what its buttons carry
    step: str = ""
    choices: tuple[Choice, ...] = ()
    choose: Literal["one", "several", "in order"] = "one"
    chosen: tuple[str, ...] = ()  # of several: what is picked so far, in order
    done: str = ""  # of several: the label that ends the picking
    page: str = ""  # of a list that may need pages: the sentence that says how to see more
    turned: int = 0  # how often its pages were turned; behind the last comes the first again
    first: int = 1  # the number of the first choice that is shown
    attach: Attachment | None = None
    place: bool = False  # a place is asked for
    closes: str = ""  # the key of a question whose buttons are to be taken away
    ends_place: bool = False  # a place was asked for: its button is to be taken away
    either: dict[str, str] = field(default_factory=dict)  # what is said, by what an effect leads to
    redraws: bool = False  # only its buttons changed: the message that was pressed shows them
    add: str = ""  # the label of a button that adds to the answer before
    add_by_word: str = ""  # how to do that by a word, where there is no room for the button


class Kept(Struct, frozen=True, omit_defaults=True):
    """An answer to be written down as a contribution.

    `key` names the place it belongs to (conversation, step, item, time round): the newest for
    a key wins, the older one is superseded.
    """

    key: str
    conversation: str
    flow: str
    revision: str
    step: str
    question: str  # as it was put
    item: str = ""
    kind: str = ""  # AnswerKind
    code: str = ""
    codes: tuple[str, ...] = ()
    value: Any = None
    text: str = ""  # as it was said
    comment: str = ""
    files: tuple[File, ...] = ()
    about: str = ""
    language: str = ""
    state: Literal["kept", "unresolved"] = "kept"
    fact: str = ""  # the fact that it became
    asked_at: Moment = 0
    answered_at: Moment = 0
    replies: tuple[str, ...] = ()  # the ids of the messages that it is made of


class Withdrawn(Struct, frozen=True, omit_defaults=True):
    """An answer that no longer counts: the person went back, or a condition became false."""

    key: str
    conversation: str


class Learned(Struct, frozen=True, omit_defaults=True):
    """A fact about the person, with where it came from; `value` None forgets it."""

    name: str
    value: str | tuple[str, ...] | None
    source: Literal["answer", "command", "link", "channel", "import", "coordinator", "helper"] = (
        "answer"
    )
    step: str = ""
    words: str = ""  # the question as it was put: a consent must know its words


EffectKind = Literal[
    "stop",
    "start",
    "forget",
    "someone else",  # a new participant on this address
    "new owner",  # a new participant on this address; whoever had it before is off it
    "switch person",  # detail: which, by number
    "help someone",  # a new participant on this address, for whom the present one answers
    "helped",  # whoever helped speaks for themselves again
    "hand over",
    "hand over closed",
    "wants a call",  # somebody should call, and the bot speaks on: detail is how they said it
    "word for the human",  # during a hand-over: detail is the text
    "hear",  # an unresolved answer waits for a human ear: detail is the kept key
    "remind",  # detail: hours, comma-separated; `conversation`
    "mark verdict told",
    "link code",  # give a code by which another channel is linked
    "link",  # the person agreed: this channel and the one of the code are one person's
    "rsvp",  # detail: the session and the answer; a prompt's `either` says what came of it
    "shown",  # what someone else said was played to this person: detail is its id
]


class Effect(Struct, frozen=True, omit_defaults=True):
    """Something that the gateway must do, beyond keeping and saying."""

    kind: EffectKind
    detail: str = ""
    conversation: str = ""
