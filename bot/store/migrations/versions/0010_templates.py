"""Templates: how each stands with whoever approves it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "templates",
        Column("account", sa.String(64), nullable=False),
        Column("name", sa.String(80), nullable=False),
        Column("language", sa.String(8), nullable=False),
        Column("sid", sa.String(64), nullable=False),
        Column("state", sa.String(16), nullable=False),
        Column("reason", sa.Text(), nullable=False),
        Column("checked_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("account", "name", "language", name="pk_templates"),
    )
