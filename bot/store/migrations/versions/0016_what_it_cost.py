"""Broadcasts: how many messages each recipient was sent, and whether as a template."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    added: tuple[Column[Any], ...] = (
        Column("messages", sa.Integer(), nullable=False, server_default=sa.text("0")),
        Column("template", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    for column in added:
        op.add_column("recipients", column)


def downgrade() -> None:
    op.drop_column("recipients", "template")
    op.drop_column("recipients", "messages")
