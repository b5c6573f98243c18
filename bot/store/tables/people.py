"""Who takes part, by which addresses, and what is known of them for good."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.tables.columns import EMPTY, Big, metadata, participant_id, row_id

participants = Table(
    "participants",
    metadata,
    row_id(),
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
    row_id(),
    participant_id(index=True),  # who speaks on it now
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
    participant_id(index=True),
)

link_codes = Table(  # by which one person links two channels; the code itself is not kept
    "link_codes",
    metadata,
    row_id(),
    participant_id(index=True),  # who asked for it
    Column("code_index", LargeBinary, nullable=False, index=True),
    Column("made_at", Big, nullable=False),
    Column("expires_at", Big, nullable=False),
    Column("claimed_by", Big, ForeignKey("participants.id"), index=True),  # who wrote it elsewhere
    Column("used_at", Big),
)

link_tries = Table(  # codes that were wrong: few are allowed
    "link_tries",
    metadata,
    row_id(),
    participant_id(index=True),
    Column("at", Big, nullable=False),
)

links = Table(  # two participants who are one person; nothing of theirs is rewritten
    "links",
    metadata,
    row_id(),
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
    row_id(),
    participant_id(index=True),
    Column("name", String(40), nullable=False),
    Column("value", Text),  # JSON; null: forgotten
    Column("source", String(16), nullable=False),
    Column("step", String(80), nullable=False, default=""),
    Column("at", Big, nullable=False),
)

consents = Table(  # append-only proof: which words, which revision, when, where
    "consents",
    metadata,
    row_id(),
    participant_id(index=True),
    Column("kind", String(40), nullable=False),
    Column("answer", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("revision", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("at", Big, nullable=False),
    Column("attested_by", String(80), nullable=False, default=""),
)

forgotten = Table(  # whom nobody may write to again; applied again after a restore
    "forgotten",
    metadata,
    Column("pseudonym", String(16), primary_key=True),
    Column("address_index", LargeBinary, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("at", Big, nullable=False),
)
