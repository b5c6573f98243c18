"""What people said in the language of those who draft: every version, by whom and when."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "translations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("contribution_id", sa.String(32)),
        sa.Column("transcript_id", BIG),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("machine", sa.Boolean(), nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_translations"),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name="fk_translations_contribution_id"
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name="fk_translations_transcript_id"
        ),
    )
    op.create_index("ix_translations_contribution_id", "translations", ["contribution_id"])
    op.create_index("ix_translations_transcript_id", "translations", ["transcript_id"])
