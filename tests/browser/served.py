"""A whole house that runs in this process, and Chromium in front of it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.gateway.work import Work
from bot.opening import door_of
from bot.settings import read_settings
from bot.web.app import make_app, runner_of
from bot.wiring import make_simulators, open_house

if TYPE_CHECKING:  # not installed on every machine that gathers these tests
    from playwright.async_api import Browser

MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@asynccontextmanager
async def running(data: Path, **more: str) -> AsyncIterator[tuple[Work, str]]:
    """A running house with a simulator, and its address."""
    settings = read_settings({"PALABRE_DATA": str(data), **more})
    async with AsyncExitStack() as closing:
        house = await closing.enter_async_context(open_house(settings, make_simulators(settings)))
        work = Work.of(house)
        await work.start()
        closing.push_async_callback(work.stop)
        runner = runner_of(make_app(await door_of(settings, house, work)))
        await runner.setup()
        closing.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield work, f"http://127.0.0.1:{runner.addresses[0][1]}"


@asynccontextmanager
async def chromium_at(path: str | None, spoken: Path | None = None) -> AsyncIterator["Browser"]:
    """Chromium, with a microphone that beeps, or at which this is spoken."""
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        pytest.fail("Playwright is missing: install it with pip install -e '.[browser]'.")
    voice = [f"--use-file-for-fake-audio-capture={spoken}"] if spoken else []
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", *MICROPHONE, *voice]
        )
        yield started
        await started.close()
