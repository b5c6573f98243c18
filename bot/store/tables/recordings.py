"""What people sent as sound or picture, and what is said in it."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from bot.store.tables.columns import Big, metadata, participant_id, row_id

media = Table(
    "media",
    metadata,
    Column("id", String(32), primary_key=True),
    participant_id(index=True),
    Column("channel", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sealed_ref", LargeBinary),  # MediaRef: how the provider names it
    Column("state", String(8), nullable=False),  # pending, kept, refused, lost
    Column("verdict", String(24), nullable=False, default=""),
    Column("told", Boolean, nullable=False, default=False),  # a bad verdict was told
    Column("forwarded", Boolean, nullable=False, default=False),
    Column("inbox_id", Big),
    Column("mime", String(80), nullable=False, default=""),
    # SHA-256: where its bytes lie
    Column("original", String(64), nullable=False, default="", index=True),
    Column("playable", String(64), nullable=False, default="", index=True),  # its MP3
    # Its OGG/Opus, of 512 KB at most: what shows as a voice message.
    Column("resendable", String(64), nullable=False, server_default=text("''"), index=True),
    Column("size", Big),
    Column("seconds", Float),
    Column("speech_seconds", Float),  # for how long somebody speaks in it
    Column("peaks", Text, nullable=False, default=""),  # JSON: 200 numbers between 0 and 1
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", Big),
    Column("reason", Text, nullable=False, default=""),
    Column("made_at", Big, nullable=False),
    Column("kept_at", Big),
    Index("ix_media_due", "next_at",
          postgresql_where=text("state = 'pending'"), sqlite_where=text("state = 'pending'")),
)  # fmt: skip

contribution_media = Table(
    "contribution_media",
    metadata,
    Column("contribution_id", String(32), ForeignKey("contributions.id"), primary_key=True),
    Column("media_id", String(32), ForeignKey("media.id"), primary_key=True, index=True),
    Column("place", Integer, nullable=False),
)

transcripts = Table(  # append-only; a person's word outranks a machine's
    "transcripts",
    metadata,
    row_id(),
    Column("media_id", String(32), ForeignKey("media.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),  # words; summary, of what no machine here knows
    Column("text", Text, nullable=False),
    Column("language", String(40), nullable=False),  # the one that is spoken, as it is called
    Column("by", String(80), nullable=False),  # a listener's name, or the engine's
    Column("machine", Boolean, nullable=False),
    Column("confidence", Float),  # the engine's own, 0 to 1
    Column("made_at", Big, nullable=False),
)

audio_sessions = Table(  # given away, each with a page; the keys say where its files lie
    "audio_sessions",
    metadata,
    Column("code", String(24), primary_key=True),
    Column("language", String(8), nullable=False),
    Column("title", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("mp3", String(64), nullable=False),
    Column("mp3_size", Big, nullable=False),  # bytes
    Column("ogg", String(64), nullable=False),
    Column("ogg_size", Big, nullable=False),
    Column("page", String(64), nullable=False),  # what is heard, in writing: Markdown
    Column("sources", Text, nullable=False, server_default=text("'[]'")),  # contributions, JSON
    Column("made_at", Big, nullable=False),
)

translations = Table(  # append-only, of words or of a transcript; a person's outranks a machine's
    "translations",
    metadata,
    row_id(),
    Column("contribution_id", String(32), ForeignKey("contributions.id"), index=True),
    Column("transcript_id", Big, ForeignKey("transcripts.id"), index=True),
    Column("kind", String(8), nullable=False),  # words; same: it needs none; failed
    Column("language", String(8), nullable=False),  # into which
    Column("text", Text, nullable=False),
    Column("by", String(80), nullable=False),  # a name, or the engine's
    Column("machine", Boolean, nullable=False),
    Column("made_at", Big, nullable=False),
)

blobs = Table(  # bytes of recordings where MEDIA_URL is db:, sealed
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

sounds = Table(  # what the bot says aloud: made once, kept under a keyed hash of its words
    "sounds",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("participant_id", Big, index=True),  # whose words are in it: then it is soon dropped
    Column("key", String(64), nullable=False, index=True),  # where its bytes lie
    Column("seconds", Float, nullable=False),
    Column("size", Big, nullable=False),
    Column("made_at", Big, nullable=False),
    Column("used_at", Big, nullable=False),
)
