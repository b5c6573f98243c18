"""An answer to the invitation to a session: who gets the last place is decided here, once."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from sqlalchemy import Connection

from bot.dialogue.conversation import Turn
from bot.dialogue.flow import Consultation
from bot.dialogue.reply import Effect, Prompt
from bot.gateway.quiet import HOUR, Zones, not_after, zones_of
from bot.gateway.sitting import Seat, Sitting
from bot.store import notices, participants, rsvps, sessions
from bot.store.notices import REMINDERS
from bot.store.sessions import Held

BEFORE = {"two days": 48 * HOUR, "two hours": 2 * HOUR}
# Whoever does not know yet is reminded in time to decide, and not at the door.
WHOM = {"two days": ("coming", "perhaps"), "two hours": ("coming",)}


def with_places(sitting: Sitting, seat: Seat, turn: Turn) -> Sequence[Prompt]:
    """Take and leave the places that a turn is about; return its prompts with what came of it."""
    prompts: Sequence[Prompt] = turn.prompts
    asked = [one for one in turn.effects if one.kind == "rsvp"]
    outcomes = [_settled(sitting, seat, one) for one in asked]
    said = iter(outcomes)
    return [
        replace(one, text=one.either.get(next(said, ""), one.text)) if one.either else one
        for one in prompts
    ]


def _settled(sitting: Sitting, seat: Seat, effect: Effect) -> str:
    connection, moment = sitting.connection, sitting.moment
    code, _, said = effect.detail.partition(" ")
    sessions.hold(connection)
    session = sessions.find(connection, code)
    if session is None:
        return "gone"
    people = participants.family(connection, seat.id)
    state = rsvps.answer(connection, people, session, said, moment)
    if state != "gone":
        plan_reminders(connection, sitting.programme.consultation, session, people, state, moment)
        sitting.written.wakes.add("sessions")
    return state


def plan_reminders(
    connection: Connection, consultation: Consultation, session: Held, people: Sequence[int],
    state: str, moment: int,
) -> None:  # fmt: skip
    """Plan the reminders of one person for a session, in the place of any earlier ones.

    They are told by day, on their own clock: earlier where the time falls into their night. What
    would have been before now is left out: they have just been told when it is.
    """
    notices.void(connection, session.id, people, REMINDERS, "another answer")
    for what, due_at in _reminders(connection, consultation, session, people[0]).items():
        if state in WHOM[what] and due_at > moment:
            notices.plan(connection, [(people[0], session.id, what, due_at)])


def _reminders(
    connection: Connection, consultation: Consultation, session: Held, person: int
) -> Mapping[str, int]:
    zones = own_zones(participants.fact(connection, person, "time zone"), session, consultation)
    return {
        what: not_after(session.begins_at - before, zones, consultation)
        for what, before in BEFORE.items()
    }


def own_zones(told: object, session: Held, consultation: Consultation) -> Zones:
    """Return by whose clock somebody is told of a session: their own, else the session's."""
    return zones_of({"time zone": told or session.zone}, (), consultation)
