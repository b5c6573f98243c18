"""The public pages in Chromium: joining, and reading a document, on an old phone and at a desk."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from aiohttp import web
from visitors import examine

from bot.gateway.work import Work
from bot.opening import door_of
from bot.settings import read_settings
from bot.web.app import make_app, runner_of
from bot.wiring import open_house

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SETTINGS = {
    "PUBLIC_URL": "http://127.0.0.1:9",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "secret",
    "TWILIO_SMS_FROM": "+33700000002",
    "TWILIO_WHATSAPP_FROM": "+33700000001",
}
PAGES = ("/", "/j/greniers", "/d/trends-1", "/d/agenda")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def public(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a house with numbers and without a simulator."""
    data = tmp_path_factory.mktemp("public")
    settings = read_settings(SETTINGS | {"PALABRE_DATA": str(data)})
    async with AsyncExitStack() as closing:
        house = await closing.enter_async_context(open_house(settings))
        door = await door_of(settings, house, Work.of(house))
        runner = runner_of(make_app(door))
        await runner.setup()
        closing.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["fr", "en", "es"])
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (320, "dark"), (1200, "light")])
async def test_public_pages_are_clear_to_everybody(
    public: str, browser: "Browser", shots: Path | None, address: str, language: str, width: int,
    scheme: str,
) -> None:  # fmt: skip
    """No fault that axe finds, nothing to scroll sideways, less than 50 KB, and no script."""
    context = await browser.new_context(
        viewport={"width": width, "height": 700},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = await context.new_page()
    sizes: list[int] = []
    page.on("response", lambda got: sizes.append(int(got.headers.get("content-length", 0))))
    await page.goto(f"{public}{address}?lang={language}")
    assert await page.locator("html").get_attribute("lang") == language
    assert await page.locator("script").count() == 0
    assert sum(sizes) < 50 * 1024
    name = f"public{address.replace('/', '-')}-{language}-{width}-{scheme}.png"
    await examine(page, shots / name if shots else None)
    await context.close()


async def test_a_page_can_be_used_without_script(public: str, browser: "Browser") -> None:
    """On a browser that runs none every way to join is there, and the languages are links."""
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{public}/j/greniers?lang=fr")
    links = [await one.get_attribute("href") for one in await page.locator(".ways a").all()]
    assert links == ["https://wa.me/33700000001?text=greniers", "sms:+33700000002?body=greniers"]
    await page.get_by_role("link", name="Español").click()
    assert await page.locator("html").get_attribute("lang") == "es"
    await context.close()


async def test_a_document_is_read_in_each_language(public: str, browser: "Browser") -> None:
    """Its text, and the PDF to print."""
    page = await browser.new_page()
    for language in ("fr", "en", "es"):
        await page.goto(f"{public}/d/trends-1?lang={language}")
        assert await page.locator("article p").count() > 3
        href = await page.locator("a.action").get_attribute("href")
        answer = await page.request.get(public + str(href))
        assert answer.headers["content-type"] == "application/pdf"
    await page.close()
