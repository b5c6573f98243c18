"""Saved segments: a name for a rule, read anew each time it is used."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.dialogue.flow import Consultation
from bot.gateway.segments.asking import known_of
from bot.gateway.segments.reading import WrongRule, read_rule
from bot.store.choosing import Condition, there
from bot.store.database import Database
from bot.store.participants import note
from bot.store.tables import participants, segments

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class NoSuchSegment(Exception):
    """There is no such segment; `palabre segment list` shows them."""


class WrongName(Exception):
    """A segment's name is made of small letters, digits, - and _, up to 40 of them."""


@dataclass(frozen=True)
class Segment:
    """A saved rule, and how many people it means now."""

    name: str
    rule: str
    count: int
    wrong: str = ""  # why the rule is no longer understood


def where_of(
    connection: Connection, consultation: Consultation, rule: str, moment: int
) -> Condition:
    """Return whom a rule, or a saved segment's name, means. Raises WrongRule."""
    known = known_of(connection, consultation)
    return read_rule(known.segments.get(rule.strip(), rule), known, moment)


def save(
    connection: Connection, database: Database, consultation: Consultation, name: str, rule: str,
    moment: int,
) -> Segment:  # fmt: skip
    """Save a rule under a name, over what had that name. Raises WrongRule, WrongName."""
    if not NAME.fullmatch(name):
        raise WrongName(WrongName.__doc__)
    row = {"name": name, "rule": rule.strip(), "made_at": moment}
    connection.execute(database.upsert(segments, ("name",), ("rule", "made_at")), [row])
    where_of(connection, consultation, name, moment)  # it must be understood, and not name itself
    note(connection, moment, "coordinator", "segment saved", name)
    return show(connection, consultation, name, moment)


def show(connection: Connection, consultation: Consultation, name: str, moment: int) -> Segment:
    """Return a segment. Raises NoSuchSegment."""
    rule = connection.scalar(select(segments.c.rule).where(segments.c.name == name))
    if rule is None:
        raise NoSuchSegment(NoSuchSegment.__doc__)
    try:
        where = where_of(connection, consultation, rule, moment)
    except WrongRule as wrong:
        return Segment(name, rule, 0, str(wrong))
    query = select(func.count()).select_from(participants).where(there(), where)
    return Segment(name, rule, connection.scalar(query) or 0)


def list_segments(connection: Connection, consultation: Consultation, moment: int) -> list[Segment]:
    """Return all segments."""
    names = list(connection.scalars(select(segments.c.name).order_by(segments.c.name)))
    return [show(connection, consultation, name, moment) for name in names]
