"""Broadcasts: sessions that were announced in one go are told apart by a plan, as all others."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NEVER = 1 << 52  # as `fanned_to`: all have a row already

broadcasts = sa.table(
    "broadcasts", sa.column("id"), sa.column("kind"), sa.column("flow"), sa.column("rule"),
    sa.column("plan"), sa.column("fanned_to"),
)  # fmt: skip


def upgrade() -> None:
    mine = broadcasts.c
    query = sa.select(mine.id, mine.flow, mine.rule).where(mine.kind == "session", mine.plan == "")
    for row in op.get_bind().execute(query).all():
        plan = json.dumps({"flow": row.flow, "session": row.rule})
        changed = sa.update(broadcasts).where(mine.id == row.id)
        op.execute(changed.values(plan=plan, rule="", fanned_to=NEVER))


def downgrade() -> None:
    mine = broadcasts.c
    query = sa.select(mine.id, mine.plan).where(mine.kind == "session", mine.plan != "")
    for row in op.get_bind().execute(query).all():
        changed = sa.update(broadcasts).where(mine.id == row.id)
        op.execute(changed.values(plan="", rule=json.loads(row.plan)["session"], fanned_to=0))
