"""Recordings: a copy that phones show as a voice message."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "media", Column("resendable", sa.String(64), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    op.drop_column("media", "resendable")
