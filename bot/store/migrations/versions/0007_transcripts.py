"""What is said in a recording, in writing: every version, by whom and when."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "transcripts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("media_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(40), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("machine", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Float()),
        sa.Column("made_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transcripts"),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_transcripts_media_id"),
    )
    op.create_index("ix_transcripts_media_id", "transcripts", ["media_id"])
