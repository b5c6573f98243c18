"""Pages behind links by SMS, on which prompts are heard and answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "listening_pages",
        Column("code", sa.String(16), nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("address_id", BIG, nullable=False),
        Column("sealed", sa.LargeBinary(), nullable=False),
        Column("made_at", BIG, nullable=False),
        Column("expires_at", BIG, nullable=False),
        Column("changed_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_listening_pages"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_listening_pages_participant_id"
        ),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name="fk_listening_pages_address_id"
        ),
    )
    for column in ("participant_id", "address_id"):
        op.create_index(f"ix_listening_pages_{column}", "listening_pages", [column])
