"""What can be asked of people, as conditions of SQL on `participants`: never a list of ids."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, or_, select, true

from bot.store.tables import addresses, contributions, conversations, facts, participants

Condition = ColumnElement[bool]
Value = TypeVar("Value")
_me = participants.c.id
_kin = participants.alias("kin")  # once: an alias made for each chunk of a fan-out takes its time


def everybody() -> Condition:
    """Whoever there is: not those who were forgotten, nor those who are somebody else's second."""
    return true()


def there() -> Condition:
    """Leave out whom nobody may think of any more."""
    return and_(participants.c.merged_into.is_(None), participants.c.forgotten_at.is_(None))


def of_theirs(
    owner: ColumnElement[int], look: Callable[[Condition], ColumnElement[Value]]
) -> ColumnElement[Value]:
    """Look at the rows that are a participant's, or of whoever was merged into them.

    Few are merged with anybody, so that is asked first: rows of one are found by the index alone.
    One look for "mine or theirs" is twice the work, and PostgreSQL goes through the whole table.
    """
    merged = select(_kin.c.id).where(_kin.c.merged_into == _me, _kin.c.merged_into.is_not(None))
    family = select(_kin.c.id).where(or_(_kin.c.id == _me, _kin.c.merged_into == _me))
    all_of_them = owner.in_(family.correlate(participants))
    has_kin = merged.correlate(participants).exists()
    return case((has_kin, look(all_of_them)), else_=look(owner == _me))


def any_of_theirs(owner: ColumnElement[int], *more: Condition) -> Condition:
    """Say whether there is a row of a participant's, or of their kin, of which all this is so."""
    return of_theirs(owner, lambda mine: exists().where(mine, *more))


def speaks(languages: Sequence[str]) -> Condition:
    """Whose language is one of these."""
    return participants.c.language.in_(languages)


def of_network(codes: Sequence[str]) -> Condition:
    """Who came through one of these networks."""
    return participants.c.network.in_(codes)


def on_channel(names: Sequence[str]) -> Condition:
    """Whom one would write to on one of these channels: where they were last heard."""
    channel = best_address(addresses.c.channel)
    drawn = [channel.like(f"%:{name}") for name in names if name.isalnum()]
    return or_(channel.in_(names), *drawn)


def best_address(column: ColumnElement[str], *, channels: Sequence[str] = ()) -> ScalarSelect[str]:
    """Return a column of the good address that somebody was last heard from."""
    query = select(column).where(addresses.c.participant_id == _me, addresses.c.state == "good")
    if channels:
        query = query.where(addresses.c.channel.in_(channels))
    order = (func.coalesce(addresses.c.last_in_at, 0).desc(), addresses.c.id)
    return query.order_by(*order).limit(1).correlate(participants).scalar_subquery()


def fact_of(name: str, owner: ColumnElement[int]) -> ScalarSelect[str | None]:
    """Return the newest value of somebody's fact, as JSON."""
    query = select(facts.c.value).where(facts.c.participant_id == owner, facts.c.name == name)
    return query.order_by(facts.c.id.desc()).limit(1).correlate_except(facts).scalar_subquery()


def fact(name: str) -> ColumnElement[str | None]:
    """Return the newest value of a participant's fact, as JSON."""

    def newest(mine: Condition) -> ScalarSelect[str | None]:
        query = select(facts.c.value).where(mine, facts.c.name == name)
        return query.order_by(facts.c.id.desc()).limit(1).correlate(participants).scalar_subquery()

    return of_theirs(facts.c.participant_id, newest)


def fact_is(name: str, values: Sequence[str]) -> Condition:
    """Of whom a fact is, or holds, one of these values."""
    value = fact(name)
    written = [msgspec.json.encode(one).decode() for one in values]
    among = [value.contains(one, autoescape=True) for one in written]
    return func.coalesce(or_(value.in_(written), *among), False)


def fact_equals(name: str, value: str) -> Condition:
    """Of whom a fact that is one word is this: one look, where `fact_is` takes two."""
    return func.coalesce(fact(name) == msgspec.json.encode(value).decode(), False)


def fact_known(name: str) -> Condition:
    """Of whom a fact is known."""
    return fact(name).is_not(None)


def of_country(codes: Sequence[str]) -> Condition:
    """Whose number, or whose own word, is of one of these countries."""
    upper = [code.upper() for code in codes]
    number = exists().where(addresses.c.participant_id == _me, addresses.c.country.in_(upper))
    return or_(number, fact_is("country", upper))


def takes_part() -> Condition:
    """Who has agreed to take part, as it is now."""
    return participants.c.consented.is_(True)


def answered(name: str, step: str = "") -> Condition:
    """Who has answered something in a phase or a flow that still counts."""
    here = or_(contributions.c.phase == name, contributions.c.flow == name)
    kept = and_(contributions.c.superseded_at.is_(None), contributions.c.withdrawn_at.is_(None))
    at = contributions.c.step == step if step else true()
    return any_of_theirs(contributions.c.participant_id, here, kept, at)


def finished(flow: str) -> Condition:
    """Who has come to the end of a flow."""
    return _in_talk(conversations.c.flow == flow, conversations.c.status == "ended")


def begun(flow: str) -> Condition:
    """Who has begun a flow, whether they ended it or not."""
    return _in_talk(conversations.c.flow == flow)


def talks_since(moment: int) -> Condition:
    """Who is in a conversation, and said something in it since."""
    return _in_talk(conversations.c.status == "open", conversations.c.touched_at >= moment)


def _in_talk(*more: Condition) -> Condition:
    return any_of_theirs(conversations.c.participant_id, *more)


def seen_since(moment: int) -> Condition:
    """Who has written to us since."""
    return exists().where(addresses.c.participant_id == _me, addresses.c.last_in_at >= moment)


def asked_since(moment: int) -> Condition:
    """To whom we have written unasked since."""
    return func.coalesce(participants.c.asked_at, 0) >= moment


def stopped() -> Condition:
    """Who said stop."""
    return participants.c.stopped_at.is_not(None)


def trial() -> Condition:
    """Who only tried it out."""
    return participants.c.trial.is_(True)
