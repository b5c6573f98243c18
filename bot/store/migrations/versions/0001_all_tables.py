"""All tables, as the first release has them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def only(condition: str) -> dict[str, Any]:
    """Make an index one of a part of the rows, on both databases."""
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "audit",
        Column("id", BIG, nullable=False),
        Column("at", BIG, nullable=False),
        Column("who", sa.String(80), nullable=False),
        Column("did", sa.String(80), nullable=False),
        Column("about", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_table(
        "blobs",
        Column("sha256", sa.String(64), nullable=False),
        Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
    )
    op.create_table(
        "broadcasts",
        Column("id", BIG, nullable=False),
        Column("kind", sa.String(16), nullable=False),
        Column("phase", sa.String(40), nullable=False),
        Column("flow", sa.String(80), nullable=False),
        Column("body", sa.Text(), nullable=False),
        Column("rule", sa.Text(), nullable=False),
        Column("state", sa.String(16), nullable=False),
        Column("made_at", BIG, nullable=False),
        Column("ended_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_broadcasts"),
    )
    op.create_table(
        "forgotten",
        Column("pseudonym", sa.String(16), nullable=False),
        Column("address_index", sa.LargeBinary(), nullable=False),
        Column("channel", sa.String(32), nullable=False),
        Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", "address_index", name="pk_forgotten"),
    )
    op.create_table(
        "inbox",
        Column("id", BIG, nullable=False),
        Column("channel", sa.String(32), nullable=False),
        Column("event_id", sa.String(128), nullable=False),
        Column("address_index", sa.LargeBinary(), nullable=False),
        Column("kind", sa.String(16), nullable=False),
        Column("sealed", sa.LargeBinary()),
        Column("received_at", BIG, nullable=False),
        Column("ready_at", BIG, nullable=False),
        Column("answered_at", BIG),
        Column("outcome", sa.String(16), nullable=False),
        Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("channel", "event_id", name="uq_inbox_channel_event_id"),
    )
    op.create_index("ix_inbox_waiting", "inbox", ["id"], **only("answered_at IS NULL"))
    op.create_table(
        "known_files",
        Column("account", sa.String(64), nullable=False),
        Column("sha256", sa.String(64), nullable=False),
        Column("kind", sa.String(16), nullable=False),
        Column("file_id", sa.String(256), nullable=False),
        sa.PrimaryKeyConstraint("account", "sha256", "kind", name="pk_known_files"),
    )
    op.create_table(
        "leases",
        Column("name", sa.String(80), nullable=False),
        Column("holder", sa.String(80), nullable=False),
        Column("until", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "participants",
        Column("id", BIG, nullable=False),
        Column("pseudonym", sa.String(16), nullable=False),
        Column("state", sa.LargeBinary(), nullable=False),
        Column("language", sa.String(8), nullable=False),
        Column("network", sa.String(64), nullable=False),
        Column("trial", sa.Boolean(), nullable=False),
        Column("consented", sa.Boolean(), nullable=False),
        Column("stopped_at", BIG),
        Column("merged_into", BIG),
        Column("made_at", BIG, nullable=False),
        Column("seen_at", BIG, nullable=False),
        Column("asked_at", BIG),
        Column("forgotten_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_participants"),
        sa.UniqueConstraint("pseudonym", name="uq_participants_pseudonym"),
    )
    op.create_table(
        "phases",
        Column("code", sa.String(40), nullable=False),
        Column("state", sa.String(8), nullable=False),
        Column("changed_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_phases"),
    )
    op.create_table(
        "revisions",
        Column("hash", sa.String(32), nullable=False),
        Column("flow", sa.String(80), nullable=False),
        Column("structure", sa.String(32), nullable=False),
        Column("bundle", sa.LargeBinary(), nullable=False),
        Column("made_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_revisions"),
    )
    op.create_table(
        "addresses",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("channel", sa.String(32), nullable=False),
        Column("account", sa.String(64), nullable=False),
        Column("address_index", sa.LargeBinary(), nullable=False),
        Column("sealed", sa.LargeBinary(), nullable=False),
        Column("state", sa.String(16), nullable=False),
        Column("reason", sa.Text(), nullable=False),
        Column("locale_hint", sa.String(16), nullable=False),
        Column("last_in_at", BIG),
        Column("made_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_addresses_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_addresses"),
        sa.UniqueConstraint("address_index", "channel", name="uq_addresses_address_index_channel"),
    )
    op.create_index("ix_addresses_participant_id", "addresses", ["participant_id"])
    op.create_table(
        "consents",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("kind", sa.String(40), nullable=False),
        Column("answer", sa.String(16), nullable=False),
        Column("words", sa.Text(), nullable=False),
        Column("revision", sa.String(32), nullable=False),
        Column("language", sa.String(8), nullable=False),
        Column("channel", sa.String(32), nullable=False),
        Column("at", BIG, nullable=False),
        Column("attested_by", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_consents_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_participant_id", "consents", ["participant_id"])
    op.create_table(
        "contributions",
        Column("id", sa.String(32), nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("place", sa.String(160), nullable=False),
        Column("phase", sa.String(40), nullable=False),
        Column("flow", sa.String(80), nullable=False),
        Column("revision", sa.String(32), nullable=False),
        Column("step", sa.String(80), nullable=False),
        Column("item", sa.String(80), nullable=False),
        Column("about", sa.String(80), nullable=False),
        Column("question", sa.Text(), nullable=False),
        Column("kind", sa.String(40), nullable=False),
        Column("code", sa.String(80), nullable=False),
        Column("codes", sa.Text(), nullable=False),
        Column("value", sa.Text()),
        Column("text", sa.Text(), nullable=False),
        Column("comment", sa.Text(), nullable=False),
        Column("fact", sa.String(40), nullable=False),
        Column("language", sa.String(8), nullable=False),
        Column("channel", sa.String(32), nullable=False),
        Column("state", sa.String(12), nullable=False),
        Column("replies", sa.Text(), nullable=False),
        Column("asked_at", BIG, nullable=False),
        Column("answered_at", BIG, nullable=False),
        Column("superseded_at", BIG),
        Column("withdrawn_at", BIG),
        Column("hidden_at", BIG),
        Column("coded_by", sa.String(80), nullable=False),
        Column("spoken_language", sa.String(40), nullable=False),
        Column("transcript", sa.Text(), nullable=False),
        Column("transcript_by", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_contributions_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_contributions"),
    )
    op.create_index("ix_contributions_export", "contributions", ["phase", "id"])
    op.create_index("ix_contributions_place", "contributions", ["participant_id", "place"])
    op.create_table(
        "conversations",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("flow", sa.String(80), nullable=False),
        Column("about", sa.String(80), nullable=False),
        Column("revision", sa.String(32), nullable=False),
        Column("state", sa.LargeBinary(), nullable=False),
        Column("status", sa.String(8), nullable=False),
        Column("began_at", BIG, nullable=False),
        Column("touched_at", BIG, nullable=False),
        Column("ended_at", BIG),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_conversations_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint(
            "participant_id", "flow", "about", name="uq_conversations_participant_id_flow_about"
        ),
    )
    op.create_table(
        "facts",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("name", sa.String(40), nullable=False),
        Column("value", sa.Text()),
        Column("source", sa.String(16), nullable=False),
        Column("step", sa.String(80), nullable=False),
        Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_facts_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
    )
    op.create_index("ix_facts_participant_id", "facts", ["participant_id"])
    op.create_table(
        "handovers",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("opened_at", BIG, nullable=False),
        Column("closed_at", BIG),
        Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_handovers_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_handovers"),
    )
    op.create_index("ix_handovers_participant_id", "handovers", ["participant_id"])
    op.create_table(
        "invitations",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("flow", sa.String(80), nullable=False),
        Column("about", sa.String(80), nullable=False),
        Column("broadcast_id", BIG),
        Column("state", sa.String(16), nullable=False),
        Column("made_at", BIG, nullable=False),
        Column("taken_at", BIG),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_invitations_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint(
            "participant_id", "flow", "about", name="uq_invitations_participant_id_flow_about"
        ),
    )
    op.create_table(
        "media",
        Column("id", sa.String(32), nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("channel", sa.String(32), nullable=False),
        Column("kind", sa.String(16), nullable=False),
        Column("sealed_ref", sa.LargeBinary()),
        Column("state", sa.String(8), nullable=False),
        Column("verdict", sa.String(24), nullable=False),
        Column("told", sa.Boolean(), nullable=False),
        Column("forwarded", sa.Boolean(), nullable=False),
        Column("inbox_id", BIG),
        Column("mime", sa.String(80), nullable=False),
        Column("original", sa.String(64), nullable=False),
        Column("playable", sa.String(64), nullable=False),
        Column("size", BIG),
        Column("seconds", sa.Float()),
        Column("peaks", sa.Text(), nullable=False),
        Column("attempts", sa.Integer(), nullable=False),
        Column("next_at", BIG),
        Column("reason", sa.Text(), nullable=False),
        Column("made_at", BIG, nullable=False),
        Column("kept_at", BIG),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_media_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
    )
    op.create_index("ix_media_due", "media", ["next_at"], **only("state = 'pending'"))
    op.create_index("ix_media_participant_id", "media", ["participant_id"])
    op.create_table(
        "recipients",
        Column("broadcast_id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("state", sa.String(16), nullable=False),
        Column("reason", sa.String(80), nullable=False),
        Column("delivery_id", BIG),
        Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcasts.id"], name="fk_recipients_broadcast_id"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_recipients_participant_id"
        ),
        sa.PrimaryKeyConstraint("broadcast_id", "participant_id", name="pk_recipients"),
    )
    op.create_table(
        "reminders",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("conversation", sa.String(160), nullable=False),
        Column("question", sa.String(40), nullable=False),
        Column("due_at", BIG, nullable=False),
        Column("state", sa.String(8), nullable=False),
        Column("reason", sa.String(80), nullable=False),
        Column("done_at", BIG),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_reminders_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
        sa.UniqueConstraint(
            "participant_id",
            "question",
            "due_at",
            name="uq_reminders_participant_id_question_due_at",
        ),
    )
    op.create_index("ix_reminders_due", "reminders", ["due_at"], **only("state = 'waiting'"))
    op.create_table(
        "contribution_media",
        Column("contribution_id", sa.String(32), nullable=False),
        Column("media_id", sa.String(32), nullable=False),
        Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name="fk_contribution_media_contribution_id"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_contribution_media_media_id"),
        sa.PrimaryKeyConstraint("contribution_id", "media_id", name="pk_contribution_media"),
    )
    op.create_index("ix_contribution_media_media_id", "contribution_media", ["media_id"])
    op.create_table(
        "deliveries",
        Column("id", BIG, nullable=False),
        Column("participant_id", BIG, nullable=False),
        Column("address_id", BIG, nullable=False),
        Column("channel", sa.String(32), nullable=False),
        Column("kind", sa.String(16), nullable=False),
        Column("rank", sa.Integer(), nullable=False),
        Column("question", sa.String(40), nullable=False),
        Column("closes", sa.String(40), nullable=False),
        Column("sealed", sa.LargeBinary()),
        Column("state", sa.String(12), nullable=False),
        Column("reason", sa.Text(), nullable=False),
        Column("attempts", sa.Integer(), nullable=False),
        Column("not_before", BIG, nullable=False),
        Column("made_at", BIG, nullable=False),
        Column("first_at", BIG),
        Column("last_at", BIG),
        Column("provider_id", sa.String(64), nullable=False),
        Column("units", sa.Integer(), nullable=False),
        Column("cost", sa.Float(), nullable=False),
        Column("broadcast_id", BIG),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name="fk_deliveries_address_id"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_deliveries_participant_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index(
        "ix_deliveries_due", "deliveries", ["channel", "rank", "id"], **only("state = 'waiting'")
    )
    op.create_index(
        "ix_deliveries_provider_id",
        "deliveries",
        ["channel", "provider_id"],
        **only("provider_id <> ''"),
    )
    op.create_index("ix_deliveries_question", "deliveries", ["participant_id", "question"])
    op.create_index("ix_deliveries_sending", "deliveries", ["id"], **only("state = 'sending'"))
    op.create_table(
        "handover_words",
        Column("id", BIG, nullable=False),
        Column("handover_id", BIG, nullable=False),
        Column("ours", sa.Boolean(), nullable=False),
        Column("sealed", sa.LargeBinary(), nullable=False),
        Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handovers.id"], name="fk_handover_words_handover_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_handover_words"),
    )
    op.create_index("ix_handover_words_handover_id", "handover_words", ["handover_id"])
    op.create_table(
        "speakers",
        Column("address_id", BIG, nullable=False),
        Column("number", sa.Integer(), nullable=False),
        Column("participant_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name="fk_speakers_address_id"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_speakers_participant_id"
        ),
        sa.PrimaryKeyConstraint("address_id", "number", name="pk_speakers"),
    )
    op.create_index("ix_speakers_participant_id", "speakers", ["participant_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


TABLES = (
    "speakers",
    "handover_words",
    "deliveries",
    "contribution_media",
    "reminders",
    "recipients",
    "media",
    "invitations",
    "handovers",
    "facts",
    "conversations",
    "contributions",
    "consents",
    "addresses",
    "revisions",
    "phases",
    "participants",
    "leases",
    "known_files",
    "inbox",
    "forgotten",
    "broadcasts",
    "blobs",
    "audit",
)
