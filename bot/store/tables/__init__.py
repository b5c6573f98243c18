"""The tables. Times are milliseconds since 1970, UTC (`…_at`); `sealed` columns are encrypted.

Nothing outside a sealed column holds a number, a handle, a name or a token: `address_index` is
a keyed hash by which an address is found again, `participants.pseudonym` is made by chance.
"""

from bot.store.tables.broadcasting import broadcasts, imports, recipients, segments
from bot.store.tables.columns import metadata
from bot.store.tables.face_to_face import rsvps, session_notices, sessions
from bot.store.tables.messages import (
    deliveries,
    handover_words,
    handovers,
    inbox,
    known_files,
    listening_pages,
    templates,
)
from bot.store.tables.people import (
    addresses,
    consents,
    facts,
    forgotten,
    link_codes,
    link_tries,
    links,
    participants,
    speakers,
)
from bot.store.tables.record import contributions, moderated_texts, moderations, showings
from bot.store.tables.recordings import (
    audio_sessions,
    blobs,
    contribution_media,
    media,
    sounds,
    transcripts,
    translations,
)
from bot.store.tables.talks import conversations, invitations, phases, reminders, revisions, topics
from bot.store.tables.upkeep import audit, leases, tallies

__all__ = [
    "addresses",
    "audio_sessions",
    "audit",
    "blobs",
    "broadcasts",
    "consents",
    "contribution_media",
    "contributions",
    "conversations",
    "deliveries",
    "facts",
    "forgotten",
    "handover_words",
    "handovers",
    "imports",
    "inbox",
    "invitations",
    "known_files",
    "leases",
    "link_codes",
    "link_tries",
    "links",
    "listening_pages",
    "media",
    "metadata",
    "moderated_texts",
    "moderations",
    "participants",
    "phases",
    "recipients",
    "reminders",
    "revisions",
    "rsvps",
    "segments",
    "session_notices",
    "sessions",
    "showings",
    "sounds",
    "speakers",
    "tallies",
    "templates",
    "topics",
    "transcripts",
    "translations",
]
