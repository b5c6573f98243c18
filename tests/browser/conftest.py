"""A whole house in this process, and Chromium in front of it.

Each page is a fresh context; whatever stands in its console as an error fails the test.
"""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from served import chromium_at, running
from visitors import Open

if TYPE_CHECKING:  # not installed on every machine that gathers these tests
    from playwright.async_api import Browser, Page


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    path = os.environ.get("PALABRE_CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.fail("There is no Chromium: install it (apt-get install chromium), or name one in "
                    "PALABRE_CHROMIUM.")  # fmt: skip
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a running house with a simulator."""
    data = tmp_path_factory.mktemp("house")
    async with running(data, PALABRE_BURST_SECONDS="0.2") as (_work, address):
        yield address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator["Browser"]:
    """Chromium, with a microphone that beeps."""
    async with chromium_at(chromium) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(house: str, browser: "Browser") -> AsyncIterator[Open]:
    """Open an address of the house in a fresh context."""
    complaints: list[str] = []
    contexts: list[Any] = []

    async def open_(
        address: str, *, width: int = 1200, scheme: Any = "light", forgives: str = ""
    ) -> "Page":
        def complain(words: str) -> None:
            if not forgives or forgives not in words:
                complaints.append(words)

        context = await browser.new_context(
            viewport={"width": width, "height": 860},
            color_scheme=scheme,
            permissions=["microphone"],
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(8000)
        page = await context.new_page()
        page.on("pageerror", lambda error: complain(str(error)))
        page.on(
            "console",
            lambda said: complain(said.text) if said.type in ("error", "warning") else None,
        )
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((house, "data:", "blob:"))
                else complain(f"a foreign host: {request.url}")
            ),
        )
        await page.goto(house + address)
        return page

    yield open_
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def shots() -> Path | None:
    """Where pictures are put, if somebody wants to look at them."""
    folder = os.environ.get("PALABRE_SHOTS")
    return Path(folder) if folder else None
