"""Does a broadcast's ledger add up? Held, person by person, against what the providers took."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from bot.trial.audience import ELSEWHERE, NOT_WRITTEN_TO, SILENT, Somebody
from bot.trial.ledger import Report

FINAL = ("sent", "delivered", "read", "failed", "skipped", "perhaps", "cancelled")
REACHED = ("sent", "delivered", "read")
STOP_SECONDS = 2.0  # so long after a stop was understood a send may have been under way

Who = tuple[str, str]  # channel, address


class Line(NamedTuple):
    """A line of the ledger, as its file has it."""

    participant: str
    channel: str
    state: str
    words: str


class Taken(NamedTuple):
    """What a provider took of the announcement for one person: when, and how many arrived."""

    at: Sequence[float]  # seconds, by the clock that never goes back
    arrived: int


NOTHING = Taken((), 0)


@dataclass
class Sums(Report):
    """What a broadcast under trial came to; the last ones are those that must be zero."""

    people: int = 0
    meant: int = 0  # people in the segment
    rows: int = 0
    again: int = 0  # written to again at the end
    reached_again: int = 0  # of them, in the end
    seconds: float = 0.0
    a_second: float = 0.0  # messages, over all, while it went out
    answers: int = 0  # to people who wrote meanwhile
    median_wait_s: float = 0.0
    slowest_wait_s: float = 0.0  # of a hundred answers the slowest but one
    memory_mb: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)  # "channel state" → people
    rates: dict[str, float] = field(default_factory=dict)  # channel → messages a second
    missing: int = 0  # meant and without a row, or the other way round, or with two
    unexplained: int = 0  # no outcome, or no reason in words
    miscounted: int = 0  # status and ledger differ
    sent_twice: int = 0
    never_taken: int = 0  # the ledger says that it went out
    not_said: int = 0  # it arrived, and the ledger says that it did not
    untold: int = 0  # the provider said that it arrived, and the ledger does not know
    unwanted: int = 0  # written to although they had said stop, or were not meant

    MUST_BE_ZERO: ClassVar[tuple[str, ...]] = (
        "missing", "unexplained", "miscounted", "sent_twice", "never_taken", "not_said", "untold",
        "unwanted", "lost", "doubled", "stuck", "impatient",
    )  # fmt: skip


def compare(
    sums: Sums,
    lines: Sequence[Line],
    counts: Mapping[str, int],
    people: Mapping[str, Somebody],
    taken: Mapping[Who, Taken],
) -> None:
    """Hold a ledger's lines against the status' counts and the providers."""
    sums.people, sums.rows = len(people), len(lines)
    meant = {name for name, one in people.items() if one.kind != ELSEWHERE}
    rows = Counter(line.participant for line in lines)
    sums.meant = len(meant)
    sums.missing += len(meant - set(rows)) + (rows - Counter(meant)).total()
    states = Counter(line.state for line in lines)
    sums.miscounted += sum(abs(states[name] - counts.get(name, 0)) for name in {*states, *counts})
    sums.outcomes = Counter(f"{line.channel or '-'} {line.state}" for line in lines)
    for line in lines:
        if one := people.get(line.participant):
            _compare(sums, line, one, taken.get((one.channel, one.address), NOTHING))


def _compare(sums: Sums, line: Line, one: Somebody, found: Taken) -> None:
    state = line.state
    said = state in REACHED or " " in line.words.strip()
    sums.unexplained += state not in FINAL or not said
    sums.sent_twice += found.arrived > 1 and state != "perhaps"
    sums.never_taken += state in REACHED and found.arrived == 0
    sums.not_said += state not in (*REACHED, "perhaps") and found.arrived > 0
    sums.untold += one.channel != "telegram" and found.arrived > 0 and state in ("sent", "perhaps")
    sums.unwanted += one.kind in NOT_WRITTEN_TO and one.kind != SILENT and len(found.at) > 0


def after_their_stop(taken: Mapping[Who, Taken], stopped: Mapping[Who, float]) -> int:
    """Count what went to people after they had said stop; `stopped`: when that was understood."""
    return sum(
        at > stopped_at + STOP_SECONDS
        for who, stopped_at in stopped.items()
        for at in taken.get(who, NOTHING).at
    )


def twice_by_retrying(
    lines: Sequence[Line], people: Mapping[str, Somebody],
    before: Mapping[Who, Taken], after: Mapping[Who, Taken],
) -> int:  # fmt: skip
    """Count whom `retry` wrote to although it had reached them, or perhaps had."""
    told = {line.participant for line in lines if line.state in (*REACHED, "perhaps")}
    whom = [(people[name].channel, people[name].address) for name in told if name in people]
    return sum(len(after.get(who, NOTHING).at) > len(before.get(who, NOTHING).at) for who in whom)
