"""What is missing and what is there twice: the database held against both sides of the wire."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import msgspec
from sqlalchemy import Connection, func, select

from bot.store.seal import Seal
from bot.store.tables import contributions, deliveries, inbox
from bot.trial.people import Counts
from bot.trial.provider import Message
from channels.base import Outgoing

WENT_OUT = ("sent", "delivered", "read")
IN_FLIGHT_SECONDS = 5.0  # what went out so long before a kill may not have been written down
Outage = tuple[float, float]  # when something was killed, and when it was started again

_outgoing = msgspec.json.Decoder(Outgoing)


@dataclass
class Report:
    """What a trial came to; the last ones are those that must be zero."""

    acknowledged: int = 0
    stored: int = 0
    answered: int = 0
    delivered: int = 0
    kills: int = 0
    faults: int = 0
    unreadable: int = 0  # refused by the database as they were, and filed
    perhaps: int = 0  # sent again, or left, because nobody could know
    set_aside: int = 0  # the database refused their answers; taken again at the end
    slowest_no_s: float = 0.0  # until a provider was told to come again
    slowest_stop_s: float = 0.0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    impatient: int = 0  # calls while the provider had asked to wait
    stuck: int = 0
    kinds: Counter[str] = field(default_factory=Counter)  # of faults, kills and tricks

    MUST_BE_ZERO: ClassVar[tuple[str, ...]] = (
        "lost",
        "doubled",
        "out_of_order",
        "impatient",
        "stuck",
    )

    def __add__(self, other: "Report") -> "Report":
        """Put two trials together."""
        mine, theirs = vars(self), vars(other)
        worst = {"slowest_no_s", "slowest_stop_s"}
        return Report(**{
            name: max(mine[name], theirs[name]) if name in worst else mine[name] + theirs[name]
            for name in mine
        })  # fmt: skip

    def as_dict(self) -> dict[str, object]:
        """Return what other programs read."""
        return vars(self) | {"kinds": dict(self.kinds)}

    @property
    def faulty(self) -> dict[str, int]:
        """Return what is not zero and must be."""
        return {name: found for name in self.MUST_BE_ZERO if (found := getattr(self, name))}


def open_ends(connection: Connection) -> int:
    """Count what still waits for its turn or to be sent."""
    unanswered = select(func.count()).select_from(inbox).where(inbox.c.answered_at.is_(None))
    waits = deliveries.c.state.in_(("waiting", "sending")) & (deliveries.c.rank == 0)
    unsent = select(func.count()).select_from(deliveries).where(waits)
    return (connection.scalar(unanswered) or 0) + (connection.scalar(unsent) or 0)


def count_messages(connection: Connection, counts: Counts, report: Report) -> None:
    """Look for each acknowledged message."""
    columns = (inbox.c.channel, inbox.c.event_id, inbox.c.outcome, inbox.c.answered_at)
    found = {(row.channel, row.event_id): row for row in connection.execute(select(*columns))}
    for channel, events in counts.acknowledged.items():
        for event in events:
            report.acknowledged += 1
            row = found.get((channel, event))
            if row is None and event in counts.refused:  # filed, as the database refused it
                row = found.get((channel, hashlib.sha256(event.encode()).hexdigest()))
                report.unreadable += 1
            report.stored += row is not None
            report.answered += row is not None and row.outcome == "answered"
            report.stuck += row is not None and row.outcome == "stuck"
            report.lost += row is None or row.answered_at is None
    report.doubled += _kept_twice(connection)


def _kept_twice(connection: Connection) -> int:
    current = contributions.c.superseded_at.is_(None) & contributions.c.withdrawn_at.is_(None)
    places = (
        select(func.count().label("n"))
        .where(current)
        .group_by(contributions.c.participant_id, contributions.c.place)
        .having(func.count() > 1)
        .subquery()
    )
    return connection.scalar(select(func.coalesce(func.sum(places.c.n - 1), 0))) or 0


def count_sends(
    connection: Connection,
    seal: Seal,
    taken: Mapping[Message, Sequence[float]],
    unsure: Iterable[Message],
    outages: Sequence[Outage],
    report: Report,
) -> None:
    """Hold what the providers took against what the outbox promised."""
    promised, states = _promised(connection, seal)
    nobody_knows = set(unsure)
    for message, rows in promised.items():
        went_out = sum(states[row] in WENT_OUT for row in rows)
        times = taken.get(message, ())
        report.delivered += went_out
        report.perhaps += sum(states[row] == "perhaps" for row in rows)
        report.lost += max(0, went_out - len(times))
        report.lost += sum(states[row] in ("failed", "skipped") for row in rows)
        if (again := len(times) - len(rows)) > 0:
            explained = message in nobody_knows or on_its_way_at_a_kill(times[:-1], outages)
            report.perhaps += again if explained else 0
            report.doubled += 0 if explained else again
    report.out_of_order += _out_of_order(promised, taken)


def _promised(
    connection: Connection, seal: Seal
) -> tuple[dict[Message, list[int]], dict[int, str]]:
    columns = (deliveries.c.id, deliveries.c.channel, deliveries.c.sealed, deliveries.c.state)
    query = select(*columns).where(deliveries.c.sealed.is_not(None)).order_by(deliveries.c.id)
    promised: dict[Message, list[int]] = defaultdict(list)
    states = {}
    for row in connection.execute(query):
        outgoing = _outgoing.decode(seal.open(b"deliveries", row.sealed))
        if outgoing.do == "send":
            promised[row.channel, outgoing.address, outgoing.text].append(row.id)
            states[row.id] = row.state
    return promised, states


def on_its_way_at_a_kill(times: Sequence[float], outages: Sequence[Outage]) -> bool:
    """Say whether one of these was on its way at a kill; it may have been read only afterwards."""
    return any(
        killed - IN_FLIGHT_SECONDS <= at <= again for at in times for killed, again in outages
    )


def _out_of_order(
    promised: Mapping[Message, Sequence[int]], taken: Mapping[Message, Sequence[float]]
) -> int:
    """Count what came before something that one had been promised earlier."""
    people: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for message, rows in promised.items():
        times = taken.get(message, ())
        if len(rows) == 1 == len(times):  # nothing else can be told apart
            people[message[:2]].append((rows[0], times[0]))
    return sum(
        later[1] < earlier[1]
        for came in people.values()
        for earlier, later in zip(sorted(came), sorted(came)[1:], strict=False)
    )
