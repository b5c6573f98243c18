"""The benchmark: what a row says of two figures, and that each row does its work."""

import json

import pytest

from bot.bench.measuring import Measured
from bot.bench.provider import Provider
from bot.bench.report import as_json
from bot.bench.rows import ROWS, Bench, Result, Size, run_rows, wanted
from bot.bench.shared import NoPostgres

TINY = Size(20, 10, 10, (60, 10), 200, 40, 1, (10, 0.5), notes=4)


def test_more_is_better_whatever_the_unit() -> None:
    fast = Result("a", "", Measured(300), Measured(100), 1, "turns/s")
    prompt = Result("b", "", Measured(50), Measured(250), 1, "ms", less_is_more=True)
    assert (fast.ratio, prompt.ratio) == (3, 5)


def test_what_must_not_be_done_counts_for_nothing_however_fast_it_was() -> None:
    hasty = Result("a", "", Measured(40, fault="40 in one second"), Measured(30), 1, "sends/s")
    assert hasty.ratio == 0


def test_the_fullest_second_is_found_wherever_it_begins() -> None:
    provider = Provider()
    provider.times = [0.0, 0.9, 1.1, 1.2, 1.85, 2.5]
    assert provider.most_in_a_second() == 4


def test_a_provider_tells_a_message_from_another_call() -> None:
    chats: list[int] = []
    provider = Provider(chats.append)
    said = provider.takes(b"POST /bot1:x/sendMessage HTTP/1.1", b"chat_id=42&text=hello")
    assert b'"message_id":1' in said
    provider.takes(b"POST /bot1:x/editMessageReplyMarkup HTTP/1.1", b"chat_id=42")
    assert chats == [42]


def test_each_row_does_its_work_on_both_sides() -> None:
    found = json.loads(as_json(run_rows(wanted([]), Bench(TINY))))
    assert [one["row"] for one in found] == [row.name for row in ROWS]
    for one in found:
        assert one["ours"] > 0 < one["against"]
        assert set(one) >= {"row", "what", "ours", "against", "ratio", "at_least", "unit"}


def test_where_no_postgres_can_be_started_the_other_rows_are_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.bench.rows.can_have_postgres", lambda: False)
    left_out = {row.name for row in ROWS} - {row.name for row in wanted([])}
    assert left_out == {"postgres-two-workers", "second-worker"}


def test_a_row_that_cannot_be_measured_is_refused_before_any_other_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.bench.rows.can_have_postgres", lambda: False)
    with pytest.raises(NoPostgres):
        wanted(["webhook-nothing", "second-worker"])
