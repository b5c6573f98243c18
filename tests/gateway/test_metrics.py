"""What a watching program is told: what waits now, and what all processes did so far."""

import logging

import pytest
from gateway.houses import Home
from prometheus_client.parser import text_string_to_metric_families

from bot.gateway.following import trace_of
from bot.gateway.metrics import metrics
from bot.gateway.tally import write_tally
from bot.store.database import DatabaseAway


async def figures(home: Home) -> dict[tuple[str, ...], float]:
    """All figures, by name and the values of their labels."""
    await write_tally(home.house)
    text = (await metrics(home.house)).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_what_waits_is_counted_as_it_stands(home: Home) -> None:
    await home.receives(home.person().message("hello"), home.person().message("hello"))
    home.waits(seconds=90)
    found = await figures(home)
    assert found["palabre_inbox_waiting",] == 2
    assert found["palabre_inbox_oldest_seconds",] == 90
    await home.answers()
    found = await figures(home)
    assert found["palabre_inbox_waiting",] == found["palabre_inbox_oldest_seconds",] == 0
    assert found["palabre_outbox_waiting", "telegram"] == 2


async def test_what_was_done_adds_up_over_time_and_processes(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    first = await figures(home)
    await ama.says("yes")
    found = await figures(home)
    assert first["palabre_turns_total", "answered"] == 1
    assert found["palabre_turns_total", "answered"] == 2
    assert found["palabre_deliveries_total", "telegram", "sent"] >= 2
    assert found["palabre_turn_wait_seconds_count", "telegram"] == 2
    assert found["palabre_turn_wait_seconds_bucket", "telegram", "0.1"] <= 2
    assert found["palabre_pace", "telegram"] == home.post.can.overall.per_second


async def test_what_could_not_be_written_is_not_forgotten(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.house.tally.count("turns", "answered", by=3)

    async def away(*_: object) -> None:
        raise DatabaseAway

    with monkeypatch.context() as patch:
        patch.setattr(home.house.database, "write", away)
        with pytest.raises(DatabaseAway):
            await write_tally(home.house)
    assert (await figures(home))["palabre_turns_total", "answered"] == 3


async def test_one_message_is_followed_to_its_delivery_without_a_word_of_whose_it_is(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "palabre.follow")
    ama = home.person("22670123456")
    message = ama.message("hello, I am Ama")
    await home.receives(message)
    await home.answers()
    await home.sends()
    lines = [one for one in caplog.records if one.name == "palabre.follow"]
    assert [one.message for one in lines[:3]] == ["received", "turn taken", "sent"]
    trace = trace_of(message.channel, message.event_id)
    assert {one.fields["trace"] for one in lines} == {trace}  # type: ignore[attr-defined]
    told = " ".join(str(one.__dict__) for one in lines)
    assert "22670123456" not in told
    assert "Ama" not in told
