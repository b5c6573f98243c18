"""Which lines of the drafters' table are about what these people said."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, func, or_, select

from bot.dialogue.flow import Outcome
from bot.store.tables import contributions, participants


class Told:
    """The drafters' table, laid out for finding."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes = outcomes
        self._by_contribution = {one.contribution: one for one in outcomes if one.contribution}
        self._by_place = {
            (one.participant, one.step, one.item): one for one in outcomes if one.participant
        }

    def of(self, connection: Connection, people: Iterable[int]) -> dict[int, tuple[Outcome, ...]]:
        """Return what became of what each of them said, in the order of the table.

        An answer that was withdrawn or hidden is not spoken of; nor is a person of whom nothing
        is kept any more.
        """
        found: dict[int, dict[int, Outcome]] = {}
        own = participants.alias("own")  # who said it; `participants` is who they are today
        owner = func.coalesce(own.c.merged_into, own.c.id)
        said = contributions.c
        query = (
            select(owner, participants.c.pseudonym, own.c.pseudonym, said.id, said.step, said.item)
            .select_from(contributions)
            .join(own, own.c.id == said.participant_id)
            .join(participants, participants.c.id == owner)
            .where(
                or_(own.c.id.in_(list(people)), own.c.merged_into.in_(people)),
                said.withdrawn_at.is_(None),
                said.hidden_at.is_(None),
            )
        )
        for person, now, then, contribution, step, item in connection.execute(query):
            one = (
                self._by_contribution.get(contribution)
                or self._at(now, step, item)
                or self._at(then, step, item)  # as an export named them before they were linked
            )
            if one is not None:
                found.setdefault(person, {})[one.line] = one
        return {person: _in_order(lines) for person, lines in found.items()}

    def astray(self, connection: Connection) -> list[Outcome]:
        """Return the lines that are about no answer that is kept here."""
        said = contributions.c
        known = set(connection.scalars(select(said.id).where(said.id.in_(self._by_contribution))))
        names = {one.participant for one in self.outcomes if one.participant}
        own = participants.alias("own")
        query = (
            select(participants.c.pseudonym, own.c.pseudonym, said.step, said.item)
            .select_from(contributions)
            .join(own, own.c.id == said.participant_id)
            .join(participants, participants.c.id == func.coalesce(own.c.merged_into, own.c.id))
            .where(or_(participants.c.pseudonym.in_(names), own.c.pseudonym.in_(names)))
        )
        places = set()
        for now, then, step, item in connection.execute(query):
            places |= {(name, step, about) for name in (now, then) for about in (item, "")}
        return [
            one
            for one in self.outcomes
            if one.contribution not in known and (one.participant, one.step, one.item) not in places
        ]

    def _at(self, pseudonym: str, step: str, item: str) -> Outcome | None:
        """Find a line by the place; one that names no item is about the step as a whole."""
        places = self._by_place
        return places.get((pseudonym, step, item)) or places.get((pseudonym, step, ""))


def _in_order(lines: Mapping[int, Outcome]) -> tuple[Outcome, ...]:
    return tuple(outcome for _, outcome in sorted(lines.items()))
