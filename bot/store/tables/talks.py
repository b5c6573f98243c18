"""What can be talked about, and how far each participant is in it."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, UniqueConstraint, text
from sqlalchemy.schema import SchemaItem

from bot.store.tables.columns import Big, metadata, participant_id, row_id


def _one_flow_about_one_thing() -> tuple[SchemaItem, ...]:
    """Return the columns that name what is talked about: a participant does so once."""
    return (
        Column("flow", String(80), nullable=False),
        Column("about", String(80), nullable=False, default=""),
        UniqueConstraint("participant_id", "flow", "about"),
    )


phases = Table(
    "phases",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("state", String(8), nullable=False),  # open, closed, planned
    Column("changed_at", Big, nullable=False),
)

topics = Table(  # those that a coordinator opened; the others come by their day
    "topics",
    metadata,
    Column("code", String(80), primary_key=True),
    Column("opened_at", Big, nullable=False),
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

invitations = Table(
    "invitations",
    metadata,
    row_id(),
    participant_id(),
    *_one_flow_about_one_thing(),
    Column("broadcast_id", Big),
    Column("state", String(16), nullable=False),  # waiting, taken, void
    Column("made_at", Big, nullable=False),
    Column("taken_at", Big),
)

conversations = Table(
    "conversations",
    metadata,
    row_id(),
    participant_id(),
    *_one_flow_about_one_thing(),
    Column("revision", String(32), nullable=False),
    Column("state", LargeBinary, nullable=False),  # dialogue.Conversation
    Column("status", String(8), nullable=False),  # open, waiting, ended; aside: behind its twin
    Column("began_at", Big, nullable=False),
    Column("touched_at", Big, nullable=False),
    Column("ended_at", Big),
)

reminders = Table(
    "reminders",
    metadata,
    row_id(),
    participant_id(),
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
