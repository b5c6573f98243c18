"""What the bot says aloud, and which delivery waits for it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WANTS = sa.text("state = 'waiting' AND speaks <> ''")


def upgrade() -> None:
    op.create_table(
        "sounds",
        Column("digest", sa.String(64), nullable=False),
        Column("participant_id", BIG),
        Column("key", sa.String(64), nullable=False),
        Column("seconds", sa.Float(), nullable=False),
        Column("size", BIG, nullable=False),
        Column("made_at", BIG, nullable=False),
        Column("used_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sounds")),
    )
    op.create_index(op.f("ix_sounds_participant_id"), "sounds", ["participant_id"])
    op.create_index(op.f("ix_sounds_key"), "sounds", ["key"])
    op.add_column(
        "deliveries", Column("speaks", sa.String(64), nullable=False, server_default=sa.text("''"))
    )
    op.create_index("ix_deliveries_speaks", "deliveries", ["speaks"],
                    postgresql_where=WANTS, sqlite_where=WANTS)  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_deliveries_speaks", "deliveries")
    op.drop_column("deliveries", "speaks")
    op.drop_table("sounds")
