"""Who refuses to take part: nothing is kept but the no."""

from msgspec.structs import replace
from sqlalchemy import Connection, delete, select, update

from bot.dialogue.conversation import Person
from bot.store.media import COPIES, MediaStore, release
from bot.store.showings import lose
from bot.store.tables import addresses, contribution_media, contributions, facts, inbox, media
from bot.store.transcripts import drop_transcripts
from bot.store.translations import drop_translations

TAKE_PART = "consent to take part"
STAYS = ("language", TAKE_PART)  # what one must know in order to leave someone in peace


def keep_only_the_no(connection: Connection, store: MediaStore, participant: int) -> None:
    """Erase words, recordings and facts of someone who said no; the no stays, with its proof."""
    mine = contributions.c.participant_id == participant
    the_no = (contributions.c.fact == TAKE_PART) & contributions.c.superseded_at.is_(None)
    others = mine & ~the_no
    said = select(contributions.c.id).where(others)
    connection.execute(
        delete(contribution_media).where(contribution_media.c.contribution_id.in_(said))
    )
    lose(connection, said)
    drop_translations(connection, said)
    drop_recordings(connection, store, participant)
    connection.execute(delete(contributions).where(others))
    connection.execute(update(contributions).where(mine).values(text="", comment=""))
    known = (facts.c.participant_id == participant) & facts.c.name.not_in(STAYS)
    connection.execute(delete(facts).where(known))


def drop_recordings(connection: Connection, store: MediaStore, participant: int) -> None:
    """Delete every recording and photo of someone, and the messages that brought them."""
    sent = media.c.participant_id == participant
    keys = connection.execute(select(*COPIES).where(sent)).all()
    ids = select(media.c.id).where(sent)
    connection.execute(delete(contribution_media).where(contribution_media.c.media_id.in_(ids)))
    drop_transcripts(connection, ids)
    connection.execute(delete(media).where(sent))
    release(connection, store, [key for pair in keys for key in pair])
    theirs = select(addresses.c.address_index).where(addresses.c.participant_id == participant)
    answered = inbox.c.address_index.in_(theirs) & inbox.c.answered_at.is_not(None)
    connection.execute(update(inbox).where(answered).values(sealed=None, note=""))


def bare(person: Person) -> Person:
    """Return what is still known of someone who refused."""
    kept = {name: value for name, value in person.facts.items() if name in STAYS}
    return replace(person, facts=kept, first_name="")
