"""Links between two channels of one person: codes, tries, and the links themselves.

A code is kept as a keyed hash, holds for some minutes and once. Who is linked is `merged_into`
whom, always the last of a chain; no row of theirs changes its owner, so that it can be undone.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from bot.dialogue.linking import DIGITS
from bot.store.seal import Seal
from bot.store.tables import addresses, link_codes, link_tries, links, participants, speakers

MINUTES = 15  # for which a code holds
HOUR = 3_600_000
MOST_CODES = 5  # an hour and person
MOST_TRIES = 5  # wrong ones, an hour and person
SEALED = b"links"
_INDEX = "link code"


@dataclass(frozen=True)
class Code:
    """A code that holds: its row, and who asked for it."""

    id: int
    participant: int


@dataclass(frozen=True)
class Link:
    """Two participants who are one person; `channels` says where the code was made and written."""

    id: int
    kept: int
    merged: int
    channels: str
    sealed: bytes
    made_at: int
    undone_at: int | None


# --- codes --------------------------------------------------------------------------------------


def issue(connection: Connection, seal: Seal, participant: int, moment: int) -> str:
    """Make a code in the place of any earlier one; "" when this person asked too often."""
    since = link_codes.c.made_at > moment - HOUR
    mine = link_codes.c.participant_id == participant
    recent = connection.scalar(select(func.count()).select_from(link_codes).where(mine, since))
    if (recent or 0) >= MOST_CODES:
        return ""
    void_codes(connection, participant, moment)
    connection.execute(delete(link_codes).where(link_codes.c.made_at <= moment - 24 * HOUR))
    code = _unused(connection, seal, moment)
    connection.execute(
        insert(link_codes),
        {
            "participant_id": participant,
            "code_index": seal.index(_INDEX, code),
            "made_at": moment,
            "expires_at": moment + MINUTES * 60_000,
        },
    )
    return code


def _unused(connection: Connection, seal: Seal, moment: int) -> str:
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        if find(connection, seal, code, moment) is None:
            return code


def find(connection: Connection, seal: Seal, code: str, moment: int) -> Code | None:
    """Return a code that holds."""
    query = select(link_codes.c.id, link_codes.c.participant_id).where(
        link_codes.c.code_index == seal.index(_INDEX, code), _holds(moment)
    )
    row = connection.execute(query.order_by(link_codes.c.id.desc()).limit(1)).one_or_none()
    return Code(*row) if row else None


def _holds(moment: int) -> ColumnElement[bool]:
    return and_(link_codes.c.used_at.is_(None), link_codes.c.expires_at > moment)


def claim(connection: Connection, code: Code, participant: int) -> bool:
    """Write who is asked whether to link by this code; False if somebody else was."""
    free = or_(link_codes.c.claimed_by.is_(None), link_codes.c.claimed_by == participant)
    unclaim = link_codes.c.claimed_by == participant
    connection.execute(update(link_codes).where(unclaim).values(claimed_by=None))
    mine = update(link_codes).where(link_codes.c.id == code.id, free)
    return connection.execute(mine.values(claimed_by=participant)).rowcount > 0


def claimed(connection: Connection, participant: int, moment: int) -> Code | None:
    """Return the code that this person wrote, while it holds."""
    query = select(link_codes.c.id, link_codes.c.participant_id).where(
        link_codes.c.claimed_by == participant, _holds(moment)
    )
    row = connection.execute(query).first()
    return Code(*row) if row else None


def use(connection: Connection, code: Code, moment: int) -> bool:
    """Use a code up; False if it was used already."""
    unused = and_(link_codes.c.id == code.id, link_codes.c.used_at.is_(None))
    return connection.execute(update(link_codes).where(unused).values(used_at=moment)).rowcount > 0


def void_codes(connection: Connection, participant: int, moment: int) -> None:
    """Let no code of this person hold any longer."""
    theirs = or_(link_codes.c.participant_id == participant, link_codes.c.claimed_by == participant)
    unused = and_(theirs, link_codes.c.used_at.is_(None))
    connection.execute(update(link_codes).where(unused).values(used_at=moment))


def tried_too_often(connection: Connection, participant: int, moment: int) -> bool:
    """Say whether this person wrote too many wrong codes."""
    recent = and_(link_tries.c.participant_id == participant, link_tries.c.at > moment - HOUR)
    count = connection.scalar(select(func.count()).select_from(link_tries).where(recent))
    return (count or 0) >= MOST_TRIES


def note_try(connection: Connection, participant: int, moment: int) -> None:
    """Write down a wrong code; what is older than an hour no longer counts."""
    connection.execute(delete(link_tries).where(link_tries.c.at <= moment - HOUR))
    connection.execute(insert(link_tries), {"participant_id": participant, "at": moment})


# --- links --------------------------------------------------------------------------------------


def which_is_kept(connection: Connection, one: int, other: int) -> tuple[int, int]:
    """Return (kept, merged): who has agreed to take part goes first, then who came first."""
    columns = (participants.c.id, participants.c.consented)
    query = select(*columns).where(participants.c.id.in_([one, other]))
    agreed = {row.id: bool(row.consented) for row in connection.execute(query)}
    kept, merged = sorted((one, other), key=lambda key: (not agreed.get(key), key))
    return kept, merged


def write_link(connection: Connection, link: Link) -> None:
    """Write a link down, and point whoever was merged before at the one who is kept now."""
    connection.execute(
        insert(links),
        {
            "kept_id": link.kept,
            "merged_id": link.merged,
            "channels": link.channels,
            "sealed": link.sealed,
            "made_at": link.made_at,
        },
    )
    theirs = or_(participants.c.id == link.merged, participants.c.merged_into == link.merged)
    connection.execute(update(participants).where(theirs).values(merged_into=link.kept))


def write_undone(connection: Connection, link: Link, moment: int) -> None:
    """Let the two be two again, each with whoever was merged into them."""
    connection.execute(update(links).where(links.c.id == link.id).values(undone_at=moment))
    apart = participants.c.id == link.merged
    connection.execute(update(participants).where(apart).values(merged_into=None))
    if theirs := _merged_under(connection, link.merged):
        with_them = participants.c.id.in_(theirs)
        connection.execute(update(participants).where(with_them).values(merged_into=link.merged))


def _merged_under(connection: Connection, kept: int) -> set[int]:
    """Return everybody whom links that hold lead to this one."""
    found, new = set[int](), {kept}
    while new:
        query = select(links.c.merged_id).where(
            links.c.kept_id.in_(new), links.c.undone_at.is_(None)
        )
        new = set(connection.scalars(query)) - found
        found |= new
    return found


_COLUMNS = (links.c.id, links.c.kept_id, links.c.merged_id, links.c.channels, links.c.sealed,
            links.c.made_at, links.c.undone_at)  # fmt: skip


def all_links(connection: Connection) -> list[Link]:
    """Return every link, oldest first."""
    return [Link(*row) for row in connection.execute(select(*_COLUMNS).order_by(links.c.id))]


def get(connection: Connection, link: int) -> Link | None:
    """Return a link."""
    row = connection.execute(select(*_COLUMNS).where(links.c.id == link)).one_or_none()
    return Link(*row) if row else None


def later_of(connection: Connection, link: Link) -> int | None:
    """Return a later link of either of the two that holds: it must be undone first."""
    people = (link.kept, link.merged)
    theirs = or_(links.c.kept_id.in_(people), links.c.merged_id.in_(people))
    query = select(links.c.id).where(theirs, links.c.id > link.id, links.c.undone_at.is_(None))
    return connection.scalar(query.order_by(links.c.id.desc()).limit(1))


# --- addresses ----------------------------------------------------------------------------------


def lead_to(connection: Connection, merged: int, kept: int) -> tuple[list[int], list[int]]:
    """Let the addresses of one lead to the other; return them, and those shared with others."""
    own = _ids(connection, addresses.c.id, addresses.c.participant_id == merged)
    shared = _ids(connection, speakers.c.address_id, speakers.c.participant_id == merged)
    _point(connection, own, shared, merged, kept)
    return own, shared


def lead_back(
    connection: Connection, kept: int, merged: int, moved: Sequence[Sequence[int]]
) -> None:
    """Let those addresses lead back, as far as they still lead to the one who was kept."""
    _point(connection, moved[0], moved[1], kept, merged)


def _ids(
    connection: Connection, column: ColumnElement[int], where: ColumnElement[bool]
) -> list[int]:
    return list(connection.scalars(select(column).where(where)))


def _point(
    connection: Connection, own: Iterable[int], shared: Iterable[int], old: int, new: int
) -> None:
    mine = and_(addresses.c.id.in_({*own, *shared}), addresses.c.participant_id == old)
    connection.execute(update(addresses).where(mine).values(participant_id=new))
    among = and_(speakers.c.address_id.in_(list(shared)), speakers.c.participant_id == old)
    connection.execute(update(speakers).where(among).values(participant_id=new))
