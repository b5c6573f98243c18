"""What all processes count, and which message led to a delivery."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tallies",
        Column("name", sa.String(120), nullable=False),
        Column("value", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tallies")),
    )
    op.add_column("deliveries", Column("trace", sa.String(16)))


def downgrade() -> None:
    op.drop_column("deliveries", "trace")
    op.drop_table("tallies")
