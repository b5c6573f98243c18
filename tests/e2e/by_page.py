"""People on SMS who read nothing: a real browser on the listening page, with somebody speaking."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from browser.listeners import NOT_THEIRS, Ear
from browser.served import chromium_at
from e2e.by_twilio import LANGUAGES, MINE, Answer, Note
from e2e.running import PATIENCE
from fakes.twilio_phone import Phone
from voice.sounds import wav_of

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Response

ONLY = {"fr": "Écouter seulement", "en": "Listen only", "es": "Solo escuchar"}
SAID = {
    "fr": ("fr-FR", "Chez nous la mutuelle a sauvé le moulin, et les femmes le tiennent."),
    "en": ("en-GB", "The mill is ours, and the women of the village run it."),
    "es": ("es-ES", "El molino es nuestro, y lo llevan las mujeres del pueblo."),
}
WIDTH = 360  # of a small phone
SPEAKS = 2.0  # seconds of a recording


@dataclass(frozen=True)
class Screen:
    """What a screen says: its words, how long one listens to it (0: nothing is heard)."""

    words: str
    seconds: float


@asynccontextmanager
async def somebody_speaking(language: str) -> "AsyncIterator[Browser]":
    """Chromium, with a voice of this language at its microphone."""
    voice, words = SAID[language]
    path = os.environ.get("PALABRE_CHROMIUM") or shutil.which("chromium")
    async with chromium_at(path, wav_of(words, voice)) as started:
        yield started


@dataclass
class Visitor:
    """Someone whose phone gets SMS alone, and who hears, presses and speaks on the page."""

    phone: Phone
    browser: "Browser"
    language: str
    port: int
    shots: Path | None = None
    screens: dict[str, list[Screen]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    recordings: int = 0
    flow: str = ""

    async def comes(self) -> None:
        """Ask by SMS to listen only, and open the link that comes back."""
        self.flow = "welcome"
        await self.phone.says(ONLY[self.language])
        while not (found := NOT_THEIRS.search((await self.phone.hears(PATIENCE)).text)):
            pass
        page = await self._new_page()
        self.ear = Ear(page)
        await page.goto(f"http://127.0.0.1:{self.port}{found[0]}")
        await self.looks()

    async def _new_page(self) -> "Page":
        context = await self.browser.new_context(
            viewport={"width": WIDTH, "height": 720}, permissions=["microphone"],
            reduced_motion="reduce", locale=self.language,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE * 1000)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )
        page.on("response", self._looks_at)
        return page

    def _looks_at(self, answer: "Response") -> None:
        if answer.status >= 400:
            self.complaints.append(f"{answer.status} {answer.url}")

    @property
    def page(self) -> "Page":
        """What is before their eyes."""
        return self.ear.page

    async def is_invited(self) -> None:
        """Open the page anew, until it has an announcement with its button."""
        await self._opens_until("[data-page][data-key=go]")

    async def is_asked_anew(self) -> None:
        """Open the page anew, until something is asked that is no announcement."""
        await self._opens_until("[data-page]:not([data-key='']):not([data-key=go])")

    async def _opens_until(self, there: str) -> None:
        for _ in range(PATIENCE):
            await self.page.reload()
            if await self.page.locator(there).count():
                await self.looks()
                return
            await asyncio.sleep(1)
        raise AssertionError(await self.page.locator(".words").all_inner_texts())

    async def looks(self) -> Screen:
        """Listen to all that a screen says, and keep what it was."""
        words = "\n".join(await self.page.locator(".words").all_inner_texts())
        seconds = await self.page.evaluate(
            """() => Promise.all([...document.querySelectorAll(".hear audio")].map(
                 (one) => new Promise((well) => {
                   one.oncanplaythrough = () => well(one.duration);
                   one.onerror = () => well(0);
                   one.preload = "auto";
                   one.load();
                 }))).then((all) => all.reduce((sum, one) => sum + one, 0))"""
        )
        sideways = await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if sideways > 0:
            self.complaints.append(f"{sideways} pixels to scroll sideways: {words[:60]}")
        screen = Screen(words, seconds)
        self.screens.setdefault(self.flow, []).append(screen)
        if self.shots:
            number = len(self.screens[self.flow])
            file = self.shots / f"{self.language}-{self.flow}-{number:02}.png"
            await self.page.screenshot(path=file, full_page=True)
        return screen

    # --- by ears, fingers and voice alone ---------------------------------------------------

    async def is_asked(self) -> bool:
        """Say whether a question waits."""
        return bool(await self.page.locator("[data-page]").get_attribute("data-key"))

    async def presses(self, place: int) -> None:
        """Press a choice, and hear what comes."""
        await self.ear.chooses(place)
        await self.looks()

    async def picks(self, *places: int) -> None:
        """Press several, then the button that ends the list."""
        for place in places:
            await self.ear.chooses(place)
        await self.looks()
        await self.is_done()

    async def is_done(self) -> None:
        """Press the button that ends a list."""
        await self.ear.ends()
        await self.looks()

    async def speaks(self) -> None:
        """Record, listen to oneself, send, and hear what comes."""
        await self.ear.records(SPEAKS)
        assert await self.ear.hears_back() > 0.5
        self.recordings += 1
        await self.ear.sends()
        await self.looks()

    async def answers(self, answer: Answer) -> None:
        """Give one answer of a table."""
        number = LANGUAGES.index(self.language) + 1 if answer == MINE else answer
        if isinstance(number, Note):
            await self.speaks()
        elif isinstance(number, int):
            await self.presses(number - 1)
        else:
            await self.picks(*(int(one) - 1 for one in str(number).split()))

    async def goes_to_the_end(self) -> None:
        """Press the first choice of each question, and speak wherever there is none."""
        while await self.is_asked():
            if await self.page.locator(".choices button:not(.action)").count():
                await self.presses(0)
            else:
                await self.speaks()
                if await self.ear.can_end():
                    await self.is_done()


def unheard(visitor: Visitor) -> list[str]:
    """Return the words of each screen that says nothing."""
    return [
        re.sub(r"\s+", " ", one.words)[:120]
        for screens in visitor.screens.values()
        for one in screens
        if not one.seconds
    ]
