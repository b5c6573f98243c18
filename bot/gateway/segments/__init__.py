"""Segments: people chosen by a rule, a sentence such as "language is fr and channel is sms"."""

from bot.gateway.segments.asking import CHANNELS, Known, known_of
from bot.gateway.segments.reading import WrongRule, read_rule
from bot.gateway.segments.saved import NoSuchSegment, Segment, list_segments, save, where_of

__all__ = ["CHANNELS", "Known", "NoSuchSegment", "Segment", "WrongRule", "known_of",
           "list_segments", "read_rule", "save", "where_of"]  # fmt: skip
