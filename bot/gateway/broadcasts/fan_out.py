"""A row for everybody whom a broadcast means, written by the database itself, chunk by chunk.

A chunk is a range of participants and one transaction; how far one is stands in the broadcast's
row, so that a chunk that a crash left is simply written again.
"""

from sqlalchemy import ColumnElement, Connection, case, func, insert, literal, or_, select, update

from bot.gateway.broadcasts import reasons
from bot.gateway.broadcasts.plan import HELD, Row, row_of
from bot.gateway.broadcasts.whom import Audience, Chunk
from bot.gateway.house import House
from bot.store.database import INSERTS
from bot.store.tables import broadcasts, invitations, participants, recipients

CHUNK = 20_000  # participants; more would keep others from the writer of SQLite
ALL = HELD  # as `fanned_to`: who comes later is not meant
SPREAD = 10_007  # parts into which a time is cut when a broadcast is spread over it
SCATTER = 7_919  # neighbours in the list are no neighbours in time

_INTO = ("broadcast_id", "participant_id", "state", "reason", "at", "address_id", "channel",
         "language", "not_before")  # fmt: skip


def fan_out(connection: Connection, house: House, number: int) -> bool:
    """Write the next chunk of recipients; return whether there is another one."""
    row = row_of(connection, number, hold=True)
    if row.state != "running" or row.fanned_to == ALL:
        return False
    last = connection.scalar(select(func.max(participants.c.id))) or 0
    to = row.fanned_to + CHUNK
    write_recipients(connection, house, row, row.fanned_to, to)
    more = to < last
    reached = update(broadcasts).where(broadcasts.c.id == number)
    connection.execute(reached.values(fanned_to=to if more else ALL))
    return more


def write_recipients(connection: Connection, house: House, row: Row, after: int, to: int) -> None:
    """Write the recipients among a range of participants."""
    moment = house.clock()
    audience = Audience(house, row.plan, row.rule, moment, row.id)
    # Written down for the moment: else each reason would be found again wherever it is named.
    people = audience.people(connection, Chunk(after, to)).cte("people")
    people = people.prefix_with("MATERIALIZED")
    fine = people.c.reason == ""
    if row.plan.topics:  # to which topic each is invited is seen when their turn comes
        fine = people.c.reason.in_(("", reasons.NO_ADDRESS))
    then = (
        ("skipped", reasons.QUIETLY)
        if row.plan.quietly and not row.plan.topics
        else ("waiting", "")
    )
    state = case((fine, literal(then[0])), else_=literal("skipped"))
    reason = case((fine, literal(then[1])), else_=people.c.reason)
    query = select(
        literal(row.id), people.c.id, state, reason, literal(moment), people.c.address_id,
        func.coalesce(people.c.channel, ""), people.c.language, _when(row, people.c.id),
    )  # fmt: skip
    connection.execute(insert(recipients).from_select(_INTO, query, include_defaults=False))
    if row.plan.flow and not row.plan.topics:
        _invite(connection, row, after, to, moment)


def _when(row: Row, person: ColumnElement[int]) -> ColumnElement[int]:
    """Return when somebody's turn comes, where a broadcast is spread over a time."""
    begins = max(row.begins_at or 0, row.made_at)
    if not row.plan.spread_ms:
        return literal(begins)
    return literal(begins) + person * SCATTER % SPREAD * row.plan.spread_ms / SPREAD


def _invite(connection: Connection, row: Row, after: int, to: int, moment: int) -> None:
    """Invite whom it concerns, also who cannot be written to; who is invited already stays so."""
    mine = recipients.c
    query = select(
        mine.participant_id, literal(row.plan.flow), literal(row.plan.session), literal(row.id),
        literal("waiting"), literal(moment),
    ).where(
        mine.broadcast_id == row.id, mine.participant_id > after, mine.participant_id <= to,
        or_(mine.state == "waiting", mine.reason.in_((reasons.NO_ADDRESS, reasons.QUIETLY))),
    )  # fmt: skip
    into = ("participant_id", "flow", "about", "broadcast_id", "state", "made_at")
    statement = INSERTS[connection.dialect.name](invitations).from_select(
        into, query, include_defaults=False
    )
    connection.execute(statement.on_conflict_do_nothing())
