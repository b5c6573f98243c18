"""Audio sessions that were given away, each with a page."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audio_sessions",
        Column("code", sa.String(24), nullable=False),
        Column("language", sa.String(8), nullable=False),
        Column("title", sa.Text(), nullable=False),
        Column("seconds", sa.Float(), nullable=False),
        Column("mp3", sa.String(64), nullable=False),
        Column("mp3_size", BIG, nullable=False),
        Column("ogg", sa.String(64), nullable=False),
        Column("ogg_size", BIG, nullable=False),
        Column("page", sa.String(64), nullable=False),
        Column("made_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_audio_sessions")),
    )


def downgrade() -> None:
    op.drop_table("audio_sessions")
