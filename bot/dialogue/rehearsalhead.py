"""What a rehearsal's head says: who talks, when and where, and what is known before."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.dialogue.conversation import Conversation, Figure, Person, Programme, Scene
from bot.dialogue.draft import TAKE_PART
from bot.dialogue.flow import Consultation, Flow, Outcome
from bot.dialogue.offers import WELCOME
from bot.dialogue.others import place_of
from bot.dialogue.rehearsal import Rehearsal, lines_of, read_session
from bot.dialogue.reply import Other
from bot.dialogue.sessions import Session

# What is sent besides words, as it stands in brackets.
SENT = re.compile(r"\[(voice note|photo|document|button|place|start)\s?([^\]]*)\]")
FIRST_DAY = "2026-10-05T09:00"  # a Monday; a head's `date:` says otherwise
AT_ONCE = {"telegram": 100, "whatsapp": 10, "sms": 3}  # as in Scene


@dataclass(frozen=True)
class Narrowed:
    """A programme in which only some flows are open, so that a rehearsal stands by itself."""

    whole: Programme
    open_flows: tuple[str, ...]
    counted: Mapping[str, Figure | None]

    @property
    def consultation(self) -> Consultation:
        """The consultation."""
        return self.whole.consultation

    @property
    def phrases(self) -> Mapping[str, Mapping[str, str]]:
        """The bot's own sentences."""
        return self.whole.phrases

    @property
    def current(self) -> Mapping[str, str]:
        """The revisions with which talks begin."""
        return self.whole.current

    @property
    def figures(self) -> Mapping[str, Figure | None]:
        """How many took part, as the rehearsal's head says."""
        return self.counted

    @property
    def opened_topics(self) -> Mapping[str, int]:
        """None: in a rehearsal topics come by their day."""
        return {}

    def flow(self, revision: str, language: str) -> Flow:
        """Return the flow of a revision in a language."""
        return self.whole.flow(revision, language)

    def revision_for(self, conversation: Conversation) -> str:
        """Return the revision to go on with."""
        return self.whole.revision_for(conversation)


def person_of(rehearsal: Rehearsal, moment: int) -> Person:
    """Return who is rehearsing: welcomed already, unless the welcome itself is rehearsed."""
    facts: dict[str, str] = {}
    for pair in re.split(r"[,\n]", rehearsal.head.get("facts", "")):
        name, equals, value = pair.partition("=")
        if equals:
            facts[name.strip()] = value.strip()
    known: dict[str, object] = {
        name: tuple(value.split("+")) if name == "themes" else value
        for name, value in facts.items()
    }
    helper = rehearsal.head.get("helped by", "")
    if rehearsal.flow == WELCOME:
        language = rehearsal.head.get("language", "") if helper else ""
        return Person(language=language, facts=known, helper=helper)
    known = {TAKE_PART: "yes"} | known
    return Person(
        language=rehearsal.head.get("language", ""),
        first_name=facts.get("first name", ""),
        facts=known,
        done={WELCOME: moment} | _done(rehearsal),
        helper=helper,
    )


def _done(rehearsal: Rehearsal) -> dict[str, int]:
    """Return what the head says was ended before: "trends 2026-10-20, reactions 2027-05-09"."""
    pairs = (pair.split() for pair in rehearsal.head.get("done", "").split(","))
    return {pair[0]: _moment(pair[1]) for pair in pairs if len(pair) == 2}


def _moment(iso: str) -> int:
    return int(datetime.fromisoformat(iso).replace(tzinfo=UTC).timestamp() * 1000)


def scene_of(rehearsal: Rehearsal) -> Scene:
    """Return the scene of a rehearsal's beginning, by its channel and date."""
    channel = rehearsal.head.get("channel", "telegram")
    sms = channel == "sms"
    return Scene(
        now=_moment(rehearsal.head.get("date") or FIRST_DAY),
        channel=channel,
        plays_sound=not sms,
        buttons=not sms,
        at_once=AT_ONCE[channel],
        burst_ms=0,
        locale_hint=rehearsal.head.get("language", ""),
        outcomes=tuple(outcomes_of(rehearsal)),
        sessions=_sessions(rehearsal),
    )


def figures_of(rehearsal: Rehearsal) -> dict[str, Figure | None]:
    """Return the figures of a rehearsal's head: "people = 214, by_theme = food 90 + health 41"."""
    found: dict[str, Figure | None] = {}
    for pair in rehearsal.head.get("figures", "").split(","):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if equals and value.isdigit():
            found[name] = int(value)
        elif equals:
            counts = (entry.strip().rpartition(" ") for entry in value.split("+"))
            found[name] = tuple((code, int(count)) for code, _, count in counts)
    return found


def outcomes_of(rehearsal: Rehearsal) -> Iterator[Outcome]:
    """Yield what became of what the person said: a line each, "SECTION: sentence", "-" for none."""
    language = rehearsal.head.get("language", "")
    for number, line in enumerate(rehearsal.head.get("own answers", "").split("\n"), 1):
        section, colon, text = (part.strip() for part in line.partition(":"))
        if colon:
            yield Outcome({language: text}, section.strip("-"), contribution=str(number))


def _sessions(rehearsal: Rehearsal) -> dict[str, Session]:
    read = map(read_session, lines_of(rehearsal.head.get("sessions", "")))
    return {one.code: one for one in read if one is not None}


def others_of(rehearsal: Rehearsal, programme: Programme) -> dict[str, tuple[Other, ...]]:
    """Return what others said, a line each: "[voice note market.mp3] Our canteen buys here."."""
    lines = [line for line in rehearsal.head.get("others", "").split("\n") if line]
    others = tuple(_other(f"other-{number}", line) for number, line in enumerate(lines, 1))
    about = rehearsal.head.get("about", "")
    flow = programme.flow(programme.current[rehearsal.flow], rehearsal.head.get("language", ""))
    key = f"{flow.name}/{about}" if about else flow.name
    return {place_of(key, step.name): others[: step.hear_most]
            for step in flow.steps if step.hear_others}  # fmt: skip


def _other(code: str, line: str) -> Other:
    sound = SENT.search(line)
    return Other(code, SENT.sub("", line).strip(), sound[2] if sound else "")
