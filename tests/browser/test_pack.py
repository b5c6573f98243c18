"""The drafting pack's page, opened from the disk: many notes are heard with one hand."""

import os
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from visitors import examine
from voice.sounds import OPUS, made, speech

if TYPE_CHECKING:  # not installed on every machine that gathers these tests
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOT = Path(__file__).parents[2]
SAID = "1\n1\n[voice one.ogg]\n1\n[voice two.ogg]\n[voice three.ogg]\n"
PLAYS = "() => [...document.querySelectorAll('audio')].findIndex(one => !one.paused)"


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack with three notes, unzipped."""
    folder = tmp_path_factory.mktemp("pack")
    for name, seconds in (("one", 4), ("two", 2), ("three", 2)):
        (folder / f"{name}.ogg").write_bytes(made("a.ogg", *speech(seconds), *OPUS))
    surely = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "en_GB.UTF-8",
              "PALABRE_DATA": str(folder / "data"), "PALABRE_BURST_SECONDS": "0"}  # fmt: skip

    def palabre(*words: str, said: str = "") -> None:
        command = (sys.executable, "-m", "bot", *words)
        subprocess.run(command, input=said.encode(), cwd=folder, env=surely, check=True)

    palabre("chat", "trends", "--lang", "en", said=SAID)
    palabre("export", "--format", "zip", "--out", "pack.zip", "--trials")
    zipfile.ZipFile(folder / "pack.zip").extractall(folder / "pack")
    return folder / "pack"


@pytest_asyncio.fixture(loop_scope="session")
async def page(pack: Path, browser: "Browser") -> AsyncIterator["Page"]:
    """The English page; whatever stands in its console as an error fails the test."""
    complaints: list[str] = []
    context = await browser.new_context(viewport={"width": 412, "height": 860})
    context.set_default_timeout(8000)
    opened = await context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    await opened.goto((pack / "index.en.html").as_uri())
    yield opened
    await context.close()
    assert complaints == []


async def presses(page: "Page", key: str) -> None:
    """Press a key on the note in hand."""
    await page.keyboard.press(key)


async def value(page: "Page", script: str) -> Any:
    """Look at the first sound."""
    return await page.evaluate(f"() => document.querySelector('audio').{script}")


async def test_everybody_can_use_it_on_a_phone_and_at_a_desk(
    page: "Page", shots: Path | None
) -> None:
    await examine(page, shots and shots / "pack-narrow.png")
    await page.set_viewport_size({"width": 1200, "height": 900})
    await examine(page, shots and shots / "pack-wide.png")


async def test_a_note_plays_at_a_speed_with_its_pitch_and_goes_back(page: "Page") -> None:
    await page.locator("figure.note").first.focus()
    await presses(page, " ")
    await page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    for _ in range(3):
        await presses(page, ">")
    assert await value(page, "playbackRate") == 2
    assert await value(page, "preservesPitch") is True
    await presses(page, " ")
    assert await value(page, "paused") is True
    await presses(page, "ArrowLeft")
    assert await value(page, "currentTime") == 0
    assert await page.get_by_role("button", name="Speed").first.inner_text() == "2 ×"


async def test_one_sound_plays_at_a_time_and_the_list_goes_on_by_itself(page: "Page") -> None:
    first, second = page.locator("figure.note").nth(0), page.locator("figure.note").nth(1)
    await first.get_by_role("button", name="Listen").click()
    await second.get_by_role("button", name="Listen").click()
    await page.wait_for_function(f"() => ({PLAYS})() === 1")
    await page.wait_for_function(f"() => ({PLAYS})() === 2")
    await presses(page, "p")
    await page.wait_for_function(f"() => ({PLAYS})() === 1")


async def test_the_list_stops_where_one_wants_it_to(page: "Page") -> None:
    await page.get_by_label("Play the next recording when one ends").uncheck()
    second = page.locator("figure.note").nth(1)
    await second.get_by_role("button", name="Listen").click()
    await page.wait_for_function("() => document.querySelectorAll('audio')[1].ended")
    assert await page.evaluate(PLAYS) == -1


async def test_two_marks_name_a_passage_as_a_script_takes_it(page: "Page") -> None:
    note = page.locator("figure.note").first
    await note.get_by_role("button", name="Listen").click()
    await page.wait_for_function("() => document.querySelector('audio').currentTime > 0.5")
    await presses(page, "m")
    await page.wait_for_function("() => document.querySelector('audio').currentTime > 1.5")
    await presses(page, "m")
    await presses(page, " ")
    words = (await note.locator("code").inner_text()).split()
    assert words[:2] == ["quote:", await note.get_attribute("data-contribution")]
    assert (words[2], words[4]) == ("from", "to")
    assert 0.5 <= float(words[3]) < float(words[5]) < 4
    await note.locator(".marks button").first.click()
    await page.wait_for_function(f"() => ({PLAYS})() === 0")


async def test_the_wave_shows_how_far_one_is_and_leads_to_where_it_is_clicked(page: "Page") -> None:
    note = page.locator("figure.note").first
    box = await note.locator(".wave").bounding_box()
    assert box
    await note.locator(".wave").click(position={"x": box["width"] / 2, "y": 10})
    await page.wait_for_function("() => document.querySelector('audio').currentTime > 1.5")
    played = await note.evaluate("one => parseFloat(one.style.getPropertyValue('--played'))")
    assert played > 40


async def test_without_a_script_the_browser_s_own_controls_play_it(
    pack: Path, browser: "Browser"
) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto((pack / "index.en.html").as_uri())
    assert await page.locator("audio[controls]").count() == 3
    assert await page.locator(".keys").count() == 0
    await context.close()


async def test_a_contribution_has_a_page_that_opens_at_the_passage_that_was_marked(
    page: "Page", shots: Path | None
) -> None:
    await page.get_by_role("link", name="A page of its own").first.click()
    note = page.locator("figure.note")
    assert await note.count() == 1
    await note.focus()
    await presses(page, " ")
    await page.wait_for_function("() => document.querySelector('audio').currentTime > 0.5")
    await presses(page, "m")
    await page.wait_for_function("() => document.querySelector('audio').currentTime > 1")
    await presses(page, "m")
    await presses(page, " ")
    await examine(page, shots and shots / "pack-note.png")
    link = await note.locator(".marks a").get_attribute("href")
    assert link
    address = page.url.partition("#")[0]
    await page.goto("about:blank")
    await page.goto(f"{address}{link}")
    await page.wait_for_function("() => document.querySelector('audio').currentTime > 0.4")
    assert await note.locator(".marks button").count() == 2
    await note.focus()
    await presses(page, "n")
    await page.wait_for_function("() => document.querySelector('a[rel=prev]')")
    assert page.url.partition("#")[0] != address
    await page.get_by_role("link", name="The one before").click()
    await page.wait_for_function("() => !document.querySelector('a[rel=prev]')")


async def test_without_a_script_a_page_plays_and_leads_on_too(
    pack: Path, browser: "Browser"
) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto((pack / "index.en.html").as_uri())
    await page.get_by_role("link", name="A page of its own").first.click()
    assert await page.locator("audio[controls]").count() == 1
    await page.get_by_role("link", name="Next").click()
    assert await page.get_by_role("link", name="The one before").count() == 1
    await context.close()
