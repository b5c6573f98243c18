"""The calendar: opening a phase invites people and announces it; each one has an outcome."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.dialogue.flow import Consultation, Phase
from bot.dialogue.topics import has_topics
from bot.gateway.broadcasts import reasons
from bot.gateway.broadcasts.plan import Plan, make
from bot.gateway.broadcasts.preview import Preview
from bot.gateway.broadcasts.preview import preview as preview_of
from bot.gateway.broadcasts.topical import invitation_of, told_since_opened
from bot.gateway.house import House
from bot.gateway.programme import Offered, phase_states
from bot.gateway.sitting import Seat, Sitting
from bot.gateway.templates import invitation, is_closed_without
from bot.gateway.week import as_if_opened, drop_old_invitations
from bot.store import participants
from bot.store.database import Database
from bot.store.participants import Address, note
from bot.store.tables import participants as people_table
from bot.store.tables import phases

CHUNK = 200
Chunk = dict[int, Address | None]  # participant → the address to write to


class NoSuchPhase(Exception):
    """There is no such phase; `palabre phase list` shows them."""


class NoFlow(Exception):
    """This phase has no flow in this consultation, so there is nothing to open."""


@dataclass(frozen=True)
class Line:
    """One line of the calendar."""

    code: str
    state: str
    opens: str
    closes: str
    title: str


def set_up(
    connection: Connection, database: Database, consultation: Consultation, moment: int
) -> None:
    """Write the states that ship, for phases that are not known yet."""
    rows = [
        {"code": phase.code, "state": phase.ships, "changed_at": moment}
        for phase in consultation.phases
    ]
    database.insert_new(connection, phases, rows)


def calendar(connection: Connection, consultation: Consultation, language: str) -> list[Line]:
    """Return the phases in order."""
    states = phase_states(connection)
    return [
        Line(
            phase.code, states.get(phase.code, phase.ships), phase.opens, phase.closes,
            phase.title.get(language) or phase.title.get(consultation.source, phase.code),
        )
        for phase in consultation.phases
    ]  # fmt: skip


def find(consultation: Consultation, code: str) -> Phase:
    """Return a phase. Raises NoSuchPhase."""
    for phase in consultation.phases:
        if phase.code == code:
            return phase
    raise NoSuchPhase(NoSuchPhase.__doc__)


def preview(
    connection: Connection, house: House, phase: Phase, topics: Collection[str] = ()
) -> Preview:
    """Count whom opening would reach, with these topics opened besides. Raises NoTopic."""
    programme = house.programmes.programme(connection, house.clock())
    if not _has_topics(programme, phase):
        return preview_of(connection, house, _plan(phase), "")
    told = told_since_opened(connection, phase.code)
    channels: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    excluded: Counter[str] = Counter()
    for chunk in _chunks(connection):
        sitting = Sitting(connection, house, house.clock())
        sitting.programme = as_if_opened(sitting.programme, topics, sitting.moment)
        sitting.load(chunk)
        for owner, address in chunk.items():
            seat = sitting.seats[owner]
            reason = _why_not(sitting, seat, address, phase, told)
            if reason or address is None:
                excluded[reason] += 1
            else:
                channels[address.channel] += 1
                languages[seat.person.language or programme.consultation.source] += 1
    return Preview(channels.total(), dict(channels), dict(languages), dict(excluded))


def _has_topics(programme: Offered, phase: Phase) -> bool:
    source = programme.consultation.source
    return bool(phase.flow) and has_topics(programme.flow(programme.current[phase.flow], source))


def close(connection: Connection, house: House, phase: Phase) -> None:
    """Close a phase: talks that are open in it may still be ended, none begins."""
    _set_state(connection, house, phase, "closed")


def open_quietly(connection: Connection, house: House, phase: Phase) -> int:
    """Open a phase; its broadcast makes invitations and tells nobody. Returns its id."""
    return _open(connection, house, phase, announces=False)


def open_and_announce(connection: Connection, house: House, phase: Phase) -> int:
    """Open a phase; its broadcast invites and tells those concerned. Returns its id."""
    return _open(connection, house, phase, announces=True)


def _open(connection: Connection, house: House, phase: Phase, *, announces: bool) -> int:
    if not phase.flow:
        raise NoFlow(NoFlow.__doc__)
    _set_state(connection, house, phase, "open")
    programme = house.programmes.programme(connection, house.clock())
    drop_old_invitations(connection, programme, phase.flow, house.clock())
    plan = _plan(phase, quietly=not announces, topics=_has_topics(programme, phase))
    return make(connection, plan, "", house.clock(), texts=phase.announce)


def _plan(phase: Phase, *, quietly: bool = False, topics: bool = False) -> Plan:
    """Return how a phase is announced: at once, to those whom it concerns."""
    return Plan(flow=phase.flow, phase=phase.code, roles=phase.roles, any_hour=True,
                quietly=quietly, topics=topics)  # fmt: skip


def _set_state(connection: Connection, house: House, phase: Phase, state: str) -> None:
    if phase_states(connection).get(phase.code) == state:
        return
    moment = house.clock()
    database = house.database
    statement = database.upsert(phases, ("code",), ("state", "changed_at"))
    row = {"code": phase.code, "state": state, "changed_at": moment}
    connection.execute(statement, [row])
    note(connection, moment, "coordinator", f"phase {state}", phase.code)


def _chunks(connection: Connection) -> list[Chunk]:
    """Return everybody once, with the address last heard from, in chunks.

    Of those who share a phone, only who speaks on it now has an address.
    """
    query = select(people_table.c.id).where(
        people_table.c.merged_into.is_(None), people_table.c.forgotten_at.is_(None)
    )
    ids = list(connection.scalars(query.order_by(people_table.c.id)))
    chunks = []
    for start in range(0, len(ids), CHUNK):
        chunk: Chunk = dict.fromkeys(ids[start : start + CHUNK])
        for one in reversed(participants.addresses_of(connection, chunk)):
            chunk[one.participant] = one
        chunks.append(chunk)
    return chunks


def _why_not(
    sitting: Sitting, seat: Seat, address: Address | None, phase: Phase, told: Mapping[int, int]
) -> str:
    """Say why someone is not written to, "" when they are. Nobody is told twice of one thing."""
    person = seat.person
    invited = invitation_of(sitting, seat, phase, told, 0)
    if invited.reason == reasons.TOLD:
        return reasons.TOLD
    if seat.trial and sitting.house.leaves_trials_out:
        return reasons.TRIAL
    if person.stopped:
        return reasons.STOPPED
    if person.facts.get("stay in touch") == "no":
        return reasons.NO_MORE
    if person.facts.get("consent to take part") != "yes":
        return reasons.NEVER_CONSENTED
    if phase.roles and person.facts.get("role") not in phase.roles:
        return reasons.NOT_CONCERNED
    if invited.reason:
        return invited.reason
    here = sitting.house.channels
    if address is None or address.state != "good" or address.channel not in here:
        return reasons.NO_ADDRESS
    house, language = sitting.house, person.language
    template = invitation(sitting.connection, house, address.channel, language, phase.flow)
    return reasons.WINDOW if is_closed_without(address, house, template) else ""
