"""What a trial counts: two trials together, and as other programs read it."""

import json
from collections import Counter

import pytest

from bot.trial.ledger import Outage, Report, on_its_way_at_a_kill

KEYS = {"acknowledged", "stored", "answered", "delivered", "lost", "doubled", "stuck", "perhaps",
        "kills", "faults"}  # fmt: skip


def test_two_trials_are_added_up_and_of_the_slowest_the_slower_one_counts() -> None:
    one = Report(acknowledged=3, slowest_stop_s=2.0, kinds=Counter({"slow": 1}))
    both = one + Report(acknowledged=4, lost=1, slowest_stop_s=1.0, kinds=Counter({"slow": 2}))
    assert (both.acknowledged, both.lost, both.slowest_stop_s) == (7, 1, 2.0)
    assert both.kinds == {"slow": 3}


def test_other_programs_read_what_the_contract_names() -> None:
    read = json.loads(json.dumps((Report() + Report(kinds=Counter({"slow": 2}))).as_dict()))
    assert set(read) >= KEYS
    assert read["kinds"] == {"slow": 2}


def test_what_must_be_zero_and_is_not_is_a_fault() -> None:
    assert not Report(kills=9, faults=9, perhaps=2).faulty
    assert all(Report(**{name: 1}).faulty for name in Report.MUST_BE_ZERO)


KILLED: list[Outage] = [(100.0, 103.0)]  # and started again


@pytest.mark.parametrize(
    ("taken", "explained"),
    [
        (99.9, True),  # nobody may have written down any more that it went out
        (100.1, True),  # it had left, and the provider read it when who sent it was dead
        (103.1, False),
        (94.9, False),
    ],
)
def test_a_kill_explains_only_what_was_on_its_way(taken: float, explained: bool) -> None:
    assert on_its_way_at_a_kill([taken], KILLED) is explained
