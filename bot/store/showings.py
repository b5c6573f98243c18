"""Who heard what of others: drawn so that all are heard about as often, and nobody twice."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
)
from sqlalchemy import update as change

from bot.store.fast import many
from bot.store.moderation import APPROVED, HEARD, agreed, counts
from bot.store.tables import contributions, moderated_texts, moderations, participants, showings

WIDTH = 40  # of those heard least so many are looked at; one is drawn among them by chance


class Hearable(NamedTuple):
    """A contribution that someone may hear, in their language."""

    id: str
    author: int
    network: str  # of its author
    text: str
    sound: bool  # its recording was approved, and its speaker agrees
    heard: int  # by how many people so far


class Listener(NamedTuple):
    """Who hears, in which language; `trials`: also those who only tried it out."""

    participant: int
    language: str
    trials: bool = True


_LISTENER: BindParameter[int] = bindparam("listener")
_LANGUAGE: BindParameter[str] = bindparam("language")


def _statement(*, trials: bool) -> Select[Any]:
    """Select what someone may hear; built once, for it is asked at each turn of the forum."""
    m, t, p = moderations.c, moderated_texts.c, participants.c
    sound = and_(m.sound.is_(True), agreed(HEARD)).label("sound")
    author = func.coalesce(p.merged_into, p.id)  # who is linked hears nothing of their own either
    return (
        select(m.contribution_id, p.id, p.network, t.text, sound, m.heard)
        .join(moderated_texts, t.contribution_id == m.contribution_id)
        .join(contributions, contributions.c.id == m.contribution_id)
        .join(participants, p.id == m.participant_id)
        .where(m.state == APPROVED, t.language == _LANGUAGE, author != _LISTENER, counts(trials))
    )


def _not_heard_yet(statement: Select[Any]) -> Select[Any]:
    m = moderations.c
    heard_it = exists().where(
        showings.c.contribution_id == m.contribution_id, showings.c.participant_id == _LISTENER
    )
    there = and_(m.flow == bindparam("flow"), m.about == bindparam("about"),
                 m.step == bindparam("step"))  # fmt: skip
    return statement.where(there, ~heard_it).order_by(m.heard, m.contribution_id).limit(WIDTH)


_ANY = {trials: _statement(trials=trials) for trials in (True, False)}
_FRESH = {trials: _not_heard_yet(statement) for trials, statement in _ANY.items()}
_DRAWN = {
    trials: statement.where(moderations.c.contribution_id.in_(bindparam("ids", expanding=True)))
    for trials, statement in _ANY.items()
}


def hearable(
    connection: Connection, listener: Listener, flow: str, about: str, step: str
) -> list[Hearable]:
    """Return what someone may hear and has not heard yet, what was heard least first."""
    values = {"flow": flow, "about": about, "step": step} | _of(listener)
    return [Hearable(*row) for row in connection.execute(_FRESH[listener.trials], values)]


def still_hearable(
    connection: Connection, listener: Listener, ids: Collection[str]
) -> dict[str, Hearable]:
    """Return those of what was drawn that may be heard now."""
    if not ids:
        return {}
    rows = connection.execute(_DRAWN[listener.trials], {"ids": list(ids)} | _of(listener))
    return {row[0]: Hearable(*row) for row in rows}


def _of(listener: Listener) -> dict[str, Any]:
    return {"listener": listener.participant, "language": listener.language}


_new = insert(showings)
_once_more = (
    change(moderations)
    .where(moderations.c.contribution_id == bindparam("b_id"))
    .values(heard=moderations.c.heard + 1)
)


def shown(connection: Connection, pairs: Sequence[tuple[int, str]], moment: int) -> None:
    """Write who heard what; what they had heard before is not counted again."""
    if not pairs:
        return
    s = showings.c
    people = {owner for owner, _ in pairs}
    known = select(s.participant_id, s.contribution_id).where(s.participant_id.in_(people))
    before = {(row[0], row[1]) for row in connection.execute(known)}
    ids = {id_ for _, id_ in pairs}
    there = select(moderations.c.contribution_id).where(moderations.c.contribution_id.in_(ids))
    alive = set(connection.scalars(there))
    # In one order everywhere, so that two workers never wait for each other.
    new = sorted({pair for pair in pairs if pair not in before and pair[1] in alive},
                 key=lambda pair: pair[1])  # fmt: skip
    many(connection, _new, [{"participant_id": owner, "contribution_id": id_, "at": moment}
                            for owner, id_ in new])  # fmt: skip
    many(connection, _once_more, [{"b_id": id_} for _, id_ in new])


def lose(connection: Connection, said: Select[tuple[str]]) -> None:
    """Delete what was decided of contributions, and who heard them; call it before they go."""
    for table in (showings, moderated_texts, moderations):
        connection.execute(delete(table).where(table.c.contribution_id.in_(said)))


def forget_listener(connection: Connection, people: Collection[int]) -> None:
    """Delete what people heard."""
    connection.execute(delete(showings).where(showings.c.participant_id.in_(people)))
