"""What people are told of sessions unasked: once each, by day, never after the session began.

A place that became free, a change, a session that does not take place; reminders two days and two
hours before; and to who led it, the wish for a report. One transaction each, as their rows stand.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from bot.dialogue import talk
from bot.dialogue.conversation import Invitation, Turn
from bot.dialogue.flow import Flow
from bot.dialogue.meeting import invites
from bot.dialogue.sessions import OWN_SESSION, said_when
from bot.gateway.broadcasts import reasons
from bot.gateway.house import House
from bot.gateway.programme import Offered
from bot.gateway.quiet import HOUR, for_event, not_before
from bot.gateway.rsvps import own_zones, plan_reminders
from bot.gateway.sit_with import NobodyThere, NotHere, Table, sit_with
from bot.gateway.templates import outside
from bot.gateway.unasked import tell_due, where_reachable
from bot.gateway.window import DROPPED, Beyond
from bot.language import N_
from bot.store import conversations, notices, participants, rsvps, sessions
from bot.store.notices import REMINDERS, Notice
from bot.store.sessions import Held
from channels.base import Template

REPORT = "report"
AT_ONCE = ("changed", "cancelled")  # a coordinator says it, and knows what time it is
STOPPED, NOBODY = reasons.STOPPED, reasons.NO_ADDRESS
CANCELLED, TOO_LATE = reasons.CALLED_OFF, reasons.TOO_LATE
ANOTHER_ANSWER = N_("gave another answer")
NOTHING = N_("there was nothing to say")


async def tell_news(house: House) -> int | None:
    """Tell what is due; return when the next thing is."""
    return await tell_due(house, notices, _tell)


def _tell(connection: Connection, house: House, one: Notice) -> None:
    moment = house.clock()
    participants.hold(connection, house.database, one.participant)
    if not notices.still_waits(connection, one):
        return  # another worker was here
    session = sessions.by_id(connection, one.session)
    if one.what == "place":
        _plan_for(connection, house, session, one)
    try:
        table = sit_with(connection, house, one.participant)
    except NotHere:
        _look_again(connection, session, one, moment)
        return
    except NobodyThere:
        notices.settle(connection, one.id, "void", NOBODY, moment)
        return
    void = _why_void(connection, table, session, one, moment)
    if void:
        notices.settle(connection, one.id, "void", void, moment)
        return
    at = _when(table, session, one, moment)
    if at is None:
        notices.settle(connection, one.id, "void", TOO_LATE, moment)
    elif at > moment:
        notices.postpone(connection, one.id, at)
    else:
        _tell_now(connection, table, session, one)


def _tell_now(connection: Connection, table: Table, session: Held, one: Notice) -> None:
    moment = table.sitting.moment
    found = where_reachable(table, lambda there: _template(connection, there, session, one))
    if found is None:
        _wait_for_their_word(connection, session, one, moment)
        return
    table, template = found
    turn = _say(connection, table, session, one, Beyond(template))
    table.sitting.write()
    if turn.prompts:
        participants.wrote_unasked(connection, [table.seat.id], moment)
    outcome = ("sent", "") if turn.prompts else ("void", NOTHING)
    notices.settle(connection, one.id, *outcome, moment)


def _template(connection: Connection, table: Table, session: Held, one: Notice) -> Template | None:
    """Return what says it where the window of a day is closed: of a session that takes place."""
    if one.what in ("cancelled", REPORT):
        return None
    house, person = table.sitting.house, table.seat.person
    seen, language = session.seen(), person.language
    values = {
        "about.title": seen.named(language),
        "about.date": said_when(session.begins_at, session.zone, language or "en"),
        "about.place": session.place,
    }
    return outside(connection, house, table.address.channel, "session", language, values)


def _plan_for(connection: Connection, house: House, session: Held, one: Notice) -> None:
    """Remind whoever came in from the waiting list like all others, also if nobody can be told."""
    people = participants.family(connection, participants.kept_of(connection, one.participant))
    state = rsvps.state_of(connection, people, session.id)
    consultation = house.library.consultation
    plan_reminders(connection, consultation, session, people, state, house.clock())


def _wait_for_their_word(connection: Connection, session: Held, one: Notice, moment: int) -> None:
    """Tell it once their window is open again; a reminder would come in the wrong hour."""
    if one.what in REMINDERS:
        notices.settle(connection, one.id, "void", DROPPED, moment)
    else:
        _look_again(connection, session, one, moment)


def _look_again(connection: Connection, session: Held, one: Notice, moment: int) -> None:
    """Look again in an hour, while it is worth telling."""
    later = moment + HOUR
    if one.what == REPORT or later < session.begins_at:
        notices.postpone(connection, one.id, later)
    else:
        notices.settle(connection, one.id, "void", TOO_LATE, moment)


def _why_void(connection: Connection, table: Table, session: Held, one: Notice, moment: int) -> str:
    """Say why this is no longer to be told, "" when it is."""
    if table.seat.person.stopped:
        return STOPPED
    if session.cancelled and one.what != "cancelled":
        return CANCELLED
    people = participants.family(connection, table.seat.id)
    if one.what == REPORT:
        return "" if session.facilitator in people else ANOTHER_ANSWER
    if one.what != "cancelled" and session.begins_at <= moment:
        return TOO_LATE
    state = rsvps.state_of(connection, people, session.id)
    wanted = ("coming", "perhaps") if one.what in REMINDERS else ("coming",)
    return ANOTHER_ANSWER if one.what not in AT_ONCE and state not in wanted else ""


def _when(table: Table, session: Held, one: Notice, moment: int) -> int | None:
    """Return when this may be told: now, by day, or None where the day comes too late for it."""
    if one.what in AT_ONCE:
        return moment
    consultation = table.sitting.programme.consultation
    zones = own_zones(table.seat.person.facts.get("time zone"), session, consultation)
    if one.what == REPORT:
        return not_before(moment, zones, consultation)
    by_day = for_event(moment, session.begins_at, zones, consultation)
    return by_day if by_day >= moment else moment if one.what == "place" else None


def _say(connection: Connection, table: Table, session: Held, one: Notice, beyond: Beyond) -> Turn:
    programme = table.sitting.programme
    if one.what == REPORT:
        return _ask_for_the_report(connection, table, session)
    people = participants.family(connection, table.seat.id)
    state = rsvps.state_of(connection, people, session.id)
    what = f"reminder_{state}" if one.what in REMINDERS else one.what
    flow = inviting_flow(programme)
    return table.take(
        lambda programme, person, scene: talk.tell_of_session(
            programme, person, scene, flow, session.code, what
        ),
        kind="reminder" if one.what in REMINDERS else "notice",
        rank=1,
        beyond=beyond,
    )


def _ask_for_the_report(connection: Connection, table: Table, session: Held) -> Turn:
    sitting, flow = table.sitting, report_flow(table.sitting.programme)
    if not flow:
        return Turn(table.seat.person)
    row = {
        "participant_id": table.seat.id,
        "flow": flow,
        "about": session.code,
        "state": "waiting",
        "made_at": sitting.moment,
    }
    conversations.invite(connection, sitting.house.database, [row])
    invitation = Invitation(flow, session.code, sitting.moment)
    return table.take(
        lambda programme, person, scene: talk.invite(programme, person, scene, invitation),
        kind="notice",
        rank=1,
    )


def inviting_flow(programme: Offered) -> str:
    """Return the flow in which people say whether they come, "" where there is none."""
    return _flow(programme, invites)


def report_flow(programme: Offered) -> str:
    """Return the flow in which who led a session reports on it, "" where there is none."""
    return _flow(programme, lambda flow: flow.about == OWN_SESSION)


def _flow(programme: Offered, fits: Callable[[Flow], bool]) -> str:
    source = programme.consultation.source
    current = programme.current.items()
    return next((name for name, one in current if fits(programme.flow(one, source))), "")
