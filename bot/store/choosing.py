"""What can be asked of people, as conditions of SQL on `participants`: never a list of ids."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select, true

from bot.store.tables import addresses, contributions, conversations, facts, participants

Condition = ColumnElement[bool]
_me = participants.c.id


def everybody() -> Condition:
    """Whoever there is: not those who were forgotten, nor those who are somebody else's second."""
    return true()


def there() -> Condition:
    """Leave out whom nobody may think of any more."""
    return and_(participants.c.merged_into.is_(None), participants.c.forgotten_at.is_(None))


def of_theirs(owner: ColumnElement[int]) -> Condition:
    """Say that a row is a participant's, or of whoever was merged into them."""
    kin = participants.alias("kin")
    merged = select(kin.c.id).where(kin.c.merged_into == _me).correlate(participants)
    return or_(owner == _me, owner.in_(merged))


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


def fact(name: str) -> ScalarSelect[str | None]:
    """Return the newest value of a participant's fact, as JSON."""
    mine = of_theirs(facts.c.participant_id)
    query = select(facts.c.value).where(mine, facts.c.name == name)
    return query.order_by(facts.c.id.desc()).limit(1).correlate(participants).scalar_subquery()


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
    return exists().where(of_theirs(contributions.c.participant_id), here, kept, at)


def finished(flow: str) -> Condition:
    """Who has come to the end of a flow."""
    return exists().where(_in_flow(flow), conversations.c.status == "ended")


def begun(flow: str) -> Condition:
    """Who has begun a flow, whether they ended it or not."""
    return exists().where(_in_flow(flow))


def _in_flow(flow: str) -> Condition:
    return and_(of_theirs(conversations.c.participant_id), conversations.c.flow == flow)


def talks_since(moment: int) -> Condition:
    """Who is in a conversation, and said something in it since."""
    return exists().where(
        of_theirs(conversations.c.participant_id),
        conversations.c.status == "open",
        conversations.c.touched_at >= moment,
    )


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
