"""Recordings are found by the keys that they name, without looking at all of them."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COPIES = ("original", "playable", "resendable")


def upgrade() -> None:
    for column in COPIES:
        op.create_index(f"ix_media_{column}", "media", [column])


def downgrade() -> None:
    for column in COPIES:
        op.drop_index(f"ix_media_{column}", "media")
