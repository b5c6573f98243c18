"""A session announced to those near it: everybody gets an outcome, as with a phase."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from bot.dialogue import talk
from bot.dialogue.conversation import Invitation
from bot.dialogue.sessions import near
from bot.gateway.broadcasts.reasons import NEVER_CONSENTED, TRIAL
from bot.gateway.house import House
from bot.gateway.outcome import put_down
from bot.gateway.session_news import NOBODY, STOPPED, inviting_flow
from bot.gateway.sitting import Seat, Sitting
from bot.gateway.templates import invitation, is_closed_without
from bot.gateway.window import DROPPED, Beyond
from bot.language import N_
from bot.store import conversations, participants, rsvps
from bot.store.participants import Address
from bot.store.sessions import Held
from bot.store.tables import broadcasts, deliveries, recipients
from bot.store.tables import participants as people_table
from channels.base import Template

CHUNK = 200
NOT_NEAR = N_("another region or language")
TOLD = N_("knows of it already")
NOTHING = N_("there was nothing to say")
Chunk = dict[int, Address | None]  # participant → the address to write to


class NotOpen(Exception):
    """Sessions are announced while their phase is open: use `palabre phase open`, or --quiet."""


@dataclass(frozen=True)
class Reach:
    """Whom an announcement would reach, and why not the others."""

    reached: int
    by_channel: dict[str, int]
    by_language: dict[str, int]
    excluded: dict[str, int]


def preview(connection: Connection, house: House, session: Held) -> Reach:
    """Count whom the announcement of a session would reach."""
    channels: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    excluded: Counter[str] = Counter()
    for chunk in _chunks(connection):
        sitting = Sitting(connection, house, house.clock())
        sitting.load(chunk)
        for owner, address in chunk.items():
            seat = sitting.seats[owner]
            reason = _why_not(sitting, seat, address, session)
            if reason or address is None:
                excluded[reason or NOBODY] += 1
            else:
                channels[address.channel] += 1
                languages[seat.person.language] += 1
    return Reach(channels.total(), dict(channels), dict(languages), dict(excluded))


def refuse_unless_open(connection: Connection, house: House) -> None:
    """Raise NotOpen where nobody could say now whether they come."""
    programme = Sitting(connection, house, house.clock()).programme
    if inviting_flow(programme) not in programme.open_flows:
        raise NotOpen(NotOpen.__doc__)


def announce(connection: Connection, house: House, session: Held) -> int:
    """Invite those near a session and write to them; return the broadcast's id. Raises NotOpen."""
    refuse_unless_open(connection, house)
    moment = house.clock()
    flow = inviting_flow(Sitting(connection, house, moment).programme)
    made = insert(broadcasts).returning(broadcasts.c.id)
    row = {"kind": "session", "flow": flow, "rule": session.code, "state": "running",
           "made_at": moment}  # fmt: skip
    broadcast: int = connection.scalars(made, row).one()
    for chunk in _chunks(connection):
        _reach(connection, house, session, flow, chunk, broadcast)
    ended = update(broadcasts).where(broadcasts.c.id == broadcast)
    connection.execute(ended.values(state="done", ended_at=moment))
    return broadcast


def _chunks(connection: Connection) -> list[Chunk]:
    """Return everybody once, with the address last heard from, in chunks."""
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


def _why_not(sitting: Sitting, seat: Seat, address: Address | None, session: Held) -> str:
    """Say why someone is not written to, "" when they are."""
    person = seat.person
    if seat.trial and sitting.house.leaves_trials_out:
        return TRIAL
    if person.stopped:
        return STOPPED
    if person.facts.get("consent to take part") != "yes":
        return NEVER_CONSENTED
    one = {session.code: session.seen()}
    language = person.language or sitting.programme.consultation.source
    if not near(one, person.facts, language, sitting.moment):
        return NOT_NEAR
    people = participants.family(sitting.connection, seat.id)
    if rsvps.state_of(sitting.connection, people, session.id):
        return TOLD
    here = sitting.house.channels
    if address is None or address.state != "good" or address.channel not in here:
        return NOBODY
    template = _template(sitting, seat, address)
    return DROPPED if is_closed_without(address, sitting.house, template) else ""


def _template(sitting: Sitting, seat: Seat, address: Address) -> Template | None:
    """Return what invites where the window of a day is closed."""
    flow, language = inviting_flow(sitting.programme), seat.person.language
    return invitation(sitting.connection, sitting.house, address.channel, language, flow)


def _reach(
    connection: Connection, house: House, session: Held, flow: str, chunk: Chunk, broadcast: int
) -> None:
    moment = house.clock()
    house.database.hold_participants(connection, chunk)
    sitting = Sitting(connection, house, moment)
    sitting.load(chunk)
    outcomes, invited = [], []
    for owner, address in chunk.items():
        seat = sitting.seats[owner]
        reason = _why_not(sitting, seat, address, session)
        if reason in ("", NOBODY, DROPPED):  # who cannot be reached now finds the invitation later
            invited.append(_invitation(owner, flow, session.code, broadcast, moment))
        if not reason and address is not None:
            reason = _say(sitting, seat, address, flow, session.code, broadcast)
        outcomes.append({
            "broadcast_id": broadcast,
            "participant_id": owner,
            "state": "skipped" if reason else "waiting",
            "reason": reason,
            "at": moment,
            "promised_at": None if reason else moment,
            "address_id": address.id if address else None,
            "channel": address.channel if address else "",
            "language": seat.person.language,
        })  # fmt: skip
    conversations.invite(connection, house.database, invited)
    if outcomes:
        connection.execute(insert(recipients), outcomes)
    sitting.write()


def _invitation(owner: int, flow: str, code: str, broadcast: int, moment: int) -> dict[str, object]:
    return {
        "participant_id": owner,
        "flow": flow,
        "about": code,
        "broadcast_id": broadcast,
        "state": "waiting",
        "made_at": moment,
    }


def _say(
    sitting: Sitting, seat: Seat, address: Address, flow: str, code: str, broadcast: int
) -> str:
    """Announce a session to someone, or say why there is nothing to announce."""
    scene = sitting.scene(seat, address.channel)
    invitation = Invitation(flow, code, sitting.moment, str(broadcast))
    turn = talk.invite(sitting.programme, seat.person, scene, invitation)
    beyond = Beyond(_template(sitting, seat, address))
    put_down(sitting, seat, turn, address, kind="broadcast", rank=2, broadcast=broadcast,
             beyond=beyond)  # fmt: skip
    if turn.prompts:
        participants.wrote_unasked(sitting.connection, [seat.id], sitting.moment)
    return "" if turn.prompts else NOTHING


def outcomes(connection: Connection, broadcast: int) -> dict[str, int]:
    """Return outcome → how many: where a message stands, or why there was none."""
    written_to = (
        select(deliveries.c.state, func.count(func.distinct(deliveries.c.participant_id)))
        .where(deliveries.c.broadcast_id == broadcast)
        .group_by(deliveries.c.state)
    )
    counts = {row[0]: int(row[1]) for row in connection.execute(written_to)}
    skipped = select(recipients.c.reason, func.count()).where(
        recipients.c.broadcast_id == broadcast, recipients.c.state == "skipped"
    )
    for reason, count in connection.execute(skipped.group_by(recipients.c.reason)):
        counts[f"skipped: {reason}"] = int(count)
    return counts
