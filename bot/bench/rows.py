"""The rows of the table: what is set against what, and how much it must be at least."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from bot.bench.filled import after_a_year, known_to
from bot.bench.measuring import Measured, Open, inside, over_http
from bot.bench.ours import ours
from bot.bench.peers import nothing, saved_talks, talks
from bot.bench.promptness import answer_time
from bot.bench.sending import bare_client_sends, ours_sends, paced, unthrottled
from bot.bench.shared import NoPostgres, can_have_postgres, on_postgres, own_postgres
from bot.bench.spike import Spike, kept_by_us, only_heard, spike
from bot.bench.spreading import copies, ours_spreads
from bot.language import _


@dataclass(frozen=True)
class Size:
    """How much is done in each row."""

    people: int  # who talk at the same time
    few: int  # where a file is written for each update
    some: int  # where what differs is how many others are known, or the database
    known: tuple[int, int]  # many participants, few participants
    year: int  # rows of each kind that a busy year left
    messages: int  # to be sent as fast as can be
    seconds: float  # of sending at a pace
    asks: tuple[int, float]  # people who find the peak, seconds at half of it
    recipients: int = 1_000_000  # of a broadcast
    notes: int = 1000  # that come at once


FULL = Size(10_000, 300, 2000, (100_000, 1000), 1_000_000, 20_000, 60, (2000, 20))
QUICK = Size(300, 300, 150, (5000, 150), 20_000, 1500, 2, (100, 2), 50_000, 6)


class NoSuchRow(Exception):
    """There is no such row; `palabre bench --help` names them."""


@dataclass(frozen=True)
class Result:
    """One row as it came out; `ratio` is such that more is better."""

    row: str
    what: str
    ours: Measured
    against: Measured
    at_least: float
    unit: str
    less_is_more: bool = False

    @property
    def ratio(self) -> float:
        """Say how many times as much ours does."""
        if self.ours.fault:
            return 0.0
        mine, other = self.ours.figure, self.against.figure
        return other / mine if self.less_is_more else mine / other


@dataclass
class Bench:
    """One run: what several rows need is measured once."""

    size: Size
    say: Callable[[str], None] = lambda _what: None
    _known: dict[tuple[str, str, int], Measured] = field(default_factory=dict)
    _opened: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _postgres: str = ""

    def close(self) -> None:
        """End what was started for several rows."""
        self._opened.close()

    def over_http(self, contestant: Open, people: int) -> Measured:
        """Measure through a webhook."""
        return self._measure("over HTTP", over_http, contestant, people)

    def inside(self, contestant: Open, people: int) -> Measured:
        """Measure in one process."""
        return self._measure("in process", inside, contestant, people)

    def sends(self, who: Callable[..., Any]) -> Measured:
        """Measure how fast messages go out."""
        return self._measure("sending", unthrottled, who, self.size.messages)

    def on_postgres(self, workers: int) -> Measured:
        """Measure through a webhook beside so many workers; what they use is not known here."""
        self._postgres = self._postgres or self._opened.enter_context(own_postgres())
        found = self.over_http(partial(on_postgres, self._postgres, workers), self.size.some)
        return replace(found, cpu_s=0.0, memory_mb=0.0)

    def knows(self, place: int) -> Measured:
        """Measure where many participants are known (0), or few (1)."""
        return self.over_http(partial(known_to, self.size.known[place]), self.size.some)

    def _measure(
        self, how: str, measure: Callable[[Any, int], Measured], who: Any, count: int
    ) -> Measured:
        name = _name_of(who)
        key = (how, name, count)
        if key not in self._known:
            self.say(f"{how}: {name}, {count:,}")
            self._known[key] = measure(who, count)
        return self._known[key]


def _name_of(who: Any) -> str:
    inner = getattr(who, "func", who)
    given = " ".join(f"{one:,}" for one in getattr(who, "args", ()) if isinstance(one, int))
    return f"{inner.__name__.replace('_', ' ')} {given}".strip()


@dataclass(frozen=True)
class Row:
    """One row: two ways to do the same work, and how much ours must be at least."""

    name: str
    what: str
    at_least: float
    ours: Callable[[Bench], Measured]
    against: Callable[[Bench], Measured]
    unit: str = "turns/s"
    less_is_more: bool = False
    on_postgres: bool = False  # it needs one of its own

    def run(self, bench: Bench) -> Result:
        """Measure both sides."""
        mine, other = self.ours(bench), self.against(bench)
        return Result(
            self.name, self.what, mine, other, self.at_least, self.unit, self.less_is_more
        )


PROMPT_MS = 250  # what a person does not feel as waiting


def _paced(per_second: int) -> Row:
    return Row(
        f"pace-{per_second}",
        f"deliveries at a pace of {per_second} a second, never more in any one, against the pace",
        0.98,
        lambda bench: paced(per_second, bench.size.seconds),
        lambda _bench: Measured(per_second),
        "sends/s",
    )


def _in_the_spike(
    name: str,
    what: str,
    at_least: float,
    ours: Callable[[Spike], float],
    against: Callable[[Spike], float],
    unit: str,
    *,
    less_is_more: bool = False,
) -> Row:
    return Row(
        name,
        what,
        at_least,
        lambda bench: Measured(ours(spike(bench.size.notes))),
        lambda bench: Measured(against(spike(bench.size.notes))),
        unit,
        less_is_more,
    )


ROWS = (
    Row(
        "webhook-memory",
        "webhook to committed delivery, against ConversationHandler in memory behind a webhook",
        0.7,
        lambda bench: bench.over_http(ours, bench.size.people),
        lambda bench: bench.over_http(talks, bench.size.people),
    ),
    Row(
        "webhook-saved",
        "the same, against ConversationHandler with PicklePersistence for each update",
        12,
        lambda bench: bench.over_http(ours, bench.size.people),
        lambda bench: bench.over_http(saved_talks, bench.size.few),
    ),
    Row(
        "webhook-nothing",
        "the same, against a webhook that does nothing",
        0.15,
        lambda bench: bench.over_http(ours, bench.size.people),
        lambda bench: bench.over_http(nothing, bench.size.people),
    ),
    Row(
        "inside-saved",
        "the same without HTTP, against ConversationHandler with PicklePersistence",
        10,
        lambda bench: bench.inside(ours, bench.size.people),
        lambda bench: bench.inside(saved_talks, bench.size.few),
    ),
    Row(
        "inside-memory",
        "the same without HTTP, against ConversationHandler in memory",
        0.3,
        lambda bench: bench.inside(ours, bench.size.people),
        lambda bench: bench.inside(talks, bench.size.people),
    ),
    Row(
        "postgres-two-workers",
        "webhook to committed delivery on PostgreSQL with two workers, against SQLite embedded",
        0.3,
        lambda bench: bench.on_postgres(2),
        lambda bench: bench.over_http(ours, bench.size.some),
        on_postgres=True,
    ),
    Row(
        "second-worker",
        "the same on PostgreSQL with two workers, against one",
        0.8,
        lambda bench: bench.on_postgres(2),
        lambda bench: bench.on_postgres(1),
        on_postgres=True,
    ),
    Row(
        "many-participants",
        "webhook to committed delivery where many people are known, against where few are",
        0.7,
        lambda bench: bench.knows(0),
        lambda bench: bench.knows(1),
    ),
    Row(
        "busy-year",
        "the same after a busy year of many people, against an empty database",
        0.7,
        lambda bench: bench.over_http(
            partial(after_a_year, bench.size.known[0], bench.size.year), bench.size.some
        ),
        lambda bench: bench.over_http(ours, bench.size.some),
    ),
    Row(
        "deliveries",
        "deliveries to a local provider, unthrottled, against a bare aiohttp client",
        0.45,
        lambda bench: bench.sends(ours_sends),
        lambda bench: bench.sends(bare_client_sends),
        "sends/s",
    ),
    _paced(30),
    _paced(1000),
    Row(
        "answer-p99",
        "from webhook to answer at the provider, 99 of 100, at half of the peak, against 250 ms",
        1,
        lambda bench: answer_time(*bench.size.asks),
        lambda _bench: Measured(PROMPT_MS),
        "ms",
        less_is_more=True,
    ),
    Row(
        "fan-out",
        "recipients of a broadcast, with less than 50 MB, against one INSERT … SELECT of the rows",
        0.5,
        lambda bench: ours_spreads(bench.size.recipients),
        lambda bench: copies(bench.size.recipients),
        "recipients/s",
    ),
    Row(
        "notes-work",
        "a spike of voice notes fetched, heard and kept while people write, against only hearing",
        0.5,
        lambda bench: kept_by_us(bench.size.notes),
        lambda bench: only_heard(bench.size.notes),
        "notes/min",
    ),
    _in_the_spike(
        "notes-steady",
        "notes a minute in the second half of the spike, against the first",
        0.8,
        lambda found: found.halves[1],
        lambda found: found.halves[0],
        "notes/min",
    ),
    _in_the_spike(
        "notes-memory",
        "memory of the process at the end of the spike, against its beginning",
        0.8,
        lambda found: found.memory[1],
        lambda found: found.memory[0],
        "MB",
        less_is_more=True,
    ),
    _in_the_spike(
        "notes-median",
        "from a text to its answer during the spike, half of them, against without notes",
        0.2,
        lambda found: found.beside.median,
        lambda found: found.without.median,
        "ms",
        less_is_more=True,
    ),
    _in_the_spike(
        "notes-p99",
        "the same, 99 of 100",
        0.2,
        lambda found: found.beside.slowest,
        lambda found: found.without.slowest,
        "ms",
        less_is_more=True,
    ),
)


def wanted(names: Sequence[str]) -> Sequence[Row]:
    """Return the named rows; where none is named, all that can be measured here.

    Raises NoSuchRow, NoPostgres.
    """
    unknown = set(names) - {row.name for row in ROWS}
    if unknown:
        known = ", ".join(row.name for row in ROWS)
        sentence = _("There is no row {name}; there are: {names}.")
        first = min(unknown)
        raise NoSuchRow(sentence.replace("{name}", first).replace("{names}", known))
    rows = [row for row in ROWS if row.name in names] or list(ROWS)
    if can_have_postgres():
        return rows
    if names and any(row.on_postgres for row in rows):
        raise NoPostgres(NoPostgres.__doc__)
    return [row for row in rows if not row.on_postgres]


def run_rows(rows: Sequence[Row], bench: Bench) -> Iterator[Result]:
    """Run rows, one after the other."""
    with contextlib.closing(bench):
        for row in rows:
            yield row.run(bench)
