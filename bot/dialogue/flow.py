"""What a flow is: the script of a conversation, as frozen values in one language.

`flowfile` makes a Flow out of YAML, `translate` makes a Flow out of a Flow, `engine` walks it.
Texts may hold `{placeholders}` of the closed list in `placeholders`.
"""

from typing import Literal

import msgspec
from msgspec import field

AnswerKind = Literal[
    "choice",  # one code, or several: see `choose`
    "text",
    "voice",
    "text or voice",
    "number",
    "1 to 5",
    "numbers",  # one number for each of `parts`
    "date",
    "time",
    "place",
    "photos",
    "several photos or recordings",
]
Choosing = Literal["one", "several", "in order"]
AGENDA = "agenda item"  # the list of what is proposed, point by point
OWN_ANSWERS = "own answers"  # the list of what became of what this person said
FORGET_ME = "forget me"  # where a choice may lead: it asks whether everything shall be erased
PICK_YES, PICK_NO = "*yes", "*no"  # the buttons below a choice that is read back; no code has a "*"


class Struct(msgspec.Struct, frozen=True, omit_defaults=True):
    """A frozen value that can be written as JSON and read back."""


class Choice(Struct, frozen=True, omit_defaults=True):
    """One offered answer: `code` for us, `label` for people, `short` for narrow places."""

    code: str
    label: str
    short: str = ""


class Test(Struct, frozen=True, omit_defaults=True):
    """One test of a condition: `subject` is a step, a fact, "channel", "person" or OWN_ANSWERS.

    `says` is one of: "is" (any of `values`), "is unknown", "has a comment", "has no comment",
    "can play sound", "has spoken", "are known", "are unknown"; of "a session", "no session":
    "is near".
    """

    subject: str
    kind: Literal["step", "fact", "channel", "person", "list", "session"]
    says: str
    values: tuple[str, ...] = ()


class Jump(Struct, frozen=True, omit_defaults=True):
    """`if CODE: TARGET`: a step further down, an ending, "next item" or "forget me"."""

    code: str
    target: str


class Step(Struct, frozen=True, omit_defaults=True):
    """One thing the bot says or asks; a step with `ask` is a question and waits."""

    name: str
    line: int = 0
    say: str = ""
    more: str = ""
    attach: str = ""  # a document's code, or "item audio", "item document"
    ask: str = ""
    answer: AnswerKind | None = None
    choices: tuple[Choice, ...] = ()
    choices_from: str = ""  # the list that the choices came from
    added: int = 0  # how many of the choices, the last ones, the step adds to its list
    choose: Choosing = "one"
    most: int = 0  # how many may be chosen; 0: as many as there are
    parts: tuple[Choice, ...] = ()  # for "numbers": women, men, other
    only_if: tuple[Test, ...] = ()  # all must hold
    jumps: tuple[Jump, ...] = ()
    keep_as: str = ""
    optional: bool = False
    hand_over: bool = False
    invite_to: str = ""  # "session": the answer takes, or leaves, a place at the current one
    remind_after: tuple[int, ...] = ()  # hours
    for_each: str = ""  # a list's name, or "choice of STEP": then `steps` is the block
    up_to: int = 0  # `up to 3 times`: the block may be gone through this often
    hear_others: str = ""  # the step of whose answers, by other people, `steps` is the block
    hear_most: int = 0  # how many of them at most
    steps: tuple["Step", ...] = ()

    @property
    def waits(self) -> bool:
        """Say whether the conversation stops here for an answer."""
        return self.answer is not None


class Ending(Struct, frozen=True, omit_defaults=True):
    """How a conversation ends; the first of a flow is where the road leads by itself."""

    name: str
    text: str
    line: int = 0


class Item(Struct, frozen=True, omit_defaults=True):
    """One entry of a list that a block runs over: what `{item.…}` shows."""

    code: str
    title: str = ""
    summary: str = ""
    text: str = ""
    document: str = ""  # the document that belongs to it
    hidden: bool = False
    theme: str = ""  # of a topic
    starts: str = ""  # of a topic: the day from which it is its theme's, ISO


class Outcome(Struct, frozen=True, omit_defaults=True):
    """What became of something that a person said: a line of the drafters' table.

    It is about one contribution, or about what a participant (a pseudonym) answered at a step.
    `section` is the code of the agenda item in which it stands now, "" if it was not followed.
    """

    texts: dict[str, str]  # language → sentence
    section: str = ""
    contribution: str = ""
    participant: str = ""
    step: str = ""
    item: str = ""
    line: int = 0

    @property
    def code(self) -> str:
        """What tells it from this person's other outcomes."""
        return self.contribution or ".".join(part for part in (self.step, self.item) if part)


class Document(Struct, frozen=True, omit_defaults=True):
    """Something that is pushed: its title, and its files in this language by kind.

    `files` maps "pdf", "audio", "page" to a path relative to the documents' folder.
    """

    code: str
    title: str
    files: dict[str, str] = field(default_factory=dict)


class Flow(Struct, frozen=True, omit_defaults=True):
    """The script of a conversation, whole, in one language."""

    name: str
    title: str
    language: str
    phase: str = ""
    keywords: tuple[str, ...] = ()
    about: str = ""  # "topics", "own session": of what each talk is about one
    minutes: int = 0  # 0: reckoned from the number of questions
    steps: tuple[Step, ...] = ()
    endings: tuple[Ending, ...] = ()
    lists: dict[str, tuple[Item, ...]] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)


class Bundle(Struct, frozen=True, omit_defaults=True):
    """A revision: one flow with its texts in every language and its lists, self-contained."""

    flows: dict[str, Flow]  # by language
    source: str  # the language in which it was written

    @property
    def name(self) -> str:
        """The flow's name."""
        return self.flows[self.source].name


class Phase(Struct, frozen=True, omit_defaults=True):
    """One period of the consultation; `opens` and `closes` are ISO dates, for people."""

    code: str
    title: dict[str, str]
    flow: str
    opens: str = ""
    closes: str = ""
    ships: Literal["open", "closed", "planned"] = "planned"
    announce: dict[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()  # whom its announcement concerns; none: everybody


class Network(Struct, frozen=True, omit_defaults=True):
    """An organisation or alliance through which people are invited."""

    code: str
    title: str
    coordinator: str = ""


class Consultation(Struct, frozen=True, omit_defaults=True):
    """The whole affair: one subject, several phases; texts by language where people see them."""

    name: str
    title: dict[str, str]
    languages: tuple[str, ...]
    source: str
    responsible: dict[str, str]
    reach_a_person: dict[str, str]
    erase_addresses_on: str = ""  # ISO date
    erase_raw_after_days: int = 30
    backups_kept_days: int = 30
    spoken_language: dict[str, str] = field(default_factory=dict)  # asks for it; none: never asked
    hosted_engine: str = ""  # the service that may be sent recordings, as the consents name it
    hosted_translator: str = ""  # the same for words
    time_zone: str = "UTC"
    zones: dict[str, tuple[str, ...]] = field(default_factory=dict)  # region → its time zones
    quiet_from: int = 21  # hour of the evening, participant's zone
    quiet_to: int = 8
    phases: tuple[Phase, ...] = ()
    networks: tuple[Network, ...] = ()
    # name → language → choices
    lists: dict[str, dict[str, tuple[Choice, ...]]] = field(default_factory=dict)


FACTS = (
    "language",
    "role",
    "region",
    "network",
    "themes",
    "first name",
    "time zone",
    "spoken language",
    "prefers listening",
    "consent to take part",
    "consent to be quoted",
    "consent to be heard",
    "stay in touch",
)
CONSENTS = ("consent to take part", "consent to be quoted", "consent to be heard")
