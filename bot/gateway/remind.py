"""Reminders: once each, by day, at most one in 48 hours to a person, void once answered.

Whatever else was written to them unasked counts for the 48 hours too.
"""

from sqlalchemy import Connection

from bot.dialogue import talk
from bot.gateway.house import House
from bot.gateway.quiet import HOUR, not_before, zones_of
from bot.gateway.sit_with import NobodyThere, NotHere, Table, sit_with
from bot.gateway.templates import outside, title_of
from bot.gateway.unasked import tell_due, where_reachable
from bot.gateway.window import DROPPED, Beyond
from bot.store import participants, reminders
from bot.store.reminders import DueReminder
from channels.base import Template

BETWEEN = 48 * HOUR


async def remind_due(house: House) -> int | None:
    """Send the reminders that are due; return when the next one is."""
    return await tell_due(house, reminders, _remind)


def _remind(connection: Connection, house: House, one: DueReminder) -> None:
    moment = house.clock()
    participants.hold(connection, house.database, one.participant)
    if not reminders.still_waits(connection, one.id, one.due_at):
        return  # another worker was here
    try:
        table = sit_with(connection, house, one.participant)
    except NotHere:
        reminders.postpone(connection, one.id, moment + HOUR)  # when their channel is back
        return
    except NobodyThere:
        reminders.settle(connection, one.id, "void", "nobody there", moment)
        return
    void = _why_void(table, one) or _enough(connection, table, one)
    if void:
        reminders.settle(connection, one.id, "void", void, moment)
        return
    later = _when(connection, table, one, moment)
    if later > moment:
        reminders.postpone(connection, one.id, later)
        return
    found = where_reachable(table, lambda there: _template(connection, house, there, one))
    if found is None:
        reminders.settle(connection, one.id, "void", DROPPED, moment)
        return
    table, template = found
    turn = table.take(
        lambda programme, person, scene: talk.remind(programme, person, scene, one.conversation),
        kind="reminder",
        rank=1,
        beyond=Beyond(template),
    )
    table.sitting.write()
    outcome = ("sent", "") if turn.prompts else ("void", "nothing to remind of")
    if turn.prompts:
        participants.wrote_unasked(connection, [table.seat.id], moment)
    reminders.settle(connection, one.id, *outcome, moment)


def _template(
    connection: Connection, house: House, table: Table, one: DueReminder
) -> Template | None:
    """Return what reminds where the window of a day is closed."""
    language = table.seat.person.language
    flow = one.conversation.partition("/")[0]
    title = title_of(table.sitting.programme.consultation, flow, language)
    values = {"phase.title": title}
    return outside(connection, house, table.address.channel, "remind", language, values)


def _why_void(table: Table, one: DueReminder) -> str:
    """Say why this reminder is no longer wanted, "" when it is."""
    person = table.seat.person
    if person.stopped:
        return "stopped"
    if person.human:
        return "a person is speaking with them"
    talks = {talk.key: talk for talk in person.conversations}
    conversation = talks.get(one.conversation)
    if conversation is None or conversation.state == "ended":
        return "ended"
    if conversation.open_key != one.question:
        return "answered"
    if conversation.flow not in table.sitting.programme.open_flows:
        return "the phase is closed"
    return ""


def _enough(connection: Connection, table: Table, one: DueReminder) -> str:
    """Say that a talk was reminded of as often as any of its questions asks for, "" if it was not.

    Who answers one question after each reminder would else be reminded without end.
    """
    family = participants.family(connection, table.seat.id)
    sent, planned = reminders.of_talk(connection, family, one.conversation)
    return "reminded often enough" if sent >= planned else ""


def _when(connection: Connection, table: Table, one: DueReminder, moment: int) -> int:
    consultation = table.sitting.programme.consultation
    last = participants.written_to_at(connection, participants.family(connection, table.seat.id))
    earliest = max(moment, last + BETWEEN) if last else moment
    numbers = participants.numbers_of(connection, table.sitting.house.seal, table.seat.id)
    zones = zones_of(table.seat.person.facts, numbers, consultation)
    return not_before(earliest, zones, consultation)
