"""Figures for a program that watches: what waits now, and what was done since the beginning."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from bot.gateway.counting import BOUNDS
from bot.gateway.house import House
from bot.store import inbox, tallies
from bot.store.tables import deliveries, media
from bot.store.tables import inbox as messages

COUNTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "received": ("Messages acknowledged to their provider", ("channel",)),
    "turns": ("Messages whose turn was taken", ("outcome",)),
    "deliveries": ("Deliveries that came to an end", ("channel", "outcome")),
    "tries_again": ("Deliveries that must be tried again", ("channel", "reason")),
    "units": ("Units sent, as the channel counts them", ("channel",)),
}
HISTOGRAMS = {
    "turn_wait": "From the arrival of a message to the end of its turn",
    "send_wait": "From the end of a turn to the provider's yes",
}


@dataclass(frozen=True)
class Now:
    """What waits at this moment."""

    waiting: int
    oldest_ms: int
    unsent: dict[str, int]
    recordings: int
    stuck: int
    counted: dict[str, float]


async def metrics(house: House) -> bytes:
    """Write all figures as Prometheus reads them. Raises DatabaseAway."""
    now = await house.database.read(look, house.clock())
    registry = CollectorRegistry()
    registry.register(_Figures(house, now))
    return generate_latest(registry)


def look(connection: Connection, moment: int) -> Now:
    """Count what waits."""
    waiting, oldest = inbox.waiting_since(connection)
    by_channel = (
        select(deliveries.c.channel, func.count())
        .where(deliveries.c.state == "waiting", deliveries.c.not_before <= moment)
        .group_by(deliveries.c.channel)
    )
    pending = select(func.count()).where(media.c.state == "pending")
    stuck = select(func.count()).where(messages.c.outcome == "stuck")
    return Now(
        waiting,
        0 if oldest is None else max(0, moment - oldest),
        {row[0]: row[1] for row in connection.execute(by_channel)},
        connection.scalar(pending) or 0,
        connection.scalar(stuck) or 0,
        tallies.all_of(connection),
    )


class _Figures(Collector):
    def __init__(self, house: House, now: Now) -> None:
        self._house, self._now = house, now

    def collect(self) -> Iterator[Metric]:
        now = self._now
        yield _gauge("inbox_waiting", "Messages that wait for their turn", now.waiting)
        yield _gauge("inbox_oldest_seconds", "How long the oldest waits", now.oldest_ms / 1000)
        yield _gauge("recordings_waiting", "Recordings to be fetched or heard", now.recordings)
        yield _gauge("stuck", "Messages that were set aside", now.stuck)
        yield _gauges("outbox_waiting", "Deliveries that are due", now.unsent)
        paces = {name: one.can.overall.per_second for name, one in self._house.channels.items()}
        yield _gauges("pace", "Units a second that a channel may send", paces)
        for name, (words, labels) in COUNTERS.items():
            yield _counter(name, words, labels, self._now.counted)
        for name, words in HISTOGRAMS.items():
            yield _histogram(name, words, self._now.counted)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"palabre_{name}", words, value=value)


def _gauges(name: str, words: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"palabre_{name}", words, labels=["channel"])
    for channel, value in sorted(values.items()):
        family.add_metric([channel], value)
    return family


def _of(name: str, counted: Mapping[str, float]) -> Iterator[tuple[list[str], float]]:
    for key, value in sorted(counted.items()):
        first, *labels = key.split("|")
        if first == name:
            yield labels, value


def _counter(name: str, words: str, labels: Iterable[str], counted: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(f"palabre_{name}", words, labels=list(labels))
    for values, value in _of(name, counted):
        family.add_metric(values, value)
    return family


def _histogram(name: str, words: str, counted: Mapping[str, float]) -> Metric:
    family = HistogramMetricFamily(f"palabre_{name}_seconds", words, labels=["channel"])
    by_channel: dict[str, dict[str, float]] = defaultdict(dict)
    for (channel, step), value in _of(name, counted):
        by_channel[channel][step] = value
    for channel, steps in by_channel.items():
        total, buckets = 0.0, []
        for bound in (*map(str, BOUNDS), "+Inf"):
            total += steps.get(bound, 0)
            buckets.append((bound, total))
        family.add_metric([channel], buckets, steps.get("sum", 0.0))
    return family
