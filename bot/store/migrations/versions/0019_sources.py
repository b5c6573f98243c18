"""Audio sessions know which contributions are heard in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    added: Column[str] = Column(
        "sources", sa.Text(), nullable=False, server_default=sa.text("'[]'")
    )
    op.add_column("audio_sessions", added)


def downgrade() -> None:
    op.drop_column("audio_sessions", "sources")
