"""Face-to-face sessions: where and when, who comes, and what they are told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def upgrade() -> None:
    op.create_table(
        "sessions",
        Column("id", BIG, nullable=False),
        Column("code", sa.String(40), nullable=False),
        Column("title", sa.Text(), nullable=False),
        Column("place", sa.Text(), nullable=False),
        Column("zone", sa.String(64), nullable=False),
        Column("begins_at", BIG, nullable=False),
        Column("minutes", sa.Integer(), nullable=False),
        Column("region", sa.String(80), nullable=False),
        Column("languages", sa.Text(), nullable=False),
        Column("capacity", sa.Integer()),
        Column("facilitator_id", BIG),
        Column("made_at", BIG, nullable=False),
        Column("cancelled_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("code", name="uq_sessions_code"),
        _refers("sessions", "facilitator_id", "participants"),
    )
    op.create_table(
        "rsvps",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("session_id", BIG, nullable=False),
        Column("state", sa.String(8), nullable=False),
        Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rsvps"),
        sa.UniqueConstraint(
            "session_id", "participant_id", name="uq_rsvps_session_id_participant_id"
        ),
        _refers("rsvps", "participant_id", "participants"),
        _refers("rsvps", "session_id", "sessions"),
    )
    op.create_table(
        "session_notices",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("session_id", BIG, nullable=False),
        Column("what", sa.String(16), nullable=False),
        Column("due_at", BIG, nullable=False),
        Column("state", sa.String(8), nullable=False),
        Column("reason", sa.String(80), nullable=False),
        Column("done_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_session_notices"),
        _refers("session_notices", "participant_id", "participants"),
        _refers("session_notices", "session_id", "sessions"),
    )
    for table, column in (
        ("sessions", "begins_at"),
        ("sessions", "facilitator_id"),
        ("rsvps", "participant_id"),
        ("session_notices", "participant_id"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_session_notices_due",
        "session_notices",
        ["due_at"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
    op.create_index(
        "ix_session_notices_session", "session_notices", ["session_id", "participant_id"]
    )
