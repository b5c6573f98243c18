"""Sessions added, changed and cancelled: what may be said of one, and who must be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from bot.gateway.broadcasts import control
from bot.gateway.broadcasts.plan import rows
from bot.gateway.house import House
from bot.gateway.rsvps import plan_reminders
from bot.gateway.session_news import CANCELLED, REPORT
from bot.gateway.session_wishes import OverAlready, Wish, read_change
from bot.store import notices, participants, rsvps, sessions
from bot.store.notices import REMINDERS
from bot.store.sessions import Held

TOLD = ("title", "place", "zone", "begins_at")  # a change of these is told to those who come
LATER = ("coming", "waiting", "perhaps")  # who is told of a change


class NoSuchSession(Exception):
    """There is no such session; `palabre session list` shows them."""


@dataclass(frozen=True)
class Changed:
    """What came of a change: the session, and since when people are told of it."""

    session: Held
    since: int
    told: bool = False
    let_in: int = 0


@dataclass(frozen=True)
class Line:
    """A session in the list, with how many answered what."""

    session: Held
    facilitator: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    state: str = "planned"  # planned, over, cancelled


# --- looking ----------------------------------------------------------------------------------


def find(connection: Connection, code: str) -> Held:
    """Return a session. Raises NoSuchSession."""
    found = sessions.find(connection, code)
    if found is None:
        raise NoSuchSession(NoSuchSession.__doc__)
    return found


def listed(connection: Connection, moment: int) -> list[Line]:
    """Return all sessions, the soonest first."""
    counts = rsvps.counts(connection)
    return [
        _line(connection, one, counts.get(one.id, {}), moment)
        for one in sessions.everything(connection)
    ]


def shown(connection: Connection, code: str, moment: int) -> Line:
    """Return one session with its counts. Raises NoSuchSession."""
    one = find(connection, code)
    return _line(connection, one, rsvps.counts(connection).get(one.id, {}), moment)


def _line(connection: Connection, one: Held, counts: Mapping[str, int], moment: int) -> Line:
    state = "cancelled" if one.cancelled else "over" if one.ends_at <= moment else "planned"
    return Line(one, sessions.pseudonym_of_facilitator(connection, one), counts, state)


# --- doing it ---------------------------------------------------------------------------------


def add(connection: Connection, house: House, values: Mapping[str, Any]) -> Held:
    """Write a session down, and ask who leads it for a report once it is over."""
    made = sessions.add(connection, values, house.clock())
    participants.note(connection, house.clock(), "coordinator", "session added", made.code)
    _ask_for_report(connection, made)
    return made


def change(connection: Connection, house: House, held: Held, wish: Wish) -> Changed:
    """Change a session; who comes, waits or may come is told, and who waits gets a free place."""
    moment = house.clock()
    sessions.hold(connection)
    held = sessions.by_id(connection, held.id)  # as nobody changes it any more
    values = read_change(connection, house.library.consultation, held, wish, moment)
    new = sessions.change(connection, held.id, values) if values else held
    if values:
        participants.note(connection, moment, "coordinator", "session changed", new.code)
    told = is_told(values)
    if told:
        people = rsvps.of_session(connection, new.id, LATER)
        notices.plan(connection, [(one, new.id, "changed", moment) for one in people])
    if "begins_at" in values or "zone" in values:
        _remind_anew(connection, house, new, moment)
    if {"facilitator_id", "begins_at", "minutes"} & set(values):
        _ask_for_report(connection, new)
    came_in = rsvps.let_in(connection, new, moment) if "capacity" in values else []
    return Changed(new, moment, told, len(came_in))


def _remind_anew(connection: Connection, house: House, new: Held, moment: int) -> None:
    consultation = house.library.consultation
    for person, state in rsvps.of_session(connection, new.id, LATER).items():
        plan_reminders(connection, consultation, new, [person], state, moment)


def _ask_for_report(connection: Connection, session: Held) -> None:
    notices.void_all(connection, session.id, [REPORT], "another facilitator or time")
    if session.facilitator is not None and not session.cancelled:
        planned = (session.facilitator, session.id, REPORT, session.ends_at)
        notices.plan(connection, [planned])


def imagined(values: Mapping[str, Any]) -> Held:
    """Return a session as it would be, before it is written down."""
    return Held(
        0, values["code"], values["title"], values["place"], values["zone"], values["begins_at"],
        values["minutes"], values["region"], tuple(values["languages"]), values["capacity"],
        values["facilitator_id"], cancelled=False,
    )  # fmt: skip


def is_told(values: Mapping[str, Any]) -> bool:
    """Say whether those who come must know of a change."""
    return "cancelled" in values or any(name in values for name in TOLD)


def refuse_if_over(held: Held, moment: int) -> None:
    """Raise OverAlready where there is nothing to cancel any more."""
    if held.cancelled or held.begins_at <= moment:
        raise OverAlready(OverAlready.__doc__)


def cancel(connection: Connection, house: House, held: Held) -> Changed:
    """Cancel a session: who said they come, wait or may come is told; nobody is reminded."""
    moment = house.clock()
    _announce_no_more(connection, held, moment)
    sessions.hold(connection)
    held = sessions.by_id(connection, held.id)
    refuse_if_over(held, moment)
    sessions.cancel(connection, held.id, moment)
    waiting: Sequence[str] = (*REMINDERS, REPORT, "place", "changed")
    notices.void_all(connection, held.id, waiting, CANCELLED)
    people = rsvps.of_session(connection, held.id, LATER)
    notices.plan(connection, [(one, held.id, "cancelled", moment) for one in people])
    participants.note(connection, moment, "coordinator", "session cancelled", held.code)
    return Changed(sessions.by_id(connection, held.id), moment, told=bool(people))


def _announce_no_more(connection: Connection, session: Held, moment: int) -> None:
    """Let an announcement end that is under way; its row is held before all sessions', always."""
    for row in rows(connection, "planned", "running", "paused"):
        if row.plan.session == session.code:
            control.cancel(connection, row.id, moment)
