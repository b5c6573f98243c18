"""A broadcast that announces a session: whom it does not concern, or no longer."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, false, func, or_, select

from bot.gateway.broadcasts import reasons
from bot.gateway.broadcasts.plan import Plan
from bot.store import choosing, participants, rsvps, sessions
from bot.store.choosing import Condition
from bot.store.sessions import Held
from bot.store.tables import participants as people_table
from bot.store.tables import rsvps as answers
from bot.store.tables import sessions as sessions_table

UNKNOWN = '""'  # as JSON: a region that nobody told concerns everybody


def not_concerned(plan: Plan) -> list[tuple[Condition, str]]:
    """Say whom a session is not announced to, and why; nobody where it is none."""
    if not plan.session:
        return []
    return [(_elsewhere(plan), reasons.NOT_NEAR), (_answered(plan), reasons.KNOWS)]


def _elsewhere(plan: Plan) -> Condition:
    region: Condition = false()
    if plan.region:
        near = (UNKNOWN, msgspec.json.encode(plan.region).decode())
        region = func.coalesce(choosing.fact("region"), UNKNOWN).not_in(near)
    if not plan.languages:
        return region
    return or_(region, people_table.c.language.not_in(plan.languages))


def _answered(plan: Plan) -> Condition:
    this = select(sessions_table.c.id).where(sessions_table.c.code == plan.session)
    here = answers.c.session_id == this.scalar_subquery()
    return choosing.any_of_theirs(answers.c.participant_id, here)


def no_longer(
    connection: Connection, session: Held, people: Iterable[int], moment: int
) -> dict[int, str]:
    """Return who need not hear of a session any more, as it stands now, and why."""
    wanted = list(people)
    if session.cancelled:
        return dict.fromkeys(wanted, reasons.CALLED_OFF)
    if session.begins_at <= moment:
        return dict.fromkeys(wanted, reasons.TOO_LATE)
    linked = participants.linked_to(connection, wanted)
    known = rsvps.answered(connection, [*wanted, *linked], session.id)
    return {linked.get(one, one): reasons.KNOWS for one in known}


def session_of(connection: Connection, plan: Plan) -> Held | None:
    """Return the session that is announced, None where it is none."""
    return sessions.find(connection, plan.session) if plan.session else None
