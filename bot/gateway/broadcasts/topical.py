"""A phase whose talks are about the topic of the week: to which one each person is invited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.dialogue.conversation import Invitation
from bot.dialogue.flow import Phase
from bot.gateway.broadcasts import reasons
from bot.gateway.sitting import Seat, Sitting
from bot.gateway.week import began_at, topic_of
from bot.store.tables import broadcasts, participants, phases, recipients


@dataclass(frozen=True)
class Invited:
    """To what somebody is invited, and why they are not told, "" when they are."""

    invitation: Invitation
    reason: str


def invitation_of(
    sitting: Sitting, seat: Seat, phase: Phase, told: Mapping[int, int], number: int
) -> Invited:
    """Say to what somebody is invited. Nobody is told twice of one thing. Raises NoTopic."""
    topic = topic_of(sitting, seat, phase)
    about = topic.code if topic else ""
    invitation = Invitation(phase.flow, about, sitting.moment, str(number))
    if seat.id in told and told[seat.id] >= began_at(sitting, topic):
        return Invited(invitation, reasons.TOLD)
    key = f"{phase.flow}/{about}" if about else phase.flow
    return Invited(invitation, reasons.DONE if key in seat.person.done else "")


def told_since_opened(
    connection: Connection, phase: str, people: Iterable[int] | None = None, but: int = 0
) -> dict[int, int]:
    """Return to whom an open phase was announced since it was opened, and when last."""
    today = func.coalesce(participants.c.merged_into, participants.c.id)
    query = (
        select(today, func.max(broadcasts.c.made_at))
        .select_from(recipients)
        .join(participants, participants.c.id == recipients.c.participant_id)
        .join(broadcasts, broadcasts.c.id == recipients.c.broadcast_id)
        .join(phases, phases.c.code == broadcasts.c.phase)
        .where(
            phases.c.code == phase,
            phases.c.state == "open",
            broadcasts.c.made_at >= phases.c.changed_at,
            broadcasts.c.id != but,
            recipients.c.state.not_in(("skipped", "cancelled")),
        )
        .group_by(today)
    )
    if people is not None:
        wanted = list(people)
        query = query.where(participants.c.id.in_(wanted) | participants.c.merged_into.in_(wanted))
    return {row[0]: row[1] for row in connection.execute(query)}
