"""Two channels of one person: codes, wrong tries, and links that can be undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _refers(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], ["participants.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "link_codes",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("code_index", sa.LargeBinary(), nullable=False),
        Column("made_at", BIG, nullable=False),
        Column("expires_at", BIG, nullable=False),
        Column("claimed_by", BIG),
        Column("used_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_link_codes"),
        _refers("link_codes", "participant_id"),
        _refers("link_codes", "claimed_by"),
    )
    op.create_table(
        "link_tries",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_link_tries"),
        _refers("link_tries", "participant_id"),
    )
    op.create_table(
        "links",
        Column("id", BIG, nullable=False),
        Column("kept_id", BIG, nullable=False),
        Column("merged_id", BIG, nullable=False),
        Column("channels", sa.String(80), nullable=False),
        Column("sealed", sa.LargeBinary(), nullable=False),
        Column("made_at", BIG, nullable=False),
        Column("undone_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        _refers("links", "kept_id"),
        _refers("links", "merged_id"),
    )
    for table, column in (
        ("link_codes", "participant_id"),
        ("link_codes", "code_index"),
        ("link_codes", "claimed_by"),
        ("link_tries", "participant_id"),
        ("links", "kept_id"),
        ("links", "merged_id"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index(
        "ix_participants_merged_into",
        "participants",
        ["merged_into"],
        postgresql_where=merged,
        sqlite_where=merged,
    )
