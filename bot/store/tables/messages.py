"""What came in, what is promised, and what a person says instead of the bot."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
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

inbox = Table(
    "inbox",
    metadata,
    row_id(),
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
    row_id(),
    participant_id(),
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
    Column("speaks", String(64), nullable=False, default="", server_default=EMPTY),  # its sound
    Index("ix_deliveries_speaks", "speaks",
          postgresql_where=text("state = 'waiting' AND speaks <> ''"),
          sqlite_where=text("state = 'waiting' AND speaks <> ''")),
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

listening_pages = Table(  # behind links by SMS: what is heard, and answered, in a browser
    "listening_pages",
    metadata,
    Column("code", String(16), primary_key=True),  # in the link, beside what proves it to be ours
    participant_id(index=True),
    Column("address_id", Big, ForeignKey("addresses.id"), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),  # what was said last: prompts, as JSON
    Column("made_at", Big, nullable=False),
    Column("expires_at", Big, nullable=False),
    Column("changed_at", Big, nullable=False),
)

handovers = Table(
    "handovers",
    metadata,
    row_id(),
    participant_id(index=True),
    Column("opened_at", Big, nullable=False),
    Column("closed_at", Big),
    Column("note", Text, nullable=False, default=""),
)

handover_words = Table(
    "handover_words",
    metadata,
    row_id(),
    Column("handover_id", Big, ForeignKey("handovers.id"), nullable=False, index=True),
    Column("ours", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Big, nullable=False),
)
