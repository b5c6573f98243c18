"""One transaction's worth of people: loaded together, talked with, written back together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection

from bot.dialogue.conversation import Conversation, Person, Scene
from bot.dialogue.flow import Outcome
from bot.dialogue.reply import Prompt
from bot.dialogue.sessions import Session
from bot.gateway.house import House
from bot.gateway.joining import known_network, link_to_pass_on
from bot.gateway.later import Later
from bot.gateway.pagelinks import heard_on_page, listens_on_page
from bot.gateway.programme import Offered
from bot.gateway.reading.making import held
from bot.store import (
    conversations,
    deliveries,
    keeping,
    participants,
    persons,
    reminders,
    sent,
    sessions,
    showings,
)
from bot.store.participants import Address
from bot.store.wire import NewDelivery
from channels.base import Capabilities, Outgoing

PAGE_MS = 60_000  # after which whoever has not seen an answer on their page gets it by SMS
NUMBERED_AT_ONCE = 3  # choices that fit into one SMS in any alphabet


@dataclass
class Seat:
    """One participant at the table."""

    id: int
    person: Person
    rows: dict[str, tuple[int, Conversation]]  # conversation key → its row, and as it was loaded
    invitations: dict[tuple[str, str], list[int]]  # (flow, about) → its rows
    stopped_at: int | None
    trial: bool
    handed_at: int | None = None  # when the open question was first given to the provider
    unseen: bool = False  # it was dropped: its window was closed
    changed: bool = False
    outcomes: tuple[Outcome, ...] = ()  # of what they said, where a talk may tell them
    owners: dict[str, int] = field(default_factory=dict)  # conversation key → who began it, if
    # that was somebody who is one with this person now: it stays theirs, so that it can be undone

    def owner(self, conversation: str) -> int:
        """Return whose a conversation is, by its key."""
        return self.owners.get(conversation, self.id)

    @property
    def open_key(self) -> str:
        """The key of the question that is open, "" for none."""
        talks = self.person.conversations
        return next((one.open_key for one in talks if one.state == "open" and one.open_key), "")


@dataclass
class Written:
    """What a transaction will write, gathered by kind."""

    answers: list[keeping.Said | keeping.Gone] = field(default_factory=list)  # as they came
    facts: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)
    promised: list[NewDelivery] = field(default_factory=list)
    reminders: list[dict[str, Any]] = field(default_factory=list)
    taken_up: list[int] = field(default_factory=list)
    shown: list[tuple[int, str]] = field(default_factory=list)  # who heard which contribution
    wakes: set[str] = field(default_factory=set)  # work that was written already


class Sitting:
    """People at the table, within one transaction; `courtesies` go out after it, unwritten."""

    def __init__(self, connection: Connection, house: House, moment: int) -> None:
        self.connection = connection
        self.house = house
        self.moment = moment
        self.programme: Offered = house.programmes.programme(
            connection, moment, trials=not house.leaves_trials_out
        )
        self.seats: dict[int, Seat] = {}
        self.written = Written()
        self.courtesies: list[tuple[str, Outgoing]] = []
        self.forgetting: list[int] = []
        self.refusing: set[int] = set()  # who said no just now: of them only the no is kept
        self.unwanted: set[int] = set()  # who said no before, and sent a recording all the same
        self.drawn: Counter[str] = Counter()  # contributions that are to be heard by someone here
        self.speaking: dict[int, int] = {}  # address → who speaks on it since a moment ago
        self.trace: str | None = None  # of the message whose turn is taken
        self._links: dict[tuple[str, str], str] = {}  # network, channel → how others join
        self.on_page: set[int] = set()  # addresses whose person speaks on a page just now
        self.shown_on_page: dict[tuple[int, int, str], list[Prompt]] = {}  # in this turn, so far
        self.shared: set[int] = set()  # addresses of this batch that several people use
        self.came_from: dict[int, str] = {}  # address → itself, as messages of this batch say it

    def load(self, ids: Iterable[int]) -> None:
        """Load people with their conversations and invitations."""
        wanted = [key for key in ids if key not in self.seats]
        if not wanted:
            return
        linked = participants.linked_to(self.connection, wanted)
        people = [*wanted, *linked]
        stored = defaultdict(list)
        for one in conversations.load(self.connection, people, self.moment):
            stored[linked.get(one.participant, one.participant)].append(one)
        invited = defaultdict(list)
        for row_id, owner, invitation in conversations.waiting_invitations(self.connection, people):
            invited[linked.get(owner, owner)].append((row_id, invitation))
        revisions = {one.conversation.revision for own in stored.values() for one in own}
        self.house.programmes.bring(self.connection, revisions)
        for key, row in persons.states(self.connection, wanted).items():
            self.seats[key] = self._seat(row, stored[key], invited[key])
        self._find_outcomes(wanted)
        self._ask_when_handed_over(wanted)

    def _seat(self, row: Any, stored: list[Any], invited: list[Any]) -> Seat:
        owner, _pseudonym, state, trial, stopped_at = row
        # One conversation a key: of linked people two may just have ended.
        own = {one.conversation.key: one for one in stored}
        person = msgspec.structs.replace(
            persons.open_state(self.house.seal, state),
            conversations=tuple(one.conversation for one in own.values()),
            invitations=tuple({(one.flow, one.about): one for _, one in invited}.values()),
        )
        rows = {key: (one.id, one.conversation) for key, one in own.items()}
        waiting = defaultdict(list)
        for row_id, one in invited:
            waiting[one.flow, one.about].append(row_id)
        theirs = {key: one.participant for key, one in own.items() if one.participant != owner}
        return Seat(owner, person, rows, waiting, stopped_at, bool(trial), owners=theirs)

    def _find_outcomes(self, ids: Iterable[int]) -> None:
        """Find what became of what people said, where a talk of theirs may tell them."""
        told, programme = self.house.programmes.told(), self.programme
        if not told.outcomes:
            return
        telling = [flow for flow in programme.open_flows
                   if programme.tells(programme.current.get(flow, ""))]  # fmt: skip
        people = [key for key in ids if key in self.seats and self._may_hear(key, telling)]
        for key, outcomes in (told.of(self.connection, people) if people else {}).items():
            self.seats[key].outcomes = outcomes

    def _may_hear(self, key: int, telling: Iterable[str]) -> bool:
        person = self.seats[key].person
        over = person.done.keys() - set(person.put_off)
        return any(flow not in over for flow in telling) or any(
            talk.state != "ended" and self.programme.tells(talk.revision)
            for talk in person.conversations
        )

    def _ask_when_handed_over(self, ids: Iterable[int]) -> None:
        open_questions = {
            key: open_key
            for key in ids
            if key in self.seats and (open_key := self.seats[key].open_key)
        }
        for key, at in sent.reached(self.connection, open_questions).items():
            self.seats[key].handed_at = at
            self.seats[key].unseen = at is None

    def scene(self, seat: Seat, channel: str, hint: str = "", name: str = "") -> Scene:
        """Return what a turn of this person may know besides the programme."""
        can, page = self.house.can(channel), listens_on_page(self.house, seat.person, channel)
        return Scene(
            now=self.moment,
            channel=channel,
            reads_aloud=self._reads_aloud(seat, can),
            plays_sound=can.plays_sound or page,
            buttons=can.buttons > 0 or page,
            at_once=max(can.buttons, can.list_items) or NUMBERED_AT_ONCE,
            handed_at=seat.handed_at,
            unseen=seat.unseen,
            burst_ms=self.house.burst_ms,
            locale_hint=hint,
            display_name=name,
            outcomes=seat.outcomes,
            link=self._link(seat.person, channel.partition(":")[-1] or channel),
            sessions=Later(partial(self._sessions, seat.id)),
        )

    def _reads_aloud(self, seat: Seat, can: Capabilities) -> bool:
        reader = self.house.reader
        language = seat.person.language or self.programme.consultation.source
        heard = "voice" in can.carries or heard_on_page(self.house, can)
        return reader is not None and heard and reader.speaks(language)

    def _sessions(self, owner: int) -> Mapping[str, Session]:
        people = participants.family(self.connection, owner)
        return sessions.seen_by(self.connection, people, self.moment)

    def _link(self, person: Person, kind: str) -> str:
        """Return how others join through this person's network, "" if there is no way."""
        network = str(person.facts.get("network", ""))
        if (network, kind) not in self._links:
            known = network if known_network(self.programme.consultation, network) else ""
            self._links[network, kind] = link_to_pass_on(
                known, kind, self.house.private_links, self.house.public_url
            )
        return self._links[network, kind]

    # --- writing back ------------------------------------------------------------------------

    def write(self) -> set[str]:
        """Write everything; return the kinds of work that it made."""
        changed = {key: seat for key, seat in self.seats.items() if seat.changed}
        self._write_people(changed)
        self._write_conversations(changed)
        out, moment = self.written, self.moment
        keeping.keep(self.connection, out.answers, moment)
        participants.write_facts(self.connection, out.facts)
        participants.write_consents(self.connection, out.consents)
        reminders.plan(self.connection, self.house.database, out.reminders)
        if out.taken_up:
            conversations.take_up(self.connection, out.taken_up, moment)
        promised = held(self.connection, out.promised, moment, self.house.reading_wait_ms)
        deliveries.promise(self.connection, self.house.seal, promised, moment)
        showings.shown(self.connection, out.shown, moment)
        wakes = ({"outbox"} if out.promised else set()) | out.wakes
        return wakes | ({"reminders"} if out.reminders else set())

    def _write_people(self, changed: dict[int, Seat]) -> None:
        people = {key: seat.person for key, seat in changed.items()}
        stopped = {key: seat.stopped_at for key, seat in changed.items()}
        persons.save(self.connection, self.house.seal, people, stopped, self.moment)

    def _write_conversations(self, changed: dict[int, Seat]) -> None:
        updated, begun = [], []
        for owner, seat in changed.items():
            for one in seat.person.conversations:
                row = seat.rows.get(one.key)
                if row is None:
                    begun.append((owner, one))
                elif row[1] is not one and row[1] != one:
                    updated.append(conversations.Stored(row[0], owner, one))
        conversations.change(self.connection, updated)
        conversations.begin(self.connection, self.house.database, begun)

    def let_go(self, ids: Iterable[int]) -> None:
        """Write people down as they are now, and load them anew when they are needed again."""
        seats = {key: self.seats.pop(key) for key in ids if key in self.seats}
        changed = {key: seat for key, seat in seats.items() if seat.changed}
        self._write_people(changed)
        self._write_conversations(changed)

    def open(self, address: Address) -> str:
        """Return an address itself; of who writes just now it came with the message."""
        return self.came_from.get(address.id) or address.open(self.house.seal)

    def take_back(self, seat: Seat) -> None:
        """Promise nothing more of what earlier messages of this batch led to."""
        left = [one for one in self.written.promised if one.participant != seat.id]
        self.written.promised[:] = left

    def promise(self, owner: int, address: Address, outgoing: Outgoing, **more: Any) -> None:
        """Promise a message to an address; who is on a page hears it there first."""
        if address.id in self.on_page:
            more |= {"not_before": self.moment + PAGE_MS, "reason": deliveries.ON_PAGE}
        body = msgspec.json.encode(outgoing)
        self.written.promised.append(
            NewDelivery(owner, address.id, address.channel, outgoing=body, trace=self.trace, **more)
        )
