"""What people said for the record, and what others may hear of it."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.store.tables.columns import Big, metadata, participant_id

contributions = Table(  # append-only: the newest of a place wins
    "contributions",
    metadata,
    Column("id", String(32), primary_key=True),
    participant_id(),
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
    # These two are unused since `transcripts` is there; they stay for the version that runs beside.
    Column("transcript", Text, nullable=False, default=""),
    Column("transcript_by", String(80), nullable=False, default=""),
    Column("assisted_by", String(16)),  # the pseudonym of who answered for them; null: nobody
    Index("ix_contributions_place", "participant_id", "place"),
    Index("ix_contributions_export", "phase", "id"),
)

moderations = Table(  # what others may hear: decided by a person, one contribution at a time
    "moderations",
    metadata,
    Column("contribution_id", String(32), ForeignKey("contributions.id"), primary_key=True),
    participant_id(index=True),  # its author
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
