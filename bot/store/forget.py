"""Forget a person: what they said, how they are reached, and every copy of it that lies here.

What stays: a blank row under a pseudonym made by chance, so that figures of broadcasts still add
up, and a list of pseudonyms and keyed hashes, so that nobody is written to again and a restored
backup can be made to forget again. On a shared phone only the one who asked is forgotten.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, or_, select, update

from bot.store import pages, rsvps, sounds
from bot.store.database import Database
from bot.store.fates import settle_people
from bot.store.media import COPIES, MediaStore, release
from bot.store.showings import forget_listener, lose
from bot.store.tables import (
    addresses,
    consents,
    contribution_media,
    contributions,
    conversations,
    deliveries,
    facts,
    forgotten,
    handover_words,
    handovers,
    inbox,
    invitations,
    link_codes,
    link_tries,
    links,
    listening_pages,
    media,
    participants,
    recipients,
    reminders,
    speakers,
)
from bot.store.transcripts import drop_transcripts
from bot.store.translations import drop_translations

NOBODY = b""  # in the list, the row that every pseudonym has
UNDECIDED = ("waiting", "sending")
OWNED = (
    *(facts, consents, invitations, conversations, reminders, handovers),
    link_tries,
    listening_pages,
)  # deleted as they are


class Erased(NamedTuple):
    """How much was forgotten; `files` counts those that nobody else had sent too."""

    contributions: int = 0
    recordings: int = 0
    files: int = 0
    messages: int = 0
    deliveries: int = 0


class Forgotten(NamedTuple):
    """One entry of the list that outlives a restore."""

    pseudonym: str
    address_index: bytes
    channel: str
    at: int


def forget(connection: Connection, store: MediaStore, participant: int, moment: int) -> Erased:
    """Forget a participant, and whoever was merged into them.

    Messages received after `moment` are somebody's new beginning and stay. Call it last in a
    transaction: whatever is written of them afterwards is not forgotten.
    """
    people = _merged(connection, participant)
    found = Erased(*_words(connection, store, people), *_carried(connection, people, moment))
    rsvps.leave_all(connection, people, moment)
    for table in OWNED:
        connection.execute(delete(table).where(table.c.participant_id.in_(people)))
    _forget_links(connection, people)
    _list(connection, people, moment)
    _leave_shared_phones(connection, people)
    _let_addresses_go(connection, people)
    connection.execute(
        update(participants)
        .where(participants.c.id.in_(people))
        .values(state=b"", language="", network="", consented=False, merged_into=None,
                stopped_at=moment, seen_at=moment, asked_at=None, forgotten_at=moment)
    )  # fmt: skip
    return found


def put_away_log(database: Database) -> None:
    """Leave no earlier page in SQLite's write-ahead log. Call it after the commit."""
    if database.embedded:
        with database.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def came_back(connection: Connection, indexes: Iterable[bytes]) -> None:
    """Let addresses be written to again: somebody wrote from them of their own accord."""
    rows = forgotten.c.address_index.in_([index for index in indexes if index != NOBODY])
    connection.execute(delete(forgotten).where(rows))


def not_to_be_written_to(connection: Connection, indexes: Iterable[bytes]) -> set[bytes]:
    """Return those whose owners asked to be forgotten: no import and no broadcast reaches them."""
    query = select(forgotten.c.address_index).where(forgotten.c.address_index.in_(list(indexes)))
    return set(connection.scalars(query)) - {NOBODY}


def forgotten_list(connection: Connection) -> list[Forgotten]:
    """Return the list that is to be applied after a restore."""
    query = select(forgotten.c.pseudonym, forgotten.c.address_index, forgotten.c.channel,
                   forgotten.c.at).order_by(forgotten.c.at, forgotten.c.pseudonym)  # fmt: skip
    return [Forgotten(*row) for row in connection.execute(query)]


def apply_forgotten(
    connection: Connection, store: MediaStore, entries: Sequence[Forgotten], moment: int
) -> int:
    """Forget again whom a restored backup brought back; return how many people that were."""
    found: set[int] = set()
    for entry in entries:
        found.update(connection.scalars(_back_again(entry)))
    for participant in sorted(found):
        forget(connection, store, participant, moment)
    _add(connection, entries)
    return len(found)


def _back_again(entry: Forgotten) -> Select[tuple[int]]:
    """Find by pseudonym, and by address who spoke on it before the list was written."""
    on_it = select(addresses.c.participant_id).where(
        addresses.c.address_index == entry.address_index, addresses.c.made_at <= entry.at
    )
    known = or_(participants.c.pseudonym == entry.pseudonym, participants.c.id.in_(on_it))
    return select(participants.c.id).where(known, participants.c.forgotten_at.is_(None))


def _merged(connection: Connection, participant: int) -> list[int]:
    people, new = {participant}, {participant}
    while new:
        query = select(participants.c.id).where(participants.c.merged_into.in_(new))
        new = set(connection.scalars(query)) - people
        people |= new
    return sorted(people)


def _words(
    connection: Connection, store: MediaStore, people: Sequence[int]
) -> tuple[int, int, int]:
    """Delete what was said, and the recordings of it."""
    said = select(contributions.c.id).where(contributions.c.participant_id.in_(people))
    sent = select(media.c.id).where(media.c.participant_id.in_(people))
    keys = connection.execute(select(*COPIES).where(media.c.participant_id.in_(people))).all()
    links = contribution_media.c
    connection.execute(
        delete(contribution_media).where(
            or_(links.contribution_id.in_(said), links.media_id.in_(sent))
        )
    )
    lose(connection, said)
    drop_translations(connection, said)
    forget_listener(connection, people)
    words = connection.execute(
        delete(contributions).where(contributions.c.participant_id.in_(people))
    )
    drop_transcripts(connection, sent)
    notes = connection.execute(delete(media).where(media.c.participant_id.in_(people)))
    talks = select(handovers.c.id).where(handovers.c.participant_id.in_(people))
    connection.execute(delete(handover_words).where(handover_words.c.handover_id.in_(talks)))
    sounds.drop_of(connection, store, people)
    files = release(connection, store, [key for pair in keys for key in pair])
    return words.rowcount, notes.rowcount, files


def _carried(connection: Connection, people: Sequence[int], moment: int) -> tuple[int, int]:
    """Erase the messages that came and went; each recipient keeps its outcome."""
    index = select(addresses.c.address_index)
    speaking = addresses.c.participant_id.in_(people)
    mine = inbox.c.address_index.in_(index.where(speaking))
    waiting = and_(mine, inbox.c.answered_at.is_(None), inbox.c.received_at <= moment)
    connection.execute(update(inbox).where(waiting).values(answered_at=moment, outcome="forgotten"))
    ours = inbox.c.address_index.in_(index.where(or_(speaking, _speaks(people))))
    answered = and_(ours, inbox.c.answered_at.is_not(None), inbox.c.sealed.is_not(None))
    blank = connection.execute(update(inbox).where(answered).values(sealed=None, note=""))
    _settle_recipients(connection, people)
    gone = delete(deliveries).where(deliveries.c.participant_id.in_(people))
    return blank.rowcount, connection.execute(gone).rowcount


def _forget_links(connection: Connection, people: Sequence[int]) -> None:
    asked, wrote = link_codes.c.participant_id.in_(people), link_codes.c.claimed_by.in_(people)
    connection.execute(delete(link_codes).where(or_(asked, wrote)))
    linked = or_(links.c.kept_id.in_(people), links.c.merged_id.in_(people))
    connection.execute(delete(links).where(linked))


def _settle_recipients(connection: Connection, people: Sequence[int]) -> None:
    settle_people(connection, people)
    mine = recipients.c.participant_id.in_(people)
    outcome = select(deliveries.c.state).where(deliveries.c.id == recipients.c.delivery_id)
    delivered = and_(mine, recipients.c.delivery_id.is_not(None))
    connection.execute(
        update(recipients)
        .where(delivered)
        .values(state=outcome.scalar_subquery(), delivery_id=None)
    )
    undecided = and_(mine, recipients.c.state.in_(UNDECIDED))
    connection.execute(
        update(recipients).where(undecided).values(state="cancelled", reason="forgotten")
    )


def _list(connection: Connection, people: Sequence[int], moment: int) -> None:
    """Write whom nobody may write to again; a phone that others use may still be written to."""
    names = connection.execute(
        select(participants.c.id, participants.c.pseudonym).where(participants.c.id.in_(people))
    )
    pseudonyms = {row.id: row.pseudonym for row in names}
    entries = [Forgotten(name, NOBODY, "", moment) for name in pseudonyms.values()]
    query = select(
        addresses.c.participant_id, addresses.c.address_index, addresses.c.channel
    ).where(addresses.c.participant_id.in_(people), ~_has_others(people))
    for owner, index, channel in connection.execute(query):
        entries.append(Forgotten(pseudonyms[owner], index, channel, moment))
    _add(connection, entries)


def _add(connection: Connection, entries: Sequence[Forgotten]) -> None:
    known = {(entry.pseudonym, entry.address_index) for entry in forgotten_list(connection)}
    rows = [entry._asdict() for entry in entries if entry[:2] not in known]
    if rows:
        connection.execute(forgotten.insert(), rows)


def _speaks(people: Sequence[int]) -> ColumnElement[bool]:
    return exists().where(
        speakers.c.address_id == addresses.c.id, speakers.c.participant_id.in_(people)
    )


def _has_others(people: Sequence[int]) -> ColumnElement[bool]:
    return exists().where(
        speakers.c.address_id == addresses.c.id, speakers.c.participant_id.not_in(people)
    )


def _leave_shared_phones(connection: Connection, people: Sequence[int]) -> None:
    """Let the others on a phone speak on it; one who is left alone needs no number."""
    shared = select(addresses.c.id, addresses.c.participant_id).where(_speaks(people))
    rows = connection.execute(shared).all()
    connection.execute(delete(speakers).where(speakers.c.participant_id.in_(people)))
    for address, speaking in rows:
        query = select(speakers.c.participant_id).where(speakers.c.address_id == address)
        left = list(connection.scalars(query.order_by(speakers.c.number)))
        if left and speaking in people:
            mine = addresses.c.id == address
            connection.execute(update(addresses).where(mine).values(participant_id=left[0]))
        if len(left) == 1:
            connection.execute(delete(speakers).where(speakers.c.address_id == address))


def _let_addresses_go(connection: Connection, people: Sequence[int]) -> None:
    query = select(addresses.c.id).where(addresses.c.participant_id.in_(people))
    own = list(connection.scalars(query))
    connection.execute(delete(deliveries).where(deliveries.c.address_id.in_(own)))
    pages.revoke_on(connection, own)
    connection.execute(delete(addresses).where(addresses.c.id.in_(own)))
