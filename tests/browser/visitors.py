"""Who sits in front of the drawn phone, and who looks whether everybody could."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.gateway.library import Library
from bot.settings import read_settings
from bot.wiring import library_of

if TYPE_CHECKING:  # not installed on every machine that gathers these tests
    from playwright.async_api import Page

Open = Callable[..., Awaitable["Page"]]


@cache
def library() -> Library:
    """What is asked, as the files say: these tests are about pages, not about words."""
    return library_of(read_settings({}))


def asked(language: str, step: str, flow: str = "welcome") -> str:
    """Return the words of a question, on one line as the page's text is compared."""
    found = next(one for one in library().flow(flow, language).steps if one.name == step)
    return " ".join(found.ask.split())


def label(language: str, step: str, place: int = 0, flow: str = "welcome") -> str:
    """Return the label of a question's choice, by its place."""
    found = next(one for one in library().flow(flow, language).steps if one.name == step)
    return found.choices[place].label


class Person:
    """Somebody in front of the drawn phone."""

    def __init__(self, page: "Page") -> None:
        self.page = page

    async def begins(self) -> None:
        """Press START."""
        await self.page.get_by_role("button", name="START").click()
        await self.sees(asked("fr", "langue"))

    async def presses(self, label: str) -> None:
        """Press a button of the newest message that has such a one."""
        await self.page.locator(".keys").get_by_role("button", name=label, exact=True).last.click()

    async def says(self, words: str) -> None:
        """Write and send."""
        await self.page.locator("textarea").fill(words)
        await self.page.keyboard.press("Enter")

    async def speaks(self, seconds: float) -> None:
        """Hold a voice note."""
        button = self.page.locator("[data-record]")
        await button.click()
        await self.page.locator("[data-record][aria-pressed=true]").wait_for()
        await asyncio.sleep(seconds)
        await button.click()

    async def sees(self, words: str) -> None:
        """Wait until the bot has said this."""
        await self.page.locator(".theirs", has_text=words).last.wait_for()

    async def is_at(self, step: str) -> None:
        """Wait until this step is lit beside the phone."""
        await self.page.locator("[aria-current=step]", has_text=step).wait_for(state="attached")

    async def reads(self, words: str) -> None:
        """Wait until it stands beside the phone how the last message was read."""
        await self.page.locator(".understood", has_text=words).wait_for(state="attached")


async def examine(page: "Page", shot: Path | None) -> None:
    """Look for what people with another eye, hand or screen would stumble over."""
    from axe_playwright_python.async_playwright import Axe

    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = await page.evaluate(
        """() => [...document.querySelectorAll("button, nav a, .action, summary, textarea, label")]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
        .map(e => e.outerHTML)"""
    )
    assert small == []
    if shot:
        shot.parent.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=shot)
