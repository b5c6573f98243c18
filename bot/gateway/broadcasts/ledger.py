"""The ledger of a broadcast, as a table for a spreadsheet: a line for each recipient."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from sqlalchemy import Connection

from bot.gateway.broadcasts import reasons
from bot.gateway.broadcasts.plan import row_of
from bot.gateway.broadcasts.prices import Prices
from bot.gateway.export.sheets import harmless
from bot.language import _
from bot.store import fates
from bot.store.fates import Fate
from channels.errors import Failure

COLUMNS = ("participant", "channel", "language", "state", "reason", "segments", "cost", "attempts",
           "first_at", "last_at", "words")  # fmt: skip
PAID = ("sent", "delivered", "read", "perhaps")


def lines(
    connection: Connection, number: int, prices: Prices, failures: Mapping[str, Failure]
) -> Iterator[dict[str, Any]]:
    """Yield the ledger's lines. Raises NoSuchBroadcast."""
    row_of(connection, number)
    for fate in fates.ledger(connection, number):
        yield _line(fate, _price(fate, prices), failures)


def outcomes(connection: Connection, number: int) -> dict[str, int]:
    """Return state → how many recipients stand so now, the skipped by reason: "skipped: why"."""
    found: Counter[str] = Counter()
    for (state, reason), count in fates.counts(connection, number).items():
        found[f"{state}: {reason}" if state == "skipped" else state] += count
    return dict(found)


def _line(fate: Fate, cost: float, failures: Mapping[str, Failure]) -> dict[str, Any]:
    return {
        "participant": fate.participant,
        "channel": fate.channel,
        "language": fate.language,
        "state": fate.state,
        "reason": fate.reason,
        "segments": fate.segments,
        "cost": cost,
        "attempts": fate.attempts,
        "first_at": _moment(fate.first_at),
        "last_at": _moment(fate.last_at),
        "words": in_words(fate.reason, failures),
    }


def in_words(reason: str, failures: Mapping[str, Failure]) -> str:
    """Say a reason as a sentence in the language of who reads it."""
    if reason in reasons.WORDS:
        return _(reasons.WORDS[reason])
    failure = failures.get(reason)
    return _(failure.words) if failure else _(reason)


def _price(fate: Fate, prices: Prices) -> float:
    """Return what went out by what one segment, or one message, costs."""
    if fate.state not in PAID or not fate.channel:
        return 0.0
    one = prices.of(fate.channel, fate.country, template=fate.template)
    return round((fate.segments or fate.messages) * one, 4)


def _moment(at: int | None) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds") if at else ""


def write_csv(out: TextIO, found: Iterator[dict[str, Any]]) -> int:
    """Write the lines as CSV; return how many there were."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    count = 0
    for line in found:
        writer.writerow([_cell(line[name]) for name in COLUMNS])
        count += 1
    return count


def _cell(value: object) -> object:
    return harmless(value) if isinstance(value, str) else value
