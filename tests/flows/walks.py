"""Walks through the consultation that ships, with its messages drawn as a channel draws them."""

from dataclasses import dataclass, field, replace

from programme import shipped
from talk import Talker

from bot.dialogue.conversation import Person
from bot.dialogue.flow import Flow, Step
from bot.gateway.render import draw
from channels.capabilities import BY_NAME
from channels.segments import segments

LANGUAGES = ("fr", "en", "es")
SHIPPED = ("welcome", "trends", "interviews", "sessions", "session-report", "draft", "reactions",
           "final", "forum")  # fmt: skip
PHASED = (
    "trends",
    "interviews",
    "draft",
    "reactions",
    "final",
    "forum",
)  # to be begun by a plain yes
UNTIL_NOVEMBER = 60 * 24  # hours; then there are topics of the week
LONGEST = 40  # replies: whoever needs more is going round in circles


def flow(name: str, language: str = "fr") -> Flow:
    """Return a flow that ships."""
    programme = shipped()
    return programme.flow(programme.current[name], language)


def every_step(steps: tuple[Step, ...]) -> list[Step]:
    """Return all steps, those of blocks too."""
    return [each for step in steps for each in (step, *every_step(step.steps))]


def welcomed(language: str) -> Person:
    """Someone who has been welcomed and takes part with everything."""
    yes = {"consent to take part", "consent to be quoted", "consent to be heard"}
    facts = dict.fromkeys(yes, "yes") | {"role": "activist", "region": "europe", "network": "none"}
    return Person(language=language, facts=facts, done={"welcome": 1})


@dataclass
class Walk:
    """One participant on one channel, and what the bot sent them, message by message."""

    channel: str = "telegram"
    language: str = ""  # of someone who is known already; "": a newcomer
    open_flows: tuple[str, ...] = ()
    sent: list[str] = field(default_factory=list)
    turns: list[str] = field(default_factory=list)
    segments: int = 0
    said: int = 0

    def __post_init__(self) -> None:
        """Give them a phone."""
        self.can = BY_NAME[self.channel]
        self.talker = Talker(
            replace(shipped(), open_flows=self.open_flows),
            welcomed(self.language) if self.language else None,
            channel=self.channel,
            plays_sound=self.can.plays_sound,
            buttons=bool(self.can.buttons),
            at_once=max(self.can.buttons, self.can.list_items) or 3,
        )

        if "forum" in self.open_flows:
            self.talker.waits(UNTIL_NOVEMBER)

    def says(self, *replies: str) -> "Walk":
        """Write each of these in turn."""
        for reply in replies:
            self.talker.says(reply)
            self.said += 1
            self._look()
        return self

    def comes_by(self, payload: str) -> "Walk":
        """Press a join link."""
        self.talker.starts(payload)
        self.said += 1
        self._look()
        return self

    def answers(self, **by_step: str) -> "Walk":
        """Answer until nothing is open: what stands here by step, else the first choice."""
        for _ in range(LONGEST):
            if not self.talker.asked:
                return self
            self.says(by_step.get(self.talker.asked, "1"))
        raise AssertionError(f"still at {self.talker.place}")

    def _look(self) -> None:
        drawn = draw(self.talker.turn.prompts, self.can, "someone", "", _link)
        messages = [each.outgoing for each in drawn if each.outgoing.do == "send"]
        texts = [each.text for each in messages if not each.file]
        self.sent += texts
        self.turns.append("\n".join(texts))
        self.segments += sum(segments(text) for text in texts)


def _link(document: str) -> str:
    return f"https://palabre.example.org/d/{document}"
