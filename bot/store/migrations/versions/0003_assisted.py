"""Who answered for somebody else, who had asked them to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contributions", Column("assisted_by", sa.String(16)))


def downgrade() -> None:
    op.drop_column("contributions", "assisted_by")
