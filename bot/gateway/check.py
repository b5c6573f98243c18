"""What `palabre check` finds: faults, warnings, and figures by flow, language and channel."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.dialogue.fault import Fault
from bot.dialogue.flow import Choice, Flow, Step
from bot.dialogue.placeholders import OFTEN_EMPTY
from bot.dialogue.stepcheck import MEANS_ELSE, wrong_label
from bot.dialogue.words import plain
from bot.gateway.catalogue import po_path
from bot.gateway.library import Flaw, Library
from bot.gateway.render import draw
from bot.gateway.speaking import Coverage, coverage
from bot.gateway.walk import Exchanges, WalkedTurn, every, exchanges, labels_of, turns
from channels.base import Capabilities
from channels.capabilities import BY_NAME
from channels.segments import forcing, segments

FIRST_MESSAGE = 300  # characters
FIRST_SMS = 2  # segments
SUMMARY_SMS = 3  # segments
TURN_SMS = 10  # segments: beyond it no carrier joins them
# A sentence that stops after one of these was meant to go on.
HANGING = frozenset(
    ("de", "du", "des", "chez", "par", "avec", "pour", "au", "aux", "of", "from", "by", "with")
) | {"for", "at", "del", "con", "en", "desde"}


@dataclass(frozen=True)
class Figure:
    """What one flow costs in one language on one channel.

    `longest` in characters; `segments_least` if only what everybody is asked is asked,
    `segments_most` if everything is; 0 where the channel does not count segments.
    """

    flow: str
    language: str
    channel: str
    exchanges: Exchanges
    longest: int
    longest_step: str
    segments_first: int = 0
    segments_least: int = 0
    segments_most: int = 0
    messages_back: int = 0  # from a person who is asked only what everybody is
    dear_letters: str = ""  # that push a text out of the cheap alphabet


@dataclass(frozen=True)
class Report:
    """Everything that was found; only faults make the check fail."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    figures: tuple[Figure, ...]
    heard: tuple[Coverage, ...] = ()  # by flow of a phase and language

    @property
    def exit_status(self) -> int:
        """1 if there are faults, else 0."""
        return 1 if self.faults else 0


def check(library: Library, channels: Mapping[str, Capabilities] = BY_NAME) -> Report:
    """Look at every flow in every language on every channel. Give a tolerant library."""
    faults = [*library.faults, *_broken(library)]
    warnings = list(_untranslated(library))
    figures = []
    for name in library.current:
        for language in library.consultation.languages:
            one = _One(library, library.flow(name, language))
            faults += one.faults()
            warnings += one.warnings(channels)
            figures += [one.figure(channel, can) for channel, can in channels.items()]
    warnings += _summaries(library)
    heard = coverage(library)
    warnings += _unheard(library, heard)
    return Report(
        tuple(sorted(set(faults))), tuple(sorted(set(warnings))),
        tuple(sorted(figures, key=_order)), tuple(heard),
    )  # fmt: skip


def _order(figure: Figure) -> tuple[str, str, str]:
    return figure.flow, figure.language, figure.channel


# --- catalogues ---


def _broken(library: Library) -> Iterator[Fault]:
    """Name the translations that lost or renamed a placeholder, where the translator wrote them."""
    for language in library.consultation.languages:
        for flaw in library.flaws(language):
            if flaw.state == "broken":
                own = flaw.file == library.contents.own_file
                domain = "palabre" if own else library.consultation.name
                held = library.contents.own_translations if own else library.contents.translations
                path = po_path(library.locales, language, domain).relative_to(library.locales)
                yield Fault(
                    f"{library.locales.name}/{path.as_posix()}",
                    held[language].lines.get(flaw.sentence.text, 1),
                    f"the translation does not have the placeholders of {_place(flaw)}",
                    "use the same {words} in braces as the original",
                )


def _place(flaw: Flaw) -> str:
    return f"{flaw.file}:{flaw.sentence.line}"


def _untranslated(library: Library) -> Iterator[Fault]:
    """Sum up, file by file, what a language lacks."""
    for language in library.consultation.languages:
        by_file: dict[tuple[str, str], list[Flaw]] = {}
        for flaw in library.flaws(language):
            if flaw.state != "broken":
                by_file.setdefault((flaw.file, flaw.state), []).append(flaw)
        for (file, state), flaws in by_file.items():
            lines = sorted({flaw.sentence.line for flaw in flaws})
            some = ", ".join(map(str, lines[:5])) + (" …" if len(lines) > 5 else "")
            yield Fault(
                file, lines[0], f"{language}: {len(flaws)} sentences are {state} (lines {some})",
                "translate them in locales/, after `palabre translate update`",
            )  # fmt: skip


def _summaries(library: Library) -> Iterator[Fault]:
    """Find the summaries that cost too much by SMS."""
    held = library.contents
    listed = {item.summary: item.code for flow in held.flows.values()
              for items in flow.lists.values() for item in items}  # fmt: skip
    for file, sentences in held.sentences.items():
        for each in sentences:
            count = segments(each.text) if each.text in listed else 0
            if count > SUMMARY_SMS:
                yield Fault(
                    file, each.line, f'the summary of "{each.step}" takes {count} SMS segments',
                    f"keep it within {SUMMARY_SMS}",
                )  # fmt: skip


def _unheard(library: Library, heard: Iterable[Coverage]) -> Iterator[Fault]:
    """Find the recordings that are not used, or that nobody checked."""
    for one in heard:
        file = library.contents.paths[one.flow]
        for sound in one.sounds:
            name, language = sound.words.of, sound.words.language
            if sound.state == "recording stale" or sound.aside:
                now = "the speech engine" if sound.state == "spoken" else "no recording"
                what = f'{language}: the recording of "{name}" reads other words: {now} is heard'
                yield Fault(file, 1, what, "record it anew: palabre recording add")
            elif sound.state == "unchecked":
                what = f'{language}: nobody checked the recording of "{name}"'
                yield Fault(file, 1, what, "palabre recording adopt")


# --- one flow in one language ---


class _One:
    """One flow in one language."""

    def __init__(self, library: Library, flow: Flow) -> None:
        self.flow = flow
        self.file = library.contents.paths[flow.name]
        self.languages = library.consultation.languages
        self.link = f"https://example.org/d/{{}}?{flow.language}".format

    def _fault(self, line: int, what: str, remedy: str = "") -> Fault:
        return Fault(self.file, line, f"{self.flow.language}: {what}", remedy)

    def faults(self) -> Iterator[Fault]:
        """Find the labels that a translation made mean something else, or the same."""
        for step, choices in labels_of(self.flow):
            texts = [text for each in choices for text in (each.label, each.short) if text]
            for text in texts:
                if wrong_label(text, step, self.languages):
                    what = f'step "{step.name}" offers "{text}", {MEANS_ELSE}'
                    yield self._fault(step.line, what, "choose other words in the catalogue")
            yield from self._twins(step, choices)

    def _twins(self, step: Step, choices: Iterable[Choice]) -> Iterator[Fault]:
        seen: dict[str, str] = {}
        for each in choices:
            other = seen.setdefault(plain(each.label), each.code)
            if other != each.code:
                what = f'step "{step.name}": "{other}" and "{each.code}" both read "{each.label}"'
                yield self._fault(step.line, what, "give them different words")

    def warnings(self, channels: Mapping[str, Capabilities]) -> Iterator[Fault]:
        """Find what works, but badly."""
        yield from self._first_message()
        yield from self._dear_turns()
        yield from self._asks_twice()
        yield from self._nothing_attached()
        yield from self._reads_badly()
        yield from self._long_labels(channels)

    def _first_message(self) -> Iterator[Fault]:
        for turn in list(turns(self.flow, everything=False))[:1]:
            drawn = self._messages(turn, BY_NAME["telegram"])
            length, count = len("\n".join(drawn)), self._segments(turn)
            if length > FIRST_MESSAGE:
                what = f"the first message has {length} characters"
                yield self._fault(turn.line, what, f"keep it within {FIRST_MESSAGE}")
            if count > FIRST_SMS:
                what = f"the first message takes {count} SMS segments"
                yield self._fault(turn.line, what, f"keep it within {FIRST_SMS}")

    def _dear_turns(self) -> Iterator[Fault]:
        for turn in turns(self.flow, everything=True):
            if (count := self._segments(turn)) > TURN_SMS:
                what = f'what is said at "{turn.step}" takes {count} SMS segments'
                yield self._fault(turn.line, what, f"keep it within {TURN_SMS}, or it is cut")

    def _asks_twice(self) -> Iterator[Fault]:
        for step in every(self.flow.steps):
            if step.keep_as != "language" and step.ask.count("?") > 1:
                what = f'step "{step.name}" asks two things'
                yield self._fault(step.line, what, "make it two steps")

    def _nothing_attached(self) -> Iterator[Fault]:
        for step in every(self.flow.steps):
            found = self.flow.documents.get(step.attach)
            if found and not found.files:
                what = f'step "{step.name}" attaches "{step.attach}", which has no file here'
                yield self._fault(step.line, what, "add the file, or it is passed over")

    def _reads_badly(self) -> Iterator[Fault]:
        """Look at each text as it is when nothing is known of the person."""
        for step in every(self.flow.steps):
            for text in (step.say, step.ask, step.more):
                yield from self._hanging(text, step.line)
        for ending in self.flow.endings:
            yield from self._hanging(ending.text, ending.line)

    def _hanging(self, text: str, line: int) -> Iterator[Fault]:
        for name in OFTEN_EMPTY:
            before, found, _ = text.partition(f"{{{name}}}")
            last = plain(before.rpartition("\n")[2]).rpartition(" ")[2]
            if found and (last in HANGING or before.rstrip(" ").endswith(":")):
                yield self._fault(
                    line, f"where {{{name}}} is empty, a sentence stops short",
                    "put it where the sentence can do without it",
                )  # fmt: skip

    def _long_labels(self, channels: Mapping[str, Capabilities]) -> Iterator[Fault]:
        for step, choices in labels_of(self.flow):
            for channel, can in channels.items():
                most = _room(choices, step, can)
                long = [each.label for each in choices if most and _too_long(each, most)]
                if long:
                    what = f'step "{step.name}": {len(long)} labels are too long for {channel}'
                    remedy = f'"{long[0]}": add a short form of {most} signs, "label | short"'
                    yield self._fault(step.line, what, remedy)

    # --- figures ---

    def figure(self, channel: str, can: Capabilities) -> Figure:
        """Measure the flow on a channel."""
        silent = not can.plays_sound
        fully = list(turns(self.flow, everything=True, silent=silent))
        lengths = [(len(text), turn.step) for turn in fully for text in self._messages(turn, can)]
        longest, step = max(lengths, default=(0, ""))
        by_segment = can.unit == "segment"
        usual = [self._segments(turn) for turn in turns(self.flow, everything=False, silent=silent)]
        letters = "".join(self._text(turn, can) for turn in fully)
        return Figure(
            self.flow.name, self.flow.language, channel, exchanges(self.flow), longest, step,
            segments_first=usual[0] if by_segment and usual else 0,
            segments_least=sum(usual) if by_segment else 0,
            messages_back=max(0, len(usual) - 1) if by_segment else 0,
            segments_most=sum(map(self._segments, fully)) if by_segment else 0,
            dear_letters=forcing(letters) if by_segment else "",
        )  # fmt: skip

    def _messages(self, turn: WalkedTurn, can: Capabilities) -> list[str]:
        link: Callable[[str], str] = self.link
        drawn = draw(turn.prompts, can, "", "", link)
        return [each.outgoing.text for each in drawn if each.outgoing.do == "send"]

    def _text(self, turn: WalkedTurn, can: Capabilities) -> str:
        return "\n".join(self._messages(turn, can))

    def _segments(self, turn: WalkedTurn) -> int:
        return sum(segments(text) for text in self._messages(turn, BY_NAME["sms"]) if text)


def _room(choices: tuple[Choice, ...], step: Step, can: Capabilities) -> int:
    """Return how many signs a label may have on a channel; 0 where it stands in the text."""
    offered = len(choices) + (step.choose != "one")
    if offered <= can.buttons:
        return can.button_label
    return can.list_label if offered <= can.list_items else 0


def _too_long(choice: Choice, most: int) -> bool:
    return len(choice.label) > most and not 0 < len(choice.short) <= most
