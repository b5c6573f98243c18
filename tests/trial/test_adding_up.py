"""A broadcast's ledger, held against what the providers took: each way in which it may be wrong."""

import pytest

from bot.trial.adding_up import (
    Line,
    Sums,
    Taken,
    after_their_stop,
    compare,
    twice_by_retrying,
)
from bot.trial.audience import ELSEWHERE, MEMBER, STOPPED, Somebody

AMA = Somebody("sms", "+221770000001", "fr", "Africa/Dakar", MEMBER)
KOFI = Somebody("telegram", "1001", "en", "Africa/Dakar", MEMBER)
OLD = Somebody("sms", "+221770000002", "fr", "Africa/Dakar", STOPPED)
FAR = Somebody("sms", "+221770000003", "fr", "Africa/Dakar", ELSEWHERE)
PEOPLE = {"ama": AMA, "kofi": KOFI, "old": OLD, "far": FAR}
WHO = {name: (one.channel, one.address) for name, one in PEOPLE.items()}
WELL = {"ama": Line("ama", "sms", "delivered", ""), "kofi": Line("kofi", "telegram", "sent", ""),
        "old": Line("old", "sms", "skipped", "said stop")}  # fmt: skip
TOOK = {WHO["ama"]: Taken((1.0,), 1), WHO["kofi"]: Taken((2.0,), 1)}
COUNTS = {"delivered": 1, "sent": 1, "skipped": 1}
LATE = Line("ama", "sms", "sent", "")
MUTE = Line("old", "sms", "skipped", "")
ONCE, TWICE, LOST = Taken((1.0,), 1), Taken((1.0, 2.0), 2), Taken((1.0,), 0)


def found(lines: list[Line], took: dict[tuple[str, str], Taken]) -> set[str]:
    """Return what is not zero that must be."""
    sums = Sums()
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.state] = counts.get(line.state, 0) + 1
    compare(sums, lines, counts, PEOPLE, took)
    return {name for name in Sums.MUST_BE_ZERO if getattr(sums, name)}


def test_a_ledger_that_adds_up_has_only_zeroes() -> None:
    sums = Sums()
    compare(sums, list(WELL.values()), COUNTS, PEOPLE, TOOK)
    assert not sums.faulty
    assert (sums.people, sums.meant, sums.rows) == (4, 3, 3)
    assert sums.outcomes == {"sms delivered": 1, "telegram sent": 1, "sms skipped": 1}


@pytest.mark.parametrize(
    ("who", "line", "took", "wrong"),
    [
        ("ama", None, {}, "missing"),
        ("far", Line("far", "sms", "failed", "No such number."), {}, "missing"),
        ("old", MUTE, {}, "unexplained"),
        ("ama", Line("ama", "sms", "waiting", ""), {"ama": LOST}, "unexplained"),
        ("ama", WELL["ama"], {"ama": TWICE}, "sent_twice"),
        ("kofi", WELL["kofi"], {"kofi": Taken((), 0)}, "never_taken"),
        ("ama", Line("ama", "sms", "failed", "No such number."), {"ama": ONCE}, "not_said"),
        ("ama", LATE, {"ama": ONCE}, "untold"),
        ("old", WELL["old"], {"old": LOST}, "unwanted"),
    ],
)
def test_each_thing_that_is_wrong_is_found_by_its_name(
    who: str, line: Line | None, took: dict[str, Taken], wrong: str
) -> None:
    lines = [one for name, one in WELL.items() if name != who] + ([line] if line else [])
    more = {WHO[name]: one for name, one in took.items()}
    assert found(lines, TOOK | more) == {wrong}


def test_a_status_that_counts_otherwise_than_the_ledger_is_miscounted() -> None:
    sums = Sums()
    compare(sums, list(WELL.values()), COUNTS | {"failed": 1}, PEOPLE, TOOK)
    assert sums.miscounted == 1


def test_who_perhaps_got_it_may_have_got_it_and_may_have_not() -> None:
    perhaps = Line("kofi", "telegram", "perhaps", "nobody knows")
    lines = [WELL["ama"], WELL["old"], perhaps]
    for took in (Taken((), 0), ONCE, TWICE):
        assert found(lines, TOOK | {WHO["kofi"]: took}) == set()


def test_what_went_out_long_after_a_stop_was_unwanted() -> None:
    took = {WHO["ama"]: Taken((10.0,), 1)}
    assert after_their_stop(took, {WHO["ama"]: 5.0}) == 1
    assert after_their_stop(took, {WHO["ama"]: 9.5}) == 0


def test_sending_again_is_for_those_whom_it_did_not_reach() -> None:
    failed = Line("ama", "sms", "failed", "Off.")
    after = {who: Taken((1.0, 9.0), 1) for who in TOOK}
    assert twice_by_retrying([failed, WELL["kofi"]], PEOPLE, TOOK, after) == 1
