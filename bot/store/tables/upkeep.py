"""What the processes of a house need to agree on, and who did what."""

from sqlalchemy import Column, Float, String, Table, Text

from bot.store.tables.columns import Big, metadata, row_id

leases = Table(  # one poller a bot, one keeper of a job
    "leases",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("until", Big, nullable=False),
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
    row_id(),
    Column("at", Big, nullable=False),
    Column("who", String(80), nullable=False),
    Column("did", String(80), nullable=False),
    Column("about", Text, nullable=False, default=""),
)
