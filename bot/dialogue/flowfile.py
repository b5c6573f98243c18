"""A flow file as a Flow: its head, its steps, its endings, and the lists it goes through."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from bot.dialogue.fault import Complaints, as_name, nearest_or_all
from bot.dialogue.flow import (
    AGENDA,
    OWN_ANSWERS,
    Choice,
    Consultation,
    Document,
    Ending,
    Flow,
    Item,
    Step,
    Test,
)
from bot.dialogue.order import Order
from bot.dialogue.reading import (
    check_name,
    is_reserved,
    number,
    one_of,
    sentence,
    several_words,
    table,
    words,
)
from bot.dialogue.sessions import OWN_SESSION, SESSION
from bot.dialogue.stepfile import Around, StepReader
from bot.dialogue.translate import Sentence, sentences
from bot.dialogue.yamlnodes import Entry, Table, read_table

KEYS = ("title", "phase", "language", "keywords", "about", "minutes", "steps", "endings")
SPOKEN_LANGUAGE = "spoken language"
# Empty here, filled while we run.
FROM_THE_STORE = ("topics", "statements", SESSION, OWN_ANSWERS)
ABOUT = (OWN_SESSION, "topics")


def load_flow(
    text: str,
    file: str,
    consultation: Consultation | None = None,
    lists: Mapping[str, tuple[Item, ...]] | None = None,
    documents: Mapping[str, Document] | None = None,
) -> Flow:
    """Make a Flow, in the language it is written in, out of a file's text; `file` names it.

    `lists` are what its blocks may run over, `documents` what it may attach. Raises Faults with
    everything that is wrong.
    """
    complaints = Complaints(file)
    reader = _FlowReader(complaints, consultation, dict(lists or {}), dict(documents or {}))
    flow = reader.read(read_table(text, complaints), _stem(file))
    complaints.insist()
    return flow


def flow_sentences(text: str, file: str) -> tuple[Sentence, ...]:
    """Return what is to be translated of a flow file, whatever else may be wrong with it."""
    complaints = Complaints(file)
    reader = _FlowReader(complaints, None, {}, {})
    return tuple(sentences(reader.read(read_table(text, complaints), _stem(file))))


def _stem(file: str) -> str:
    return file.rpartition("/")[2].rpartition(".")[0] or file


class _FlowReader:
    """Reads one file; whatever is wrong goes to the complaints."""

    def __init__(
        self,
        complaints: Complaints,
        consultation: Consultation | None,
        lists: dict[str, tuple[Item, ...]],
        documents: dict[str, Document],
    ) -> None:
        self.complaints = complaints
        self.consultation = consultation
        self.offered = offered_lists(consultation, lists)
        self.lists = {
            **dict.fromkeys(FROM_THE_STORE, ()),
            **{name: _as_items(choices) for name, choices in self.offered.items()},
            **lists,
        }
        self.documents = documents

    def read(self, top: Table, name: str) -> Flow:
        entries = {entry.key: entry for entry in top.entries}
        self._check_keys(top)
        endings = self._endings(entries.get("endings"))
        steps = self._steps(entries.get("steps"), endings)
        about = self._about(entries.get("about"))
        wanted = [*_loops(steps), about]
        lists = {each: self.lists[each] for each in wanted if each in self.lists}
        return Flow(
            name=name,
            title=self._title(entries.get("title")),
            language=self._language(entries.get("language")),
            phase=self._phase(entries.get("phase")),
            keywords=self._keywords(entries.get("keywords")),
            about=about,
            minutes=self._minutes(entries.get("minutes")),
            steps=steps,
            endings=endings,
            lists=lists,
            documents=self._documents_of(steps, lists),
        )

    def _check_keys(self, top: Table) -> None:
        for entry in top.entries:
            if entry.key not in KEYS:
                self.complaints.add(
                    entry.line, f'there is no key "{entry.key}"', nearest_or_all(entry.key, KEYS)
                )
        for key in ("title", "steps", "endings") if top.entries else ():
            if top.get(key) is None:
                self.complaints.add(1, f'this flow has no "{key}"', f'add "{key}:"')

    def _title(self, entry: Entry | None) -> str:
        return sentence(entry, self.complaints) if entry else ""

    def _minutes(self, entry: Entry | None) -> int:
        return number(entry, self.complaints, "minute") if entry else 0

    def _about(self, entry: Entry | None) -> str:
        return one_of(entry, ABOUT, self.complaints, "thing to talk about") if entry else ""

    def _language(self, entry: Entry | None) -> str:
        source = self.consultation.source if self.consultation else ""
        language = words(entry, self.complaints) if entry else source or "fr"
        if entry and source and language != source:
            self.complaints.add(
                entry.line,
                f'this flow is written in "{language}", the consultation in "{source}"',
                f'write "language: {source}"; the others are translated in the catalogues',
            )
        return language

    def _phase(self, entry: Entry | None) -> str:
        if entry is None:
            return ""
        if self.consultation is None or not self.consultation.phases:
            return words(entry, self.complaints)
        known = [phase.code for phase in self.consultation.phases]
        return one_of(entry, known, self.complaints, "phase of the consultation")

    def _keywords(self, entry: Entry | None) -> tuple[str, ...]:
        if entry is None:
            return ()
        found = several_words(entry, self.complaints)
        for each in found:
            if is_reserved(each.text):
                self.complaints.add(
                    each.line, f'the keyword "{each.text}" means something else at any time',
                    "choose another word",
                )  # fmt: skip
        return tuple(each.text for each in found)

    def _endings(self, entry: Entry | None) -> tuple[Ending, ...]:
        if entry is None:
            return ()
        found = []
        for each in table(entry, self.complaints, "the endings").entries:
            check_name(each.key, each.line, "an ending", self.complaints)
            found.append(Ending(each.key, sentence(each, self.complaints), each.line))
        return tuple(found)

    def _steps(self, entry: Entry | None, endings: Sequence[Ending]) -> tuple[Step, ...]:
        if entry is None:
            return ()
        languages = self.consultation.languages if self.consultation else ("fr", "en", "es")
        around = Around(self.offered, frozenset(self.lists), self.documents, languages)
        drafts = StepReader(around, self.complaints).steps(entry)
        return Order(endings, self.offered, languages, self.complaints).check(drafts)

    def _documents_of(
        self, steps: Sequence[Step], lists: Mapping[str, tuple[Item, ...]]
    ) -> dict[str, Document]:
        wanted = {step.attach for step in every_step(steps)}
        wanted |= {item.document for items in lists.values() for item in items}
        return {code: each for code, each in self.documents.items() if code in wanted}


def with_spoken_language(flow: Flow, consultation: Consultation) -> Flow:
    """Add the last question of every flow: who has spoken is asked in which language.

    Nothing is added where the consultation does not ask, or the flow does by itself.
    """
    ask = consultation.spoken_language.get(consultation.source, "")
    asked = {step.keep_as for step in every_step(flow.steps)}
    if not ask or SPOKEN_LANGUAGE in asked:
        return flow
    has_spoken = Test("person", "person", "has spoken")
    is_unknown = Test(SPOKEN_LANGUAGE, "fact", "is unknown")
    last = Step(
        as_name(SPOKEN_LANGUAGE), ask=ask, answer="text or voice", optional=True,
        keep_as=SPOKEN_LANGUAGE, only_if=(is_unknown, has_spoken),
    )  # fmt: skip
    return replace(flow, steps=(*flow.steps, last))


def offered_lists(
    consultation: Consultation | None, lists: Mapping[str, tuple[Item, ...]]
) -> dict[str, tuple[Choice, ...]]:
    """Return every list that choices can come from, in the source's language."""
    offered = {
        name: tuple(Choice(item.code, item.title) for item in items if not item.hidden)
        for name, items in lists.items()
    }
    if consultation:
        offered |= {
            name: by_language.get(consultation.source, ())
            for name, by_language in consultation.lists.items()
        }
        offered["networks"] = tuple(Choice(net.code, net.title) for net in consultation.networks)
    return offered


def _as_items(choices: Sequence[Choice]) -> tuple[Item, ...]:
    return tuple(Item(choice.code, title=choice.label) for choice in choices)


def every_step(steps: Sequence[Step]) -> list[Step]:
    """Return all steps, those inside blocks behind their block."""
    return [each for step in steps for each in (step, *every_step(step.steps))]


def _loops(steps: Sequence[Step]) -> list[str]:
    """Name the lists that blocks run over; the choices of a step may be items of a list too."""
    source = {step.name: step.choices_from for step in steps}
    names = [step.for_each for step in steps if step.for_each]
    if OWN_ANSWERS in names:
        names.append(AGENDA)  # in a section of which an answer may stand
    return list(dict.fromkeys(source.get(name.removeprefix("choice of "), name) for name in names))
