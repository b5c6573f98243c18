"""Broadcasts, whole: saved segments, imports, and how each recipient stands."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EMPTY, ZERO = sa.text("''"), sa.text("0")
UNPROMISED = sa.text("state = 'waiting' AND promised_at IS NULL")
OF_A_BROADCAST = sa.text("broadcast_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "segments",
        Column("name", sa.String(40), nullable=False),
        Column("rule", sa.Text(), nullable=False),
        Column("made_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_segments"),
    )
    op.create_table(
        "imports",
        Column("id", BIG, nullable=False),
        Column("file", sa.String(120), nullable=False),
        Column("consent", sa.Text(), nullable=False),
        Column("made", sa.Integer(), nullable=False),
        Column("changed", sa.Integer(), nullable=False),
        Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.add_column("participants", Column("attested_at", BIG))
    op.add_column("addresses", _words("country", sa.String(2)))
    for column in (
        _words("plan", sa.Text()),
        Column("begins_at", BIG),
        _number("run", sa.Integer()),
        _number("fanned_to", BIG),
        _words("note", sa.Text()),
    ):
        op.add_column("broadcasts", column)
    for column in (
        Column("address_id", BIG),
        _words("channel", sa.String(32)),
        _words("language", sa.String(8)),
        _number("not_before", BIG),
        Column("promised_at", BIG),
        _number("segments", sa.Integer()),
        _number("cost", sa.Float()),
        _number("attempts", sa.Integer()),
        Column("first_at", BIG),
        Column("last_at", BIG),
    ):
        op.add_column("recipients", column)
    op.create_index(
        "ix_recipients_waiting", "recipients",
        ["broadcast_id", "channel", "not_before", "participant_id"],
        postgresql_where=UNPROMISED, sqlite_where=UNPROMISED,
    )  # fmt: skip
    op.create_index(
        "ix_deliveries_broadcast", "deliveries", ["broadcast_id", "participant_id"],
        postgresql_where=OF_A_BROADCAST, sqlite_where=OF_A_BROADCAST,
    )  # fmt: skip
    # What was announced before stands in deliveries that were promised at once.
    op.execute("UPDATE recipients SET promised_at = at WHERE state = 'waiting'")


def _words(name: str, kind: sa.types.TypeEngine[str]) -> Column[str]:
    return Column(name, kind, nullable=False, server_default=EMPTY)


def _number(name: str, kind: sa.types.TypeEngine[Any]) -> Column[Any]:
    return Column(name, kind, nullable=False, server_default=ZERO)
