"""Who is written to in large numbers: lists, rules, and how each recipient stands."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, text

from bot.store.tables.columns import EMPTY, FALSE, ZERO, Big, metadata, row_id

broadcasts = Table(
    "broadcasts",
    metadata,
    row_id(),
    Column("kind", String(16), nullable=False),  # phase, message, flow, session, test
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
    Column("messages", Integer, nullable=False, default=0, server_default=ZERO),  # that went out
    Column("template", Boolean, nullable=False, default=False, server_default=FALSE),
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
    row_id(),
    Column("file", String(120), nullable=False),
    Column("consent", Text, nullable=False),  # "" for none
    Column("made", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("at", Big, nullable=False),
)
