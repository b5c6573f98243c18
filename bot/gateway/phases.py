"""The calendar: opening a phase invites people and announces it; each one has an outcome."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from bot.dialogue import talk
from bot.dialogue.conversation import Invitation
from bot.dialogue.flow import Consultation, Item, Phase
from bot.gateway.house import House
from bot.gateway.outcome import put_down
from bot.gateway.programme import phase_states
from bot.gateway.sitting import Seat, Sitting
from bot.gateway.week import as_if_opened, began_at, drop_old_invitations, topic_of
from bot.language import N_
from bot.store import conversations, participants
from bot.store.database import Database
from bot.store.participants import Address, note
from bot.store.tables import broadcasts, deliveries, phases, recipients
from bot.store.tables import participants as people_table

CHUNK = 200
NEVER_CONSENTED = N_("has not agreed to take part")
STOPPED = N_("said stop")
NO_ADDRESS = N_("no address that can be reached")
NOT_CONCERNED = N_("another role")
DONE = N_("has taken part already")
IN_IT = N_("is answering already")
TOLD = N_("was told already")
QUIETLY = N_("opened quietly")
# How a recipient may stand: the states of a delivery, and "skipped" with one of the reasons above.
STATES = (
    *(N_("waiting"), N_("sending"), N_("sent"), N_("delivered"), N_("read")),
    *(N_("failed"), N_("skipped"), N_("perhaps"), N_("cancelled")),
)
Chunk = dict[int, Address | None]  # participant → the address to write to
TRIAL = N_("only tried it out")


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


@dataclass(frozen=True)
class Preview:
    """Whom opening a phase would reach, and why not the others."""

    reached: int
    by_channel: dict[str, int]
    by_language: dict[str, int]
    excluded: dict[str, int]


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
    told = _told_since_opened(connection, phase)
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
                languages[seat.person.language] += 1
    return Preview(channels.total(), dict(channels), dict(languages), dict(excluded))


def close(connection: Connection, house: House, phase: Phase) -> None:
    """Close a phase: talks that are open in it may still be ended, none begins."""
    _set_state(connection, house, phase, "closed")


def open_quietly(connection: Connection, house: House, phase: Phase) -> int:
    """Open a phase and announce it to nobody; return the broadcast's id."""
    return _open(connection, house, phase, announces=False)


def open_and_announce(connection: Connection, house: House, phase: Phase) -> int:
    """Open a phase; everybody gets an outcome, those concerned an invitation and a message."""
    return _open(connection, house, phase, announces=True)


def _open(connection: Connection, house: House, phase: Phase, *, announces: bool) -> int:
    if not phase.flow:
        raise NoFlow(NoFlow.__doc__)
    told = _told_since_opened(connection, phase)
    _set_state(connection, house, phase, "open")
    moment = house.clock()
    broadcast: int = connection.execute(
        insert(broadcasts).returning(broadcasts.c.id),
        {
            "kind": "phase",
            "phase": phase.code,
            "flow": phase.flow,
            "body": msgspec.json.encode(phase.announce).decode(),
            "state": "running",
            "made_at": moment,
        },
    ).scalar_one()
    drop_old_invitations(
        connection, house.programmes.programme(connection, house.clock()), phase.flow, moment
    )
    for chunk in _chunks(connection):
        _reach(connection, house, phase, chunk, broadcast, told, announces=announces)
    connection.execute(
        update(broadcasts).where(broadcasts.c.id == broadcast).values(state="done", ended_at=moment)
    )
    return broadcast


def _set_state(connection: Connection, house: House, phase: Phase, state: str) -> None:
    if phase_states(connection).get(phase.code) == state:
        return
    moment = house.clock()
    database = house.database
    statement = database.upsert(phases, ("code",), ("state", "changed_at"))
    row = {"code": phase.code, "state": state, "changed_at": moment}
    connection.execute(statement, [row])
    note(connection, moment, "coordinator", f"phase {state}", phase.code)


def _told_since_opened(connection: Connection, phase: Phase) -> dict[int, int]:
    """Return to whom an open phase was announced since it was opened, and when last."""
    today = func.coalesce(people_table.c.merged_into, people_table.c.id)
    query = (
        select(today, func.max(broadcasts.c.made_at))
        .select_from(recipients)
        .join(people_table, people_table.c.id == recipients.c.participant_id)
        .join(broadcasts, broadcasts.c.id == recipients.c.broadcast_id)
        .join(phases, phases.c.code == broadcasts.c.phase)
        .where(
            phases.c.code == phase.code,
            phases.c.state == "open",
            broadcasts.c.made_at >= phases.c.changed_at,
            recipients.c.state == "waiting",
        )
        .group_by(today)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


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
    person, topic = seat.person, topic_of(sitting, seat, phase)
    if seat.id in told and told[seat.id] >= began_at(sitting, topic):
        return TOLD
    if seat.trial and sitting.house.leaves_trials_out:
        return TRIAL
    if person.stopped:
        return STOPPED
    if person.facts.get("consent to take part") != "yes":
        return NEVER_CONSENTED
    if phase.roles and person.facts.get("role") not in phase.roles:
        return NOT_CONCERNED
    if _key(phase, topic) in person.done:
        return DONE
    here = sitting.house.channels
    if address is None or address.state != "good" or address.channel not in here:
        return NO_ADDRESS
    return ""


def _reach(
    connection: Connection, house: House, phase: Phase, chunk: Chunk, broadcast: int,
    told: Mapping[int, int], *, announces: bool,
) -> None:  # fmt: skip
    moment = house.clock()
    house.database.hold_participants(connection, chunk)
    sitting = Sitting(connection, house, moment)
    sitting.load(chunk)
    outcomes, invited = [], []
    for owner, address in chunk.items():
        seat = sitting.seats[owner]
        reason = _why_not(sitting, seat, address, phase, told)
        topic = topic_of(sitting, seat, phase)
        invitation = Invitation(phase.flow, topic.code if topic else "", moment, str(broadcast))
        if reason in ("", NO_ADDRESS):
            invited.append(_invitation(owner, invitation, broadcast))
        if not reason and address is not None:
            reason = _announce(sitting, seat, address, invitation) if announces else QUIETLY
        outcomes.append({
            "broadcast_id": broadcast,
            "participant_id": owner,
            "state": "skipped" if reason else "waiting",
            "reason": reason,
            "at": moment,
        })  # fmt: skip
    conversations.invite(connection, house.database, invited)
    if outcomes:
        connection.execute(insert(recipients), outcomes)
    sitting.write()


def _key(phase: Phase, topic: Item | None) -> str:
    return f"{phase.flow}/{topic.code}" if topic else phase.flow


def _invitation(owner: int, invitation: Invitation, broadcast: int) -> dict[str, object]:
    return {
        "participant_id": owner,
        "flow": invitation.flow,
        "about": invitation.about,
        "broadcast_id": broadcast,
        "state": "waiting",
        "made_at": invitation.made_at,
    }


def _announce(sitting: Sitting, seat: Seat, address: Address, invitation: Invitation) -> str:
    """Announce a phase to someone, or say why there is nothing to announce."""
    scene = sitting.scene(seat, address.channel)
    turn = talk.invite(sitting.programme, seat.person, scene, invitation)
    put_down(sitting, seat, turn, address, kind="broadcast", rank=2,
             broadcast=int(invitation.broadcast))  # fmt: skip
    return "" if turn.prompts else IN_IT


def outcomes(connection: Connection, broadcast: int) -> dict[str, int]:
    """Return state → how many recipients of a broadcast stand so now.

    A recipient whose message was promised stands as the worst of that person's deliveries.
    """
    waiting = select(recipients.c.participant_id).where(
        recipients.c.broadcast_id == broadcast, recipients.c.state == "waiting"
    )
    query = (
        select(deliveries.c.state, func.count(func.distinct(deliveries.c.participant_id)))
        .where(deliveries.c.broadcast_id == broadcast, deliveries.c.participant_id.in_(waiting))
        .group_by(deliveries.c.state)
    )
    counts = {row[0]: int(row[1]) for row in connection.execute(query).all()}
    skipped = select(recipients.c.reason, func.count()).where(
        recipients.c.broadcast_id == broadcast, recipients.c.state == "skipped"
    )
    for reason, count in connection.execute(skipped.group_by(recipients.c.reason)).all():
        counts[f"skipped: {reason}"] = count
    return counts
