"""The tables. Times are milliseconds since 1970, UTC (`…_at`); `sealed` columns are encrypted.

Nothing outside a sealed column holds a number, a handle, a name or a token: `address_index` is
a keyed hash by which an address is found again, `participants.pseudonym` is made by chance.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Big = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows only by INTEGER


EMPTY, ZERO = text("''"), text("0")  # what rows get that an older running version writes


def _id() -> Column[int]:
    return Column("id", Big, primary_key=True)


def _participant(*, index: bool = False) -> Column[int]:
    owner = ForeignKey("participants.id")
    return Column("participant_id", Big, owner, nullable=False, index=index)


participants = Table(
    "participants",
    metadata,
    _id(),
    Column("pseudonym", String(16), nullable=False, unique=True),
    Column("state", LargeBinary, nullable=False),  # dialogue.Person without its conversations
    Column("language", String(8), nullable=False, default=""),
    Column("network", String(64), nullable=False, default=""),
    Column("trial", Boolean, nullable=False, default=False),  # `palabre chat`, a simulator tab
    Column("consented", Boolean, nullable=False, default=False),  # to take part, as it is now
    Column("stopped_at", Big),
    Column("merged_into", Big),
    Column("made_at", Big, nullable=False),
    Column("seen_at", Big, nullable=False),
    Column("asked_at", Big),  # the last time that we wrote unasked
    Column("forgotten_at", Big),
    Column("attested_at", Big),  # imported with a proof of consent: they may be invited
    Index("ix_participants_merged_into", "merged_into",
          postgresql_where=text("merged_into IS NOT NULL"),
          sqlite_where=text("merged_into IS NOT NULL")),
)  # fmt: skip

addresses = Table(
    "addresses",
    metadata,
    _id(),
    _participant(index=True),  # who speaks on it now
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False, default=""),  # our sender, as they know it
    Column("address_index", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the address, and the name shown with it
    Column("state", String(16), nullable=False, default="good"),  # good, blocked, gone, stopped
    Column("reason", Text, nullable=False, default=""),
    Column("locale_hint", String(16), nullable=False, default=""),
    Column("last_in_at", Big),
    Column("made_at", Big, nullable=False),
    Column("country", String(2), nullable=False, default="", server_default=EMPTY),  # a number's
    UniqueConstraint("address_index", "channel"),  # in this order one finds by the index alone
)

speakers = Table(  # several people on one phone: number 1 came first
    "speakers",
    metadata,
    Column("address_id", Big, ForeignKey("addresses.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    _participant(index=True),
)

link_codes = Table(  # by which one person links two channels; the code itself is not kept
    "link_codes",
    metadata,
    _id(),
    _participant(index=True),  # who asked for it
    Column("code_index", LargeBinary, nullable=False, index=True),
    Column("made_at", Big, nullable=False),
    Column("expires_at", Big, nullable=False),
    Column("claimed_by", Big, ForeignKey("participants.id"), index=True),  # who wrote it elsewhere
    Column("used_at", Big),
)

link_tries = Table(  # codes that were wrong: few are allowed
    "link_tries",
    metadata,
    _id(),
    _participant(index=True),
    Column("at", Big, nullable=False),
)

links = Table(  # two participants who are one person; nothing of theirs is rewritten
    "links",
    metadata,
    _id(),
    Column("kept_id", Big, ForeignKey("participants.id"), nullable=False, index=True),
    Column("merged_id", Big, ForeignKey("participants.id"), nullable=False, index=True),
    Column("channels", String(80), nullable=False),  # where the code was made, and written
    Column("sealed", LargeBinary, nullable=False),  # what came of it: to be taken back by an undo
    Column("made_at", Big, nullable=False),
    Column("undone_at", Big),
)

facts = Table(  # append-only: the newest of a name wins
    "facts",
    metadata,
    _id(),
    _participant(index=True),
    Column("name", String(40), nullable=False),
    Column("value", Text),  # JSON; null: forgotten
    Column("source", String(16), nullable=False),
    Column("step", String(80), nullable=False, default=""),
    Column("at", Big, nullable=False),
)

consents = Table(  # append-only proof: which words, which revision, when, where
    "consents",
    metadata,
    _id(),
    _participant(index=True),
    Column("kind", String(40), nullable=False),
    Column("answer", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("revision", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("at", Big, nullable=False),
    Column("attested_by", String(80), nullable=False, default=""),
)

phases = Table(
    "phases",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("state", String(8), nullable=False),  # open, closed, planned
    Column("changed_at", Big, nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("hash", String(32), primary_key=True),
    Column("flow", String(80), nullable=False),
    Column("structure", String(32), nullable=False),
    Column("bundle", LargeBinary, nullable=False),  # JSON, compressed
    Column("made_at", Big, nullable=False),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),  # phase, message, flow, test
    Column("phase", String(40), nullable=False, default=""),
    Column("flow", String(80), nullable=False, default=""),
    Column("body", Text, nullable=False, default=""),  # JSON: language → text
    Column("rule", Text, nullable=False, default=""),
    Column("state", String(16), nullable=False),  # planned, running, paused, cancelled, done
    Column("made_at", Big, nullable=False),
    Column("ended_at", Big),
    Column("plan", Text, nullable=False, default="", server_default=EMPTY),  # JSON: how it is sent
    Column("begins_at", Big),  # not before; empty: at once
    Column("run", Integer, nullable=False, default=0, server_default=ZERO),  # of its workflow
    Column("fanned_to", Big, nullable=False, default=0, server_default=ZERO),  # participants.id
    Column("note", Text, nullable=False, default="", server_default=EMPTY),  # what went wrong
)

segments = Table(  # a saved rule, not a list
    "segments",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("rule", Text, nullable=False),
    Column("made_at", Big, nullable=False),
)

recipients = Table(  # each with an outcome, and a reason where it is not a delivery's
    "recipients",
    metadata,
    Column("broadcast_id", Big, ForeignKey("broadcasts.id"), primary_key=True),
    Column("participant_id", Big, ForeignKey("participants.id"), primary_key=True),
    Column("state", String(16), nullable=False),  # waiting, skipped, or as its deliveries
    Column("reason", String(80), nullable=False, default=""),
    Column("delivery_id", Big),
    Column("at", Big, nullable=False),
    Column("address_id", Big),
    Column("channel", String(32), nullable=False, default="", server_default=EMPTY),
    Column("language", String(8), nullable=False, default="", server_default=EMPTY),
    Column("not_before", Big, nullable=False, default=0, server_default=ZERO),
    Column("promised_at", Big),  # since then its deliveries say how it stands
    Column("segments", Integer, nullable=False, default=0, server_default=ZERO),
    Column("cost", Float, nullable=False, default=0.0, server_default=ZERO),
    Column("attempts", Integer, nullable=False, default=0, server_default=ZERO),
    Column("first_at", Big),
    Column("last_at", Big),
    Index("ix_recipients_waiting", "broadcast_id", "channel", "not_before", "participant_id",
          postgresql_where=text("state = 'waiting' AND promised_at IS NULL"),
          sqlite_where=text("state = 'waiting' AND promised_at IS NULL")),
)  # fmt: skip

imports = Table(  # who was brought in from a list, and by which words they had agreed to it
    "imports",
    metadata,
    _id(),
    Column("file", String(120), nullable=False),
    Column("consent", Text, nullable=False),  # "" for none
    Column("made", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("at", Big, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    _id(),
    _participant(),
    Column("flow", String(80), nullable=False),
    Column("about", String(80), nullable=False, default=""),
    Column("broadcast_id", Big),
    Column("state", String(16), nullable=False),  # waiting, taken, void
    Column("made_at", Big, nullable=False),
    Column("taken_at", Big),
    UniqueConstraint("participant_id", "flow", "about"),
)

conversations = Table(
    "conversations",
    metadata,
    _id(),
    _participant(),
    Column("flow", String(80), nullable=False),
    Column("about", String(80), nullable=False, default=""),
    Column("revision", String(32), nullable=False),
    Column("state", LargeBinary, nullable=False),  # dialogue.Conversation
    Column("status", String(8), nullable=False),  # open, waiting, ended; aside: behind its twin
    Column("began_at", Big, nullable=False),
    Column("touched_at", Big, nullable=False),
    Column("ended_at", Big),
    UniqueConstraint("participant_id", "flow", "about"),
)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column("channel", String(32), nullable=False),
    Column("event_id", String(128), nullable=False),
    Column("address_index", LargeBinary, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sealed", LargeBinary),  # the Incoming and the raw body; erased after a set time
    Column("received_at", Big, nullable=False),
    Column("ready_at", Big, nullable=False),  # a recording is waited for until then
    Column("answered_at", Big),
    Column("outcome", String(16), nullable=False, default=""),  # answered, filed, stuck
    Column("note", Text, nullable=False, default=""),  # how it was read (JSON), or what went wrong
    UniqueConstraint("channel", "event_id"),
    Index("ix_inbox_waiting", "id", postgresql_where=text("answered_at IS NULL"),
          sqlite_where=text("answered_at IS NULL")),
)  # fmt: skip

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    _participant(),
    Column("address_id", Big, ForeignKey("addresses.id"), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("kind", String(16), nullable=False),  # reply, notice, reminder, broadcast, close
    Column("rank", Integer, nullable=False),  # 0 replies go first, then 1 reminders, 2 broadcasts
    Column("question", String(40), nullable=False, default=""),  # the open question that it asks
    Column("closes", String(40), nullable=False, default=""),
    Column("sealed", LargeBinary),  # the Outgoing; erased when it is no longer needed
    Column("state", String(12), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Big, nullable=False),
    Column("made_at", Big, nullable=False),
    Column("first_at", Big),  # first handed to the provider
    Column("last_at", Big),
    Column("provider_id", String(64), nullable=False, default=""),
    Column("units", Integer, nullable=False, default=1),
    Column("cost", Float, nullable=False, default=0.0),
    Column("broadcast_id", Big),
    Column("trace", String(16)),  # what the message that led to it is called in logs
    Index("ix_deliveries_due", "channel", "rank", "id",
          postgresql_where=text("state = 'waiting'"), sqlite_where=text("state = 'waiting'")),
    Index("ix_deliveries_sending", "id",
          postgresql_where=text("state = 'sending'"), sqlite_where=text("state = 'sending'")),
    Index("ix_deliveries_question", "participant_id", "question"),
    Index("ix_deliveries_broadcast", "broadcast_id", "participant_id",
          postgresql_where=text("broadcast_id IS NOT NULL"),
          sqlite_where=text("broadcast_id IS NOT NULL")),
    Index("ix_deliveries_provider_id", "channel", "provider_id",
          postgresql_where=text("provider_id <> ''"), sqlite_where=text("provider_id <> ''")),
)  # fmt: skip

contributions = Table(  # append-only: the newest of a place wins
    "contributions",
    metadata,
    Column("id", String(32), primary_key=True),
    _participant(),
    Column("place", String(160), nullable=False),  # dialogue's Kept.key
    Column("phase", String(40), nullable=False),
    Column("flow", String(80), nullable=False),
    Column("revision", String(32), nullable=False),
    Column("step", String(80), nullable=False),
    Column("item", String(80), nullable=False, default=""),
    Column("about", String(80), nullable=False, default=""),
    Column("question", Text, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("code", String(80), nullable=False, default=""),
    Column("codes", Text, nullable=False, default="[]"),  # JSON
    Column("value", Text),  # JSON
    Column("text", Text, nullable=False, default=""),
    Column("comment", Text, nullable=False, default=""),
    Column("fact", String(40), nullable=False, default=""),
    Column("language", String(8), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("state", String(12), nullable=False),  # kept, unresolved
    Column("replies", Text, nullable=False, default="[]"),  # JSON: the messages it is made of
    Column("asked_at", Big, nullable=False),
    Column("answered_at", Big, nullable=False),
    Column("superseded_at", Big),
    Column("withdrawn_at", Big),
    Column("hidden_at", Big),
    Column("coded_by", String(80), nullable=False, default=""),
    Column("spoken_language", String(40), nullable=False, default=""),
    Column("transcript", Text, nullable=False, default=""),  # unused since `transcripts` is there
    Column("transcript_by", String(80), nullable=False, default=""),
    Column("assisted_by", String(16)),  # the pseudonym of who answered for them; null: nobody
    Index("ix_contributions_place", "participant_id", "place"),
    Index("ix_contributions_export", "phase", "id"),
)

moderations = Table(  # what others may hear: decided by a person, one contribution at a time
    "moderations",
    metadata,
    Column("contribution_id", String(32), ForeignKey("contributions.id"), primary_key=True),
    _participant(index=True),  # its author
    Column("flow", String(80), nullable=False),
    Column("about", String(80), nullable=False),
    Column("step", String(80), nullable=False),
    Column("state", String(8), nullable=False),  # approved, refused
    Column("reason", Text, nullable=False, default=""),
    Column("sound", Boolean, nullable=False, default=False),  # its recording may be heard, too
    Column("heard", Integer, nullable=False, default=0),  # by how many people
    Column("who", String(80), nullable=False),
    Column("at", Big, nullable=False),
    Index("ix_moderations_least_heard", "flow", "about", "step", "state", "heard"),
)

moderated_texts = Table(  # the words as approved, and what people made of them in other languages
    "moderated_texts",
    metadata,
    Column("contribution_id", String(32), ForeignKey("moderations.contribution_id"),
           primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("text", Text, nullable=False),
    Column("who", String(80), nullable=False),
    Column("at", Big, nullable=False),
)  # fmt: skip

showings = Table(  # who heard what of others: once each
    "showings",
    metadata,
    Column("participant_id", Big, ForeignKey("participants.id"), primary_key=True),
    Column("contribution_id", String(32), ForeignKey("moderations.contribution_id"),
           primary_key=True, index=True),
    Column("at", Big, nullable=False),
)  # fmt: skip

topics = Table(  # those that a coordinator opened; the others come by their day
    "topics",
    metadata,
    Column("code", String(80), primary_key=True),
    Column("opened_at", Big, nullable=False),
)

media = Table(
    "media",
    metadata,
    Column("id", String(32), primary_key=True),
    _participant(index=True),
    Column("channel", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sealed_ref", LargeBinary),  # MediaRef: how the provider names it
    Column("state", String(8), nullable=False),  # pending, kept, refused, lost
    Column("verdict", String(24), nullable=False, default=""),
    Column("told", Boolean, nullable=False, default=False),  # a bad verdict was told
    Column("forwarded", Boolean, nullable=False, default=False),
    Column("inbox_id", Big),
    Column("mime", String(80), nullable=False, default=""),
    Column("original", String(64), nullable=False, default=""),  # SHA-256: where its bytes lie
    Column("playable", String(64), nullable=False, default=""),
    Column("size", Big),
    Column("seconds", Float),
    Column("speech_seconds", Float),  # for how long somebody speaks in it
    Column("peaks", Text, nullable=False, default=""),  # JSON: 200 numbers between 0 and 1
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", Big),
    Column("reason", Text, nullable=False, default=""),
    Column("made_at", Big, nullable=False),
    Column("kept_at", Big),
    Index("ix_media_due", "next_at",
          postgresql_where=text("state = 'pending'"), sqlite_where=text("state = 'pending'")),
)  # fmt: skip

contribution_media = Table(
    "contribution_media",
    metadata,
    Column("contribution_id", String(32), ForeignKey("contributions.id"), primary_key=True),
    Column("media_id", String(32), ForeignKey("media.id"), primary_key=True, index=True),
    Column("place", Integer, nullable=False),
)

transcripts = (
    Table(  # append-only: what is said in a recording; a person's word outranks a machine's
        "transcripts",
        metadata,
        _id(),
        Column("media_id", String(32), ForeignKey("media.id"), nullable=False, index=True),
        Column("kind", String(8), nullable=False),  # words; summary, of what no machine here knows
        Column("text", Text, nullable=False),
        Column("language", String(40), nullable=False),  # the one that is spoken, as it is called
        Column("by", String(80), nullable=False),  # a listener's name, or the engine's
        Column("machine", Boolean, nullable=False),
        Column("confidence", Float),  # the engine's own, 0 to 1
        Column("made_at", Big, nullable=False),
    )
)

blobs = Table(  # bytes of recordings where MEDIA_URL is db:, sealed
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

reminders = Table(
    "reminders",
    metadata,
    _id(),
    _participant(),
    Column("conversation", String(160), nullable=False),  # its key
    Column("question", String(40), nullable=False),
    Column("due_at", Big, nullable=False),
    Column("state", String(8), nullable=False),  # waiting, sent, void
    Column("reason", String(80), nullable=False, default=""),
    Column("done_at", Big),
    UniqueConstraint("participant_id", "question", "due_at"),
    Index("ix_reminders_due", "due_at",
          postgresql_where=text("state = 'waiting'"), sqlite_where=text("state = 'waiting'")),
)  # fmt: skip

sessions = Table(  # face to face, added while the consultation runs
    "sessions",
    metadata,
    _id(),
    Column("code", String(40), nullable=False, unique=True),
    Column("title", Text, nullable=False),  # JSON: language → title
    Column("place", Text, nullable=False),
    Column("zone", String(64), nullable=False),  # where it takes place
    Column("begins_at", Big, nullable=False, index=True),
    Column("minutes", Integer, nullable=False),
    Column("region", String(80), nullable=False, default=""),  # "": everybody's
    Column("languages", Text, nullable=False, default="[]"),  # JSON; none: any
    Column("capacity", Integer),  # null: as many as come
    Column("facilitator_id", Big, ForeignKey("participants.id"), index=True),
    Column("made_at", Big, nullable=False),
    Column("cancelled_at", Big),
)

rsvps = Table(
    "rsvps",
    metadata,
    _id(),
    _participant(index=True),
    Column("session_id", Big, ForeignKey("sessions.id"), nullable=False),
    Column("state", String(8), nullable=False),  # coming, waiting, perhaps, not
    Column("at", Big, nullable=False),  # since when: who waits longest comes first
    UniqueConstraint("session_id", "participant_id"),
)

session_notices = Table(  # what somebody is told of a session unasked, once each
    "session_notices",
    metadata,
    _id(),
    _participant(index=True),
    Column("session_id", Big, ForeignKey("sessions.id"), nullable=False),
    Column("what", String(16), nullable=False),  # place, changed, cancelled, two days …, report
    Column("due_at", Big, nullable=False),
    Column("state", String(8), nullable=False),  # waiting, sent, void
    Column("reason", String(80), nullable=False, default=""),
    Column("done_at", Big),
    Index("ix_session_notices_due", "due_at",
          postgresql_where=text("state = 'waiting'"), sqlite_where=text("state = 'waiting'")),
    Index("ix_session_notices_session", "session_id", "participant_id"),
)  # fmt: skip

handovers = Table(
    "handovers",
    metadata,
    _id(),
    _participant(index=True),
    Column("opened_at", Big, nullable=False),
    Column("closed_at", Big),
    Column("note", Text, nullable=False, default=""),
)

handover_words = Table(
    "handover_words",
    metadata,
    _id(),
    Column("handover_id", Big, ForeignKey("handovers.id"), nullable=False, index=True),
    Column("ours", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Big, nullable=False),
)

known_files = Table(  # what a provider already holds, so that it is sent once
    "known_files",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("file_id", String(256), nullable=False),
)

templates = Table(  # how each sentence to be approved stands, as its provider said last
    "templates",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("sid", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("checked_at", Big, nullable=False),
)

leases = Table(  # one poller a bot, one keeper of a job
    "leases",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("until", Big, nullable=False),
)

forgotten = Table(  # whom nobody may write to again; applied again after a restore
    "forgotten",
    metadata,
    Column("pseudonym", String(16), primary_key=True),
    Column("address_index", LargeBinary, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("at", Big, nullable=False),
)

tallies = Table(  # what all processes counted, for a program that watches
    "tallies",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("value", Float, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Big, nullable=False),
    Column("who", String(80), nullable=False),
    Column("did", String(80), nullable=False),
    Column("about", Text, nullable=False, default=""),
)
