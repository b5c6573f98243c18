"""Whom a broadcast reaches, and why not the others: one question to the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from bot.gateway.broadcasts import reasons
from bot.gateway.broadcasts.meetings import not_concerned
from bot.gateway.broadcasts.plan import Plan
from bot.gateway.house import House
from bot.gateway.segments import where_of
from bot.store import choosing
from bot.store.choosing import Condition
from bot.store.refusal import TAKE_PART
from bot.store.tables import addresses, broadcasts, consents, participants, phases, recipients

DAY = 86_400_000
NOW_MS = 3_600_000
_me = participants.c.id
_mine, _other = addresses.alias("mine"), addresses.alias("other")


class Chunk(NamedTuple):
    """A range of participants' ids, its first not in it."""

    after: int
    to: int

    def holds(self, owner: ColumnElement[int]) -> Condition:
        """Say that somebody is of this range."""
        return true() if self == WHOLE else and_(owner > self.after, owner <= self.to)


WHOLE = Chunk(0, 0)


@dataclass(frozen=True)
class Audience:
    """Everybody whom a rule means, each with an address and the reason not to write to them."""

    house: House
    plan: Plan
    rule: str
    moment: int
    number: int = 0  # of the broadcast, once it has one

    def people(self, connection: Connection, chunk: Chunk = WHOLE) -> Select[Any]:
        """Return id, language, reason ("" for none), and the address, of everybody meant."""
        return (
            select(_me.label("id"), participants.c.language, _mine.c.id.label("address_id"),
                   _mine.c.channel, _mine.c.country, _mine.c.last_in_at,
                   self._reason(_mine.c.id).label("reason"))
            .select_from(participants.outerjoin(_mine, self._written_to(chunk)))
            .where(choosing.there(), self._meant(connection), chunk.holds(_me))
        )  # fmt: skip

    def _meant(self, connection: Connection) -> Condition:
        if self.plan.to:
            return _me == self.plan.to
        if not self.rule:
            return true()
        consultation = self.house.library.consultation
        return where_of(connection, consultation, self.rule, self.moment)

    def _written_to(self, chunk: Chunk) -> Condition:
        """Join the good address to write to: where they were last heard, if one may begin.

        Few have several, so it is asked first who has. The chunk is named again for each look at
        addresses: PostgreSQL would go through everybody's.
        """
        owner = _other.c.participant_id
        several = select(owner).where(chunk.holds(owner)).group_by(owner).having(func.count() > 1)
        better = exists().where(
            owner == _mine.c.participant_id,
            chunk.holds(owner),
            _other.c.id != _mine.c.id,
            self._may(_other),
            self._goes_before(_other, _mine),
        )
        mine = and_(_mine.c.participant_id == _me, chunk.holds(_mine.c.participant_id))
        outdone = and_(_mine.c.participant_id.in_(several.correlate(None)), better)
        return and_(mine, self._may(_mine), not_(outdone))

    def _may(self, one: FromClause) -> Condition:
        channels = self.house.channels
        begin = [name for name, known in channels.items() if known.can.can_begin]
        heard = [name for name in channels if name not in begin]
        may = or_(
            one.c.channel.in_(begin),
            and_(one.c.channel.in_(heard), one.c.last_in_at.is_not(None)),
        )
        return and_(one.c.state == "good", may)

    def _goes_before(self, other: FromClause, mine: FromClause) -> Condition:
        """Say which of two is written to; by SMS instead, an open window goes before all."""
        theirs, ours = (func.coalesce(one.c.last_in_at, 0) for one in (other, mine))
        later = or_(theirs > ours, and_(theirs == ours, other.c.id < mine.c.id))
        if not self.plan.by_sms:
            return later
        shut, ours_shut = (
            case((window_closed(self.house, self.moment, one), 1), else_=0) for one in (other, mine)
        )
        return or_(shut < ours_shut, and_(shut == ours_shut, later))

    def _reason(self, address: ColumnElement[int]) -> ColumnElement[str]:
        whens = [(test, literal(why)) for test, why in self._tests()]
        whens.append((address.is_(None), literal(reasons.NO_ADDRESS)))
        return case(*whens, else_=literal(""))

    def _tests(self) -> Sequence[tuple[Condition, str]]:
        plan, moment = self.plan, self.moment
        tests: list[tuple[Condition, str]] = []
        if plan.to:
            return [(choosing.stopped(), reasons.STOPPED)]
        if self.house.leaves_trials_out:
            tests.append((choosing.trial(), reasons.TRIAL))
        if plan.phase and not plan.topics:
            tests.append((self._told(), reasons.TOLD))
        tests.append((choosing.stopped(), reasons.STOPPED))
        tests.append((choosing.fact_equals("stay in touch", "no"), reasons.NO_MORE))
        tests.append((not_(self._agreed()), reasons.NEVER_CONSENTED))
        if plan.roles:
            tests.append((not_(choosing.fact_is("role", plan.roles)), reasons.NOT_CONCERNED))
        tests.extend(not_concerned(plan))
        if plan.flow and not (plan.topics or plan.session):
            tests.append((choosing.finished(plan.flow), reasons.DONE))
        if plan.spare_talks:
            tests.append((choosing.talks_since(moment - NOW_MS), reasons.TALKING))
        if plan.spare_days:
            tests.append((choosing.asked_since(moment - plan.spare_days * DAY), reasons.ASKED))
        return tests

    def _agreed(self) -> Condition:
        """Who takes part; or was brought in with a proof, and has not said no since."""
        said_no = choosing.any_of_theirs(
            consents.c.participant_id, consents.c.kind == TAKE_PART, consents.c.answer == "no"
        )
        proven = and_(participants.c.attested_at.is_not(None), not_(said_no))
        return or_(choosing.takes_part(), proven)

    def _told(self) -> Condition:
        """To whom this phase was announced since it was opened: nobody is told twice."""
        return choosing.any_of_theirs(
            recipients.c.participant_id,
            recipients.c.broadcast_id == broadcasts.c.id,
            recipients.c.state.not_in(("skipped", "cancelled")),
            broadcasts.c.phase == self.plan.phase,
            broadcasts.c.id != self.number,
            phases.c.code == broadcasts.c.phase,
            phases.c.state == "open",
            broadcasts.c.made_at >= phases.c.changed_at,
        )


def window_closed(house: House, moment: int, one: FromClause) -> Condition:
    """Whose channel lets us write freely only for a time after they wrote, and it is over."""
    closed = [
        and_(
            one.c.channel == name,
            func.coalesce(one.c.last_in_at, 0)
            <= moment - int(known.can.window.total_seconds() * 1000),
        )
        for name, known in house.channels.items()
        if known.can.window is not None
    ]
    return or_(*closed) if closed else false()
