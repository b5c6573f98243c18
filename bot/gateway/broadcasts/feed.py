"""Recipients become deliveries, a few seconds ahead of the pace: the outbox never swells.

Each is looked at once more: who stopped, whose address has gone, whose night it is, whose window
has closed. Whoever is not written to has a reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from bot.dialogue import talk
from bot.dialogue.conversation import Invitation
from bot.dialogue.draft import language_of
from bot.dialogue.preferring import FACT
from bot.gateway.broadcasts import reasons
from bot.gateway.broadcasts.meetings import no_longer, session_of
from bot.gateway.broadcasts.plan import HELD, Row, row_of
from bot.gateway.broadcasts.topical import invitation_of, told_since_opened
from bot.gateway.broadcasts.whom import NOW_MS
from bot.gateway.broadcasts.words import prompts_of
from bot.gateway.house import House
from bot.gateway.outcome import say
from bot.gateway.quiet import not_before, zones_of
from bot.gateway.sitting import Seat, Sitting
from bot.gateway.templates import invitation
from bot.gateway.window import DROP, Beyond, is_open
from bot.store import conversations, participants
from bot.store.fast import many
from bot.store.participants import Address
from bot.store.sessions import Held
from bot.store.tables import addresses, deliveries, recipients
from channels.base import Template

AT_A_TIME = 50  # in one transaction, behind which a reply may have to wait: a tenth of a second
RANK = 2


@dataclass(frozen=True)
class Fate:
    """What became of a recipient; `promised` is whether deliveries say so from now on."""

    state: str = "waiting"
    reason: str = ""
    not_before: int = 0
    promised: bool = False
    address: Address | None = None
    language: str = ""
    template: bool = False  # goes out in the place of the message


def feed(connection: Connection, house: House, number: int, channel: str, limit: int) -> int:
    """Take the next recipients of a channel; return how many were taken."""
    row = row_of(connection, number, hold=True)
    if row.state != "running":
        return 0
    moment = house.clock()
    query = _due.limit(min(limit, AT_A_TIME))
    given = {"b_id": number, "b_channel": channel, "b_now": moment}
    wanted = {one.participant_id: one for one in connection.execute(query, given)}
    if not wanted:
        return 0
    house.database.hold_participants(connection, wanted)
    sitting = Sitting(connection, house, moment)
    sitting.load(wanted)
    known = _addresses(connection, wanted)
    session, abouts = session_of(connection, row.plan), dict.fromkeys(wanted, row.plan.session)
    sealed = _offered(connection, sitting, row, wanted, abouts)
    if session is not None:
        void = no_longer(connection, session, wanted, moment)
        sealed |= {owner: Fate("skipped", reason) for owner, reason in void.items()}
    fates = {
        owner: sealed.get(owner)
        or _in_time(session, _reach(
            sitting, row, sitting.seats.get(owner), known.get(owner, []), one, abouts[owner]
        ))
        for owner, one in wanted.items()
    }  # fmt: skip
    _write(connection, row, fates, moment)
    sitting.write()
    return len(wanted)


def _offered(
    connection: Connection, sitting: Sitting, row: Row, wanted: Iterable[int],
    abouts: dict[int, str],
) -> dict[int, Fate]:  # fmt: skip
    """Invite people to the topic of their week; return the fates that are sealed by it."""
    if not row.plan.topics:
        return {}
    phases = sitting.programme.consultation.phases
    phase = next(one for one in phases if one.code == row.plan.phase)
    told = told_since_opened(connection, phase.code, wanted, row.id)
    fates: dict[int, Fate] = {}
    rows: list[dict[str, object]] = []
    for owner, seat in sitting.seats.items():
        invited = invitation_of(sitting, seat, phase, told, row.id)
        if invited.reason:
            fates[owner] = Fate("skipped", invited.reason)
            continue
        about = invited.invitation.about
        rows.append(
            {
                "participant_id": owner,
                "flow": phase.flow,
                "about": about,
                "broadcast_id": row.id,
                "state": "waiting",
                "made_at": sitting.moment,
            }
        )
        if row.plan.quietly:
            fates[owner] = Fate("skipped", reasons.QUIETLY)
        abouts[owner] = about
    conversations.invite(connection, sitting.house.database, rows)
    return fates


def _in_time(session: Held | None, fate: Fate) -> Fate:
    """Leave out who would hear of a session only in the morning, when it has begun."""
    if session is None or not session.begins_at <= fate.not_before < HELD:
        return fate
    return Fate("skipped", reasons.TOO_LATE)


_due = (
    select(recipients.c.participant_id, recipients.c.address_id, recipients.c.language)
    .where(
        recipients.c.broadcast_id == bindparam("b_id"),
        recipients.c.channel == bindparam("b_channel"),
        recipients.c.state == "waiting",
        recipients.c.promised_at.is_(None),
        recipients.c.not_before <= bindparam("b_now"),
    )
    .order_by(recipients.c.not_before, recipients.c.participant_id)
)


@dataclass(frozen=True)
class Reached:
    """An address, and when it was last heard from."""

    address: Address
    last_in_at: int | None


def _addresses(connection: Connection, ids: Mapping[int, Any]) -> dict[int, list[Reached]]:
    found: dict[int, list[Reached]] = {}
    heard = dict(
        connection.execute(
            select(addresses.c.id, addresses.c.last_in_at).where(
                addresses.c.participant_id.in_(list(ids))
            )
        ).all()
    )
    for one in participants.addresses_of(connection, ids):
        found.setdefault(one.participant, []).append(Reached(one, heard.get(one.id)))
    return found


def _reach(
    sitting: Sitting, row: Row, seat: Seat | None, known: Sequence[Reached], wanted: Any, about: str
) -> Fate:
    """Promise a message to someone, or say why not, or when."""
    house, plan = sitting.house, row.plan
    good = [one for one in known if one.address.state == "good"
            and one.address.channel in house.channels]  # fmt: skip
    chosen = next((one for one in good if one.address.id == wanted.address_id), None) or next(
        iter(good), None
    )
    if seat is None or seat.person.stopped or seat.stopped_at is not None:
        return Fate("skipped", reasons.STOPPED)
    if chosen is None:
        return Fate("skipped", reasons.NO_ADDRESS)
    if plan.spare_talks and _talking(seat, sitting.moment):
        return Fate("skipped", reasons.TALKING)
    if not plan.any_hour and not plan.to:
        consultation = house.library.consultation
        numbers = [
            one.address.open(house.seal) for one in known
            if one.address.channel in participants.NUMBERED
        ]  # fmt: skip
        zones = zones_of(seat.person.facts, numbers, consultation)
        morning = not_before(sitting.moment, zones, consultation)
        if morning > sitting.moment:
            return Fate(not_before=morning)
    if _closed(house, chosen, sitting.moment):
        return _past_window(sitting, row, seat, good, chosen, about)
    return _promise(sitting, row, seat, chosen.address, about)


def _talking(seat: Seat, moment: int) -> bool:
    return any(
        one.state == "open" and one.touched_at >= moment - NOW_MS
        for one in seat.person.conversations
    )


def _closed(house: House, chosen: Reached, moment: int) -> bool:
    """Say whether a channel lets us write to them only with a template now."""
    return not is_open(house.can(chosen.address.channel), chosen.last_in_at, moment)


def _past_window(
    sitting: Sitting, row: Row, seat: Seat, good: Sequence[Reached], chosen: Reached, about: str
) -> Fate:
    """A window that has closed: by SMS instead, or when they write, or not at all."""
    plan = row.plan
    others = [one for one in good if not _closed(sitting.house, one, sitting.moment)]
    sms = next((one for one in others if sitting.house.can(one.address.channel).unit == "segment"),
               None)  # fmt: skip
    if plan.by_sms and sms is not None:
        return _promise(sitting, row, seat, sms.address, about)
    if (template := _template(sitting, row, seat, chosen.address)) is not None:
        return _promise(sitting, row, seat, chosen.address, about, Beyond(template))
    if plan.hold:
        return Fate(reason=reasons.WINDOW, not_before=HELD, address=chosen.address)
    return Fate("skipped", reasons.WINDOW)


def _template(sitting: Sitting, row: Row, seat: Seat, address: Address) -> Template | None:
    """Return what may go out where the window is closed."""
    language = language_of(sitting.programme, seat.person, sitting.scene(seat, address.channel))
    plan = row.plan
    return invitation(
        sitting.connection, sitting.house, address.channel, language, plan.flow, plan.template
    )


def _promise(
    sitting: Sitting, row: Row, seat: Seat, address: Address, about: str, beyond: Beyond = DROP
) -> Fate:
    scene = sitting.scene(seat, address.channel)
    programme, person, plan = sitting.programme, seat.person, row.plan
    language = language_of(programme, person, scene)
    if plan.flow and not (plan.texts or plan.audio):
        invitation = Invitation(plan.flow, about, sitting.moment, str(row.id))
        turn = talk.invite(programme, person, scene, invitation)
    else:
        can = sitting.house.can(address.channel)
        listens = person.facts.get(FACT) in ("yes", "only")
        said = prompts_of(sitting.house, plan, language, can, listens=listens)
        turn = talk.announce(programme, person, scene, said)
    if not turn.prompts:
        return Fate("skipped", reasons.IN_IT if plan.flow else reasons.NEVER_CONSENTED)
    say(sitting, seat, turn.prompts, address, kind="broadcast", rank=RANK, broadcast=row.id,
        beyond=beyond)  # fmt: skip
    return Fate(promised=True, address=address, language=language,
                template=beyond.template is not None)  # fmt: skip


_settled = (
    update(recipients)
    .where(
        recipients.c.broadcast_id == bindparam("b_id"),
        recipients.c.participant_id == bindparam("b_owner"),
    )
    .values(
        state=bindparam("b_state"),
        reason=bindparam("b_reason"),
        not_before=func.coalesce(bindparam("b_not_before"), recipients.c.not_before),
        promised_at=bindparam("b_promised_at"),
        address_id=func.coalesce(bindparam("b_address"), recipients.c.address_id),
        channel=func.coalesce(bindparam("b_channel"), recipients.c.channel),
        language=func.coalesce(bindparam("b_language"), recipients.c.language),
        template=bindparam("b_template"),
        at=bindparam("b_at"),
    )
)


def _write(connection: Connection, row: Row, fates: Mapping[int, Fate], moment: int) -> None:
    many(connection, _settled, [
        {
            "b_id": row.id,
            "b_owner": owner,
            "b_state": fate.state,
            "b_reason": fate.reason,
            "b_not_before": fate.not_before or None,
            "b_promised_at": moment if fate.promised else None,
            "b_address": fate.address.id if fate.address else None,
            "b_channel": fate.address.channel if fate.address else None,
            "b_language": fate.language or None,
            "b_template": fate.template,
            "b_at": moment,
        }
        for owner, fate in fates.items()
    ])  # fmt: skip
    told = [owner for owner, fate in fates.items() if fate.promised]
    participants.wrote_unasked(connection, told, moment)


def ahead(connection: Connection, channel: str) -> int:
    """Return how many of all broadcasts' deliveries wait in the outbox of a channel."""
    query = select(func.count()).where(
        deliveries.c.state == "waiting", deliveries.c.channel == channel, deliveries.c.rank == RANK
    )
    return connection.scalar(query) or 0


def wake_held(connection: Connection, number: int, moment: int) -> int:
    """Let those go on who have written since they were held; return how many."""
    written = (
        select(addresses.c.id)
        .where(addresses.c.id == recipients.c.address_id)
        .where(addresses.c.last_in_at >= recipients.c.at)
        .correlate(recipients)
    )
    query = (
        update(recipients)
        .where(
            recipients.c.broadcast_id == number,
            recipients.c.state == "waiting",
            recipients.c.promised_at.is_(None),
            recipients.c.not_before == HELD,
            written.exists(),
        )
        .values(not_before=moment, reason="")
    )
    return connection.execute(query).rowcount
