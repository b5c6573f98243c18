"""The rows of the table: what is set against what, and how much it must be at least."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.bench.measuring import Measured, Open, inside, over_http
from bot.bench.ours import ours
from bot.bench.peers import nothing, saved_talks, talks
from bot.language import _


@dataclass(frozen=True)
class Size:
    """How many people talk at the same time: in all, and where a file is written each time."""

    people: int
    few: int


FULL = Size(10_000, 300)
QUICK = Size(1_000, 100)


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
    unit: str = "turns/s"

    @property
    def ratio(self) -> float:
        """Say how many times as much ours does."""
        return self.ours.per_second / self.against.per_second


@dataclass
class Bench:
    """One run: what several rows need is measured once."""

    size: Size
    say: Callable[[str], None] = lambda _what: None
    _known: dict[tuple[str, str, int], Measured] = field(default_factory=dict)

    def over_http(self, contestant: Open, people: int) -> Measured:
        """Measure through a webhook."""
        return self._measure("over HTTP", over_http, contestant, people)

    def inside(self, contestant: Open, people: int) -> Measured:
        """Measure in one process."""
        return self._measure("in process", inside, contestant, people)

    def _measure(
        self, how: str, measure: Callable[[Open, int], Measured], contestant: Open, people: int
    ) -> Measured:
        key = (how, contestant.__name__, people)
        if key not in self._known:
            self.say(f"{how}: {contestant.__name__.replace('_', ' ')}, {people} people")
            self._known[key] = measure(contestant, people)
        return self._known[key]


@dataclass(frozen=True)
class Row:
    """One row: two ways to do the same work, and how much ours must be at least."""

    name: str
    what: str
    at_least: float
    ours: Callable[[Bench], Measured]
    against: Callable[[Bench], Measured]

    def run(self, bench: Bench) -> Result:
        """Measure both sides."""
        mine, other = self.ours(bench), self.against(bench)
        return Result(self.name, self.what, mine, other, self.at_least)


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
)


def run_rows(names: Sequence[str], bench: Bench) -> Iterator[Result]:
    """Run the named rows, all of them where none is named. Raises NoSuchRow."""
    unknown = set(names) - {row.name for row in ROWS}
    if unknown:
        known = ", ".join(row.name for row in ROWS)
        sentence = _("There is no row {name}; there are: {names}.")
        first = min(unknown)
        raise NoSuchRow(sentence.replace("{name}", first).replace("{names}", known))
    for row in ROWS:
        if not names or row.name in names:
            yield row.run(bench)
