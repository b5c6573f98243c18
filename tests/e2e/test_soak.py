"""The trial in its short form: killed, restarted, badly served; nothing is lost or doubled."""

import random
from pathlib import Path

from bot.bench.shared import own_server
from bot.trial.announcement import Announcement
from bot.trial.soak import Trial

SECONDS = 8


def nobody_listens(_words: str) -> None:
    """Say it to nobody."""


async def test_on_sqlite_nothing_acknowledged_is_lost_doubled_or_stuck(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'palabre.sqlite'}"
    trial = Trial(tmp_path, url, None, random.Random(3), nobody_listens, seconds=SECONDS)
    report = await trial.run()
    assert report.faulty == {}
    assert report.stored == report.acknowledged > 50
    assert report.answered == report.acknowledged - report.unreadable
    assert report.kills > 0
    assert report.slowest_stop_s < 10


async def test_on_postgresql_with_two_workers_neither(tmp_path: Path) -> None:
    with own_server() as server:
        trial = Trial(
            tmp_path, server.get_uri(), server, random.Random(4), nobody_listens, seconds=SECONDS
        )
        report = await trial.run()
    assert report.faulty == {}
    assert report.stored == report.acknowledged > 50
    assert report.answered == report.acknowledged - report.unreadable
    assert report.kills > 0
    assert report.slowest_stop_s < 10


async def test_an_announcement_to_hundreds_over_three_channels_adds_up_after_a_kill(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'palabre.sqlite'}"
    chance = random.Random(5)
    sums = await Announcement(tmp_path, url, None, chance, nobody_listens, count=300).run()
    assert sums.faulty == {}, sums
    assert sums.rows == sums.meant == sum(sums.outcomes.values()) > 250
    assert sums.kills == 1
    assert sums.answered == sums.acknowledged > 0
    assert sums.again > 0
