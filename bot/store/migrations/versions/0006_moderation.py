"""What others may hear, in which words, who heard it; and which topics were opened."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "moderations",
        Column("contribution_id", sa.String(32), nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("flow", sa.String(80), nullable=False),
        Column("about", sa.String(80), nullable=False),
        Column("step", sa.String(80), nullable=False),
        Column("state", sa.String(8), nullable=False),
        Column("reason", sa.Text(), nullable=False),
        Column("sound", sa.Boolean(), nullable=False),
        Column("heard", sa.Integer(), nullable=False),
        Column("who", sa.String(80), nullable=False),
        Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("contribution_id", name="pk_moderations"),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name="fk_moderations_contribution_id"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_moderations_participant_id"
        ),
    )
    op.create_index("ix_moderations_participant_id", "moderations", ["participant_id"])
    op.create_index(
        "ix_moderations_least_heard", "moderations", ["flow", "about", "step", "state", "heard"]
    )
    op.create_table(
        "moderated_texts",
        Column("contribution_id", sa.String(32), nullable=False),
        Column("language", sa.String(8), nullable=False),
        Column("text", sa.Text(), nullable=False),
        Column("who", sa.String(80), nullable=False),
        Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("contribution_id", "language", name="pk_moderated_texts"),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["moderations.contribution_id"],
            name="fk_moderated_texts_contribution_id",
        ),
    )
    op.create_table(
        "showings",
        Column("participant_id", BIG, nullable=False),
        Column("contribution_id", sa.String(32), nullable=False),
        Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("participant_id", "contribution_id", name="pk_showings"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_showings_participant_id"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["moderations.contribution_id"], name="fk_showings_contribution_id"
        ),
    )
    op.create_index("ix_showings_contribution_id", "showings", ["contribution_id"])
    op.create_table(
        "topics",
        Column("code", sa.String(80), nullable=False),
        Column("opened_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_topics"),
    )


def downgrade() -> None:
    for table in ("topics", "showings", "moderated_texts", "moderations"):
        op.drop_table(table)
