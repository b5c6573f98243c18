"""What can be talked about now: the files on disk, the phases' states, and older revisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Connection, select

from bot.dialogue.conversation import Conversation
from bot.dialogue.flow import OWN_ANSWERS, Bundle, Consultation, Flow, Outcome
from bot.dialogue.topics import has_topics
from bot.gateway.figures import Asked, Figures, Ledger
from bot.store import conversations, topics
from bot.store.database import Database
from bot.store.fast import found
from bot.store.outcomes import Told
from bot.store.tables import phases


class Texts(Protocol):
    """What the flows' folder and the catalogues hold now."""

    @property
    def consultation(self) -> Consultation:
        """The consultation, as its file says."""

    @property
    def phrases(self) -> Mapping[str, Mapping[str, str]]:
        """What the bot itself says: language → key → sentence."""

    @property
    def bundles(self) -> Mapping[str, Bundle]:
        """The revisions on disk, by hash."""

    @property
    def current(self) -> Mapping[str, str]:
        """Flow name → the revision on disk."""

    @property
    def structures(self) -> Mapping[str, str]:
        """Revision → the hash of its steps, codes and conditions without the texts."""

    @property
    def outcomes(self) -> Sequence[Outcome]:
        """What became of what people said, as the drafters' table says."""


@dataclass(frozen=True)
class Offered:
    """A Programme: everything that a turn may read besides the person."""

    consultation: Consultation
    phrases: Mapping[str, Mapping[str, str]]
    current: Mapping[str, str]
    open_flows: tuple[str, ...]
    bundles: Mapping[str, Bundle]
    structures: Mapping[str, str]
    figures: Figures = field(default_factory=dict)
    opened_topics: Mapping[str, int] = field(default_factory=dict)  # topic → when

    def flow(self, revision: str, language: str) -> Flow:
        """Return the flow of a revision in a language, the source's where it has none."""
        bundle = self.bundles[revision]
        return bundle.flows.get(language) or bundle.flows[bundle.source]

    def revision_for(self, conversation: Conversation) -> str:
        """Return the revision on disk if only its texts differ, else the conversation's own."""
        newest = self.current.get(conversation.flow, conversation.revision)
        same = self.structures.get(newest) == self.structures.get(conversation.revision)
        return newest if same else conversation.revision

    def tells(self, revision: str) -> bool:
        """Say whether a flow may tell people what became of what they said."""
        bundle = self.bundles.get(revision)
        return bundle is not None and OWN_ANSWERS in bundle.flows[bundle.source].lists


def as_shipped(texts: Texts) -> Offered:
    """Return the programme of a house where nobody opened or closed anything yet."""
    open_flows = tuple(
        phase.flow for phase in texts.consultation.phases if phase.flow and phase.ships == "open"
    )
    return Offered(texts.consultation, texts.phrases, texts.current, open_flows,
                   texts.bundles, texts.structures)  # fmt: skip


class Programmes:
    """Puts the programme together; keeps older revisions once they were needed."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self._bundles: dict[str, Bundle] = {}
        self._structures: dict[str, str] = {}
        self.ledger = Ledger()
        self._told = Told(())

    def programme(self, connection: Connection, moment: int, *, trials: bool = True) -> Offered:
        """Return the programme as it stands now; its figures count `trials` or leave them out."""
        texts = self.texts
        current = texts.current  # before its bundles: the files may be read again meanwhile
        states = phase_states(connection)
        open_flows = tuple(
            phase.flow
            for phase in texts.consultation.phases
            if phase.flow and states.get(phase.code, phase.ships) == "open"
        )
        self._bundles.update(texts.bundles)
        self._structures.update(texts.structures)
        return Offered(texts.consultation, texts.phrases, current, open_flows,
                       self._bundles, self._structures,
                       Asked(self.ledger, connection, moment, trials=trials),
                       self._opened_topics(connection, open_flows))  # fmt: skip

    def _opened_topics(self, connection: Connection, open_flows: tuple[str, ...]) -> dict[str, int]:
        """Read them only while a flow that has topics is open."""
        here = (self.texts.bundles[self.texts.current[name]] for name in open_flows)
        if any(has_topics(bundle.flows[bundle.source]) for bundle in here):
            return topics.opened(connection)
        return {}

    def bring(self, connection: Connection, revisions: Iterable[str]) -> None:
        """Bring older revisions from the store."""
        for revision in set(revisions) - self._bundles.keys():
            found = conversations.load_revision(connection, revision)
            if found:
                self._structures[revision], self._bundles[revision] = found

    def told(self) -> Told:
        """Return what became of what people said, laid out for finding."""
        outcomes = self.texts.outcomes
        if self._told.outcomes is not outcomes:
            self._told = Told(outcomes)
        return self._told

    def keep(self, connection: Connection, database: Database, moment: int) -> None:
        """Write down the revisions on disk, so that talks begun with them can go on."""
        for key, bundle in self.texts.bundles.items():
            conversations.save_revision(
                connection, database, key, self.texts.structures[key], bundle, moment
            )


def phase_states(connection: Connection) -> dict[str, str]:
    """Return phase code → open, closed or planned."""
    return {row[0]: row[1] for row in found(connection, _states, {})}


_states = select(phases.c.code, phases.c.state)
