"""People meeting face to face: when and where, who comes, and what they are told."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.tables.columns import Big, metadata, participant_id, row_id

sessions = Table(  # face to face, added while the consultation runs
    "sessions",
    metadata,
    row_id(),
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
    row_id(),
    participant_id(index=True),
    Column("session_id", Big, ForeignKey("sessions.id"), nullable=False),
    Column("state", String(8), nullable=False),  # coming, waiting, perhaps, not
    Column("at", Big, nullable=False),  # since when: who waits longest comes first
    UniqueConstraint("session_id", "participant_id"),
)

session_notices = Table(  # what somebody is told of a session unasked, once each
    "session_notices",
    metadata,
    row_id(),
    participant_id(index=True),
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
