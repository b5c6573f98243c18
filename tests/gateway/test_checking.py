"""What the doctor says of the key, the clock, and the way in from Telegram."""

import time
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from fakes.telegram_server import TelegramServer
from gateway.houses import Home

from bot.checking import examine_clock, examine_key, examine_way_in
from bot.settings import read_settings
from bot.settings.keys import secret_keys
from channels.telegram import Telegram

OURS = "https://palabre.example/hooks/telegram"
GOOD = "kQ3-vX7_pL9zR2mT5nW8bY4cD6fG1hJ0sA"


def states(findings: list) -> list[str]:  # type: ignore[type-arg]
    return [one.state for one in findings]


def test_a_key_of_few_signs_is_named_with_the_remedy(tmp_path: Path) -> None:
    weak = read_settings({"PALABRE_DATA": str(tmp_path), "SECRET_KEY": "k" * 40})
    (found,) = examine_key(weak)
    assert found.state == "ill"
    assert "palabre rekey" in found.words
    assert states(examine_key(replace(weak, secret_key=GOOD))) == ["well"]


def test_a_key_that_others_can_read_is_named(tmp_path: Path) -> None:
    settings = read_settings({"PALABRE_DATA": str(tmp_path)})
    secret_keys(settings)
    assert states(examine_key(settings)) == ["well"]
    (tmp_path / "secret_key").chmod(0o644)
    (found,) = examine_key(settings)
    assert "chmod 600" in found.words


async def test_a_clock_that_was_set_back_is_noticed(home: Home) -> None:
    await home.receives(home.person().message("hello"))
    if not home.database.embedded:  # there the database has a clock of its own
        right = replace(home.house, clock=lambda: time.time_ns() // 1_000_000)
        assert states(await examine_clock(right)) == ["well"]
        assert states(await examine_clock(home.house)) == ["ill"]
        return
    assert states(await examine_clock(home.house)) == ["well"]
    home.waits(hours=-1)
    (found,) = await examine_clock(home.house)
    assert "3600" in found.words


@pytest.mark.parametrize(
    ("info", "state", "says"),
    [
        ({"url": ""}, ["ill"], "palabre web"),
        ({"url": OURS, "pending_update_count": 0}, [], ""),
        ({"url": OURS, "pending_update_count": 7, "last_error_date": int(time.time()),
          "last_error_message": "Wrong response: 502 Bad Gateway"}, ["ill"], "502"),
        ({"url": OURS, "pending_update_count": 0, "last_error_date": 1,
          "last_error_message": "Connection refused"}, [], ""),
    ],
)  # fmt: skip
async def test_what_telegram_meets_at_our_webhook_is_told(
    home: Home,
    info: dict[str, object],
    state: list[str],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with TelegramServer() as server, aiohttp.ClientSession() as session:
        channel = Telegram(server.token, session, api_url=server.url)

        async def answer(method: str, data: object) -> object:
            return info

        monkeypatch.setattr(channel, "_call", answer)
        house = replace(home.house, channels={"telegram": channel})
        settings = read_settings({"PUBLIC_URL": "https://palabre.example"})
        found = await examine_way_in(house, settings, OURS)
    assert states(found) == state
    assert says in " ".join(one.words for one in found)
