"""What is sent to whom, when and how: a broadcast's plan, kept with its row as JSON."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import field
from sqlalchemy import Connection, insert, select

from bot.dialogue.flow import Struct
from bot.store.audio_sessions import GivenAway
from bot.store.participants import note
from bot.store.tables import broadcasts

HOUR = 3_600_000
HELD = 1 << 52  # a moment that never comes: until somebody writes


class NoSuchBroadcast(Exception):
    """There is no such broadcast; `palabre broadcast list` shows them."""


class Plan(Struct, frozen=True, omit_defaults=True):
    """How a broadcast is carried out."""

    texts: dict[str, str] = field(default_factory=dict)  # language → words
    attach: str = ""  # a document of the consultation
    audio: dict[str, GivenAway] = field(default_factory=dict)  # language → an audio session
    template: str = ""  # of WhatsApp, for those whose window is closed
    flow: str = ""  # what it invites to
    phase: str = ""
    roles: tuple[str, ...] = ()  # whom it concerns; none: everybody
    spread_ms: int = 0  # over how long it is spread
    hold: bool = False  # those whose window is closed wait until they write
    by_sms: bool = False  # or are written to by SMS
    spare_talks: bool = False  # leave out who is in a conversation now
    spare_days: int = 0  # leave out who was written to in the last days
    any_hour: bool = False  # at night too
    quietly: bool = False  # invitations are made, nobody is told
    topics: bool = False  # it is about the topic of the week, which differs from person to person
    session: str = ""  # it announces this one, to those in `region` who speak one of `languages`
    region: str = ""  # "": all
    languages: tuple[str, ...] = ()  # none: all; "": who has not chosen any
    to: int = 0  # to this participant alone: a test

    @property
    def kind(self) -> str:
        """Say what it is."""
        if self.to:
            return "test"
        if self.session:
            return "session"
        if self.phase:
            return "phase"
        return "flow" if self.flow else "message"


class Row(msgspec.Struct, frozen=True):
    """A broadcast as it stands."""

    id: int
    kind: str
    phase: str
    flow: str
    rule: str
    state: str
    made_at: int
    ended_at: int | None
    begins_at: int | None
    run: int
    fanned_to: int
    note: str
    plan: Plan


_COLUMNS = tuple(
    broadcasts.c[name]
    for name in ("id", "kind", "phase", "flow", "rule", "state", "made_at", "ended_at",
                 "begins_at", "run", "fanned_to", "note", "plan")
)  # fmt: skip


def row_of(connection: Connection, number: int, *, hold: bool = False) -> Row:
    """Return a broadcast, held against changes if wished. Raises NoSuchBroadcast."""
    query = select(*_COLUMNS).where(broadcasts.c.id == number)
    found = connection.execute(query.with_for_update() if hold else query).one_or_none()
    if found is None:
        raise NoSuchBroadcast(NoSuchBroadcast.__doc__)
    return _read(found)


def rows(connection: Connection, *states: str) -> list[Row]:
    """Return broadcasts, the newest first; of some states only, if any are named."""
    query = select(*_COLUMNS).order_by(broadcasts.c.id.desc())
    if states:
        query = query.where(broadcasts.c.state.in_(states))
    return [_read(row) for row in connection.execute(query)]


def _read(row: Any) -> Row:
    plan = msgspec.json.decode(row.plan, type=Plan) if row.plan else Plan(phase=row.phase)
    return Row(row.id, row.kind, row.phase, row.flow, row.rule, row.state, row.made_at,
               row.ended_at, row.begins_at, row.run, row.fanned_to, row.note, plan)  # fmt: skip


def make(
    connection: Connection, plan: Plan, rule: str, moment: int, *, begins_at: int | None = None,
    texts: Mapping[str, str] | None = None,
) -> int:  # fmt: skip
    """Write a broadcast down; from there on it is carried out by itself. Returns its id."""
    number: int = connection.execute(
        insert(broadcasts).returning(broadcasts.c.id),
        {
            "kind": plan.kind,
            "phase": plan.phase,
            "flow": plan.flow,
            "body": msgspec.json.encode(texts or plan.texts).decode(),
            "rule": rule,
            "state": "planned",
            "made_at": moment,
            "begins_at": begins_at,
            "plan": msgspec.json.encode(plan).decode(),
        },
    ).scalar_one()
    note(connection, moment, "coordinator", f"broadcast {plan.kind}", str(number))
    return number
