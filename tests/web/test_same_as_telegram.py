"""The drawn Telegram is the real one: each turn looks the same in both, in a whole house."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from fakes.telegram_phone import Phone
from fakes.telegram_server import TelegramServer
from watching import watch, words_of

from bot.gateway.work import Work
from bot.opening import door_of
from bot.settings import Settings, read_settings
from bot.web.app import make_app
from bot.web.needs import Door
from bot.wiring import make_simulators, open_house
from channels.base import Pace
from channels.capabilities import TELEGRAM

SECRET = "a-secret-of-this-test"
AT_ONCE = Pace(1000, 1000)
Screen = list[tuple[str, tuple[str, ...], str]]  # words, labels, file name


@dataclass
class Both:
    """One person with Telegram, another with the drawn phone; both do the same."""

    phone: Phone
    client: TestClient[Any, Any]
    door: Door
    count: int = 0

    async def do(self, **said: Any) -> None:
        """Do the same on both, and wait until both screens are the same again."""
        before = self.on_telegram()
        self._on_telegram(said)
        self.count += 1
        if "pressed" in said:
            said = await self._press(said["pressed"])
        answer = await self.client.post(
            "/phone/telegram/tab1/say?lang=fr", json={"id": str(self.count), **said}
        )
        assert answer.status == 200
        await self._are_the_same_after(before)

    def _on_telegram(self, said: dict[str, Any]) -> None:
        match said:
            case {"start": payload}:
                self.phone.starts(payload)
            case {"pressed": label}:
                self.phone.presses(label)
            case {"text": words}:
                self.phone.says(words)

    async def _press(self, label: str) -> dict[str, str]:
        pattern = r'data-press="([^"]+)" data-on="([^"]+)"[^>]*>([^<]*)<'
        for page in reversed(await self._messages()):
            for data, on, shown in re.findall(pattern, page):
                if label in html.unescape(shown):
                    return {"pressed": html.unescape(data), "on": on}
        raise AssertionError(f"There is no button {label!r}.")

    async def _are_the_same_after(self, before: Screen) -> None:
        drawn: Screen = []
        for _ in range(200):
            drawn, real = await self.on_page(), self.on_telegram()
            if drawn == real != before:
                return
            await asyncio.sleep(0.05)
        assert drawn == self.on_telegram()
        assert drawn != before, "nothing was answered"

    def on_telegram(self) -> Screen:
        """Return what the Bot API was asked to show."""
        return [(one.text, tuple(one.labels), one.file_name) for one in self.phone.messages]

    async def on_page(self) -> Screen:
        """Return what the page shows of the bot."""
        found = []
        for page in await self._messages():
            labels = re.findall(r"<button[^>]*data-press[^>]*>([^<]*)<", page)
            name = re.search(r"</svg><span>([^<]*)<", page)
            found.append((html.unescape(words_of(page)), tuple(map(html.unescape, labels)),
                          name[1] if name else ""))  # fmt: skip
        return found

    async def _messages(self) -> list[str]:
        page = await watch(self.client)
        events = await page.until_steps()
        page.answer.close()
        return [data for _, _, data in events if 'class="theirs"' in data]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a house on this machine; the server's are added."""
    return read_settings({"PALABRE_DATA": str(tmp_path), "PALABRE_BURST_SECONDS": "0"})


@pytest.fixture
async def both(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Both]:
    """A whole house, with a Bot API that brings updates to it."""
    can = replace(TELEGRAM, per_address=AT_ONCE)
    monkeypatch.setattr("bot.wiring.TELEGRAM", can)
    async with AsyncExitStack() as closing:
        server = await closing.enter_async_context(TelegramServer())
        settings = replace(
            settings, telegram_bot_token=server.token, telegram_api_url=server.url,
            telegram_webhook_secret=SECRET, telegram_pace=1000.0,
        )  # fmt: skip
        house = await closing.enter_async_context(open_house(settings, make_simulators(settings)))
        work = Work.of(house)
        await work.start()
        closing.push_async_callback(work.stop)
        door = await door_of(settings, house, work)
        client = TestClient(TestServer(make_app(door)))
        await client.start_server()
        closing.push_async_callback(client.close)
        hook = str(client.make_url("/hooks/telegram"))
        server.set_webhook({"url": hook, "secret_token": SECRET})
        yield Both(server.phone("Awa", "fr"), client, door)


async def test_each_turn_looks_the_same(both: Both) -> None:
    """START, buttons, words, ticks and documents look on the page as Telegram was told to show."""
    await both.do(start="")
    await both.do(pressed="Français")
    await both.do(text="oui")
    await both.do(pressed="Oui")
    await both.do(text="je ne suis pas sûre")
    await both.do(text="1")
    for _ in range(3):
        await both.do(text="1")
    await both.do(pressed="Nourriture, agriculture")
    await both.do(pressed="Santé")
    await both.do(pressed="Terminé")
    await both.do(text="1")
    screen = both.on_telegram()
    assert any(name.endswith(".pdf") for _, _, name in screen)
    assert len(screen) > 10


async def test_the_page_shows_what_its_deliveries_hold(both: Both) -> None:
    """After a restart the page shows the same messages again: they are the deliveries."""
    await both.do(start="")
    await both.do(pressed="Français")
    await both.do(text="oui")
    shown = await both.on_page()
    held = await both.door.past("simulator:telegram", "tab1")
    sent = [one.text for _, one in held if one.do == "send"]
    assert [words for words, _, _ in shown] == sent
    restarted = TestClient(TestServer(make_app(both.door)))
    await restarted.start_server()
    assert await Both(both.phone, restarted, both.door).on_page() == shown
    await restarted.close()
