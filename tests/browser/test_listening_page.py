"""Listening and answering by voice behind a link by SMS, in Chromium with somebody speaking."""

import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from listeners import Ear, SmsPhone
from served import chromium_at, running
from visitors import asked, examine
from voice.sounds import voice_note, wav_of

from bot.gateway.work import Work
from bot.store import tables

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
TO_THE_ROLE = ("Hello", "English", "1", "1", "1")  # part, quote, hear: then who one is
Open = Callable[..., Any]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def work(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Work]:
    """A running house with phones, and somebody who reads aloud."""
    data = tmp_path_factory.mktemp("listening")
    async with running(data, PALABRE_BURST_SECONDS="0", PALABRE_TTS="nanotts") as (work, address):
        work.house.pages_at = address
        yield work


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def speaking(chromium: str) -> AsyncIterator["Browser"]:
    """Chromium, with somebody who speaks into the microphone."""
    async with chromium_at(chromium, wav_of("The mill is ours, and it runs.", "en-GB")) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def open_link(work: Work, speaking: "Browser") -> AsyncIterator[Open]:
    """Open a path of the house; whatever the page complains of fails the test."""
    complaints: list[str] = []
    contexts: list[Any] = []

    async def open_(path: str, *, width: int = 390, forgives: str = "", **more: Any) -> "Page":
        context = await speaking.new_context(
            viewport={"width": width, "height": 780}, permissions=["microphone"],
            reduced_motion="reduce", **more,
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = await context.new_page()

        def complain(words: str) -> None:
            if not forgives or not re.search(forgives, words):
                complaints.append(words)

        page.on("pageerror", lambda error: complain(str(error)))
        page.on("console", lambda said: complain(said.text) if said.type == "error" else None)
        await page.goto(work.house.pages_at + path)
        return page

    yield open_
    for context in contexts:
        await context.close()
    assert complaints == []


SLOWLY = """() => {
  window.opened = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (what) => {
    await new Promise((passed) => setTimeout(passed, 300));
    const sound = await ask(what);
    opened.push(...sound.getTracks());
    return sound;
  };
}"""  # a microphone that takes a moment, as where one is asked for leave


async def test_two_quick_taps_open_the_microphone_once(work: Work, open_link: Open) -> None:
    """A second one would go on listening, unseen."""
    phone = await SmsPhone.of_somebody(work, *TO_THE_ROLE)
    ama = Ear(await open_link(await phone.link()))
    await ama.page.evaluate(SLOWLY)
    await ama.page.locator("[data-record]").dblclick()
    await ama.stops()
    assert await ama.page.evaluate("opened.map((one) => one.readyState)") == ["ended"]


async def test_what_is_recorded_while_one_chooses_is_known_to_be_for_the_question_before(
    work: Work, open_link: Open
) -> None:
    """The recorder goes on beside the next question, and shows it."""
    phone = await SmsPhone.of_somebody(work, *TO_THE_ROLE)
    ama = Ear(await open_link(await phone.link()))
    await ama.page.locator("[data-record]").click()
    await ama.page.locator("[data-record][aria-pressed=true]").wait_for()
    await ama.chooses()
    await ama.stops()
    await ama.page.locator("[data-trouble]", has_text="for an earlier question").wait_for()


async def test_one_hears_records_hears_back_sends_and_chooses(work: Work, open_link: Open) -> None:
    """A recording beside a choice is kept, and heard: somebody speaks in it."""
    phone = await SmsPhone.of_somebody(work, *TO_THE_ROLE)
    ama = Ear(await open_link(await phone.link()))
    spoken = ama.page.locator(".hear audio").last
    assert await spoken.evaluate(
        "a => new Promise(r => { a.oncanplaythrough = () => r(a.duration > 3); a.load() })"
    )
    await ama.records()
    assert await ama.hears_back() > 0.5
    await ama.sends()
    await ama.hears("I have kept your recording. Please also choose")
    await ama.chooses()
    (note,) = await phone.recordings()
    assert (note.state, note.verdict, note.channel) == ("kept", "ok", "simulator:sms")
    said = (await phone.rows(tables.contributions))[-1]
    assert (said.step, said.code) == ("role", "activist")


async def test_the_page_follows_its_person_into_the_language_they_choose(
    work: Work, open_link: Open
) -> None:
    """Words, buttons and all, at once; whoever picked one above keeps that."""
    phone = await SmsPhone.of_somebody(work)
    ama = Ear(await open_link(await phone.link()))
    await ama.chooses(2)
    await ama.hears(asked("es", "participer"))
    await ama.page.get_by_role("button", name="Grabar").wait_for()
    assert await ama.page.evaluate("document.documentElement.lang") == "es"
    await ama.page.goto(f"{ama.page.url}?lang=en")
    await ama.chooses()
    await ama.page.get_by_role("button", name="Record").wait_for()


async def test_several_are_pressed_and_say_which_came_first(work: Work, open_link: Open) -> None:
    phone = await SmsPhone.of_somebody(work, *TO_THE_ROLE, "1", "1", "1")
    ama = Ear(await open_link(await phone.link()))
    for place in (2, 0):
        await ama.chooses(place)
    assert await ama.page.locator(".choices b").all_inner_texts() == ["2", "1"]
    await ama.ends()
    said = (await phone.rows(tables.contributions))[-1]
    assert json.loads(said.codes) == ["housing", "food"]


async def test_without_script_a_file_is_sent(work: Work, open_link: Open, tmp_path: Path) -> None:
    """An old phone records by itself, and a form carries it."""
    phone = await SmsPhone.of_somebody(work, *TO_THE_ROLE)
    page = await open_link(await phone.link(), width=320, java_script_enabled=False)
    file = tmp_path / "note.ogg"
    file.write_bytes(voice_note(2))
    await page.locator("#sound").set_input_files(file)
    await page.get_by_role("button", name="Send this recording").click()
    await page.get_by_text("It has arrived. Thank you.").wait_for()
    await page.get_by_text("I have kept your recording.").wait_for()
    await page.locator(".choices button").first.click()
    await page.locator(".words", has_text=asked("en", "region")).wait_for()
    assert [row.verdict for row in await phone.recordings()] == ["ok"]


async def test_a_recording_survives_a_broken_connection_and_lands_once(
    work: Work, open_link: Open
) -> None:
    """Cut off before and behind the server, and closed meanwhile: it is kept until it is there."""
    phone = await SmsPhone.of_somebody(work, *TO_THE_ROLE)
    ama = Ear(await open_link(await phone.link(), forgives="ERR_"))
    await ama.page.route("**/r/*", _nothing_gets_through)
    await ama.records()
    await ama.page.locator("[data-send]").click()
    await ama.page.get_by_text("No connection. Your recording is kept here").wait_for()
    await ama.page.unroute("**/r/*")
    await ama.page.reload()
    await ama.page.get_by_text("This recording has not been sent yet.").wait_for()
    tries = []

    async def answer_is_lost(route: Any) -> None:
        tries.append(route.request.method)
        if tries.count("POST") == 1:
            await route.fetch()
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await ama.page.route("**/r/*", answer_is_lost)
    await ama.sends()
    await ama.hears("I have kept your recording.")
    assert tries.count("POST") == 2
    assert len(await phone.recordings()) == 1
    await ama.page.reload()
    assert await ama.page.locator("[data-mine]").is_hidden()


async def _nothing_gets_through(route: Any) -> None:
    await (route.abort("internetdisconnected") if route.request.method == "POST"
           else route.continue_())  # fmt: skip


@pytest.mark.parametrize("language", ["Français", "English", "Español"])
async def test_the_page_is_clear_to_everybody(
    work: Work, open_link: Open, shots: Path | None, language: str
) -> None:
    """No fault that axe finds, nothing to scroll sideways, no more than 50 KB."""
    phone = await SmsPhone.of_somebody(work, "Hello", language, "1", "1", "1")
    path = await phone.link()
    gone = path[:-1] + ("A" if path[-1] != "A" else "B")
    for width, scheme in ((320, "dark"), (390, "light"), (1200, "light")):
        page = await open_link(path, width=width, color_scheme=scheme)
        name = f"{language[:2].lower()}-{width}"
        await examine(page, shots / f"listening-{name}.png" if shots else None)
        sizes = await page.evaluate(
            """() => performance.getEntries().filter(e => e.transferSize !== undefined
                 && !e.name.includes("sound")).reduce((all, e) => all + e.transferSize, 0)"""
        )
        assert sizes < 50 * 1024
    ama = Ear(page)
    await ama.records(1)
    await examine(page, shots / f"listening-{name}-review.png" if shots else None)
    page = await open_link(f"{gone}?lang={language[:2].lower()}", width=320, forgives="410")
    await examine(page, shots / f"gone-{name}.png" if shots else None)
