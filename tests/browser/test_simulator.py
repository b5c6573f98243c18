"""Taking part in a browser: with buttons, words and voice, in three languages."""

from pathlib import Path
from typing import Any

import pytest
from visitors import Open, Person, asked, examine, label

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_taking_part_in_french(open_page: Open, tmp_path: Path) -> None:
    """One begins, answers by button, by words and by voice, and the steps go along."""
    awa = Person(await open_page("/?lang=fr"))
    await awa.begins()
    await awa.presses("Français")
    await awa.sees(asked("fr", "participer"))
    await awa.is_at(asked("fr", "participer"))
    await awa.reads("Français")
    await awa.says("oui")
    await awa.sees(asked("fr", "citer"))
    await awa.reads("Oui")
    await awa.presses("Oui")
    await awa.sees(asked("fr", "ecouter"))
    await awa.presses("Oui")
    for step in ("role", "region", "reseau"):
        await awa.sees(asked("fr", step))
        await awa.says("1")
    await awa.sees(asked("fr", "domaines"))
    theme = label("fr", "domaines")
    await awa.presses(theme)
    await awa.page.locator(".keys [aria-pressed=true]").wait_for()
    focused = await awa.page.evaluate("document.activeElement.textContent")
    assert theme in focused
    await awa.page.locator(".keys button").last.click()  # done
    await awa.sees(asked("fr", "envie", "trends"))
    await awa.presses(label("fr", "envie", 0, "trends"))
    await awa.page.locator(".theirs a.file").first.wait_for()
    await awa.presses(label("fr", "regions", 1, "trends"))
    await awa.sees(asked("fr", "manque_regions", "trends"))
    await awa.speaks(2)
    await awa.sees("message vocal")
    audio = awa.page.locator(".mine audio").last
    assert await audio.evaluate("a => new Promise(r => { a.oncanplay = () => r(true); a.load() })")
    paper = tmp_path / "note.txt"
    paper.write_text("Une note")
    await awa.page.locator("[data-file]").set_input_files(paper)
    await awa.page.locator(".mine a.file", has_text="note.txt").wait_for()


LANGUAGES = {
    "fr": ("Français", "Votre message"),
    "en": ("English", "Your message"),
    "es": ("Español", "Su mensaje"),
}


@pytest.mark.parametrize("kind", ["telegram", "whatsapp", "sms"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_phone_speaks_every_language(open_page: Open, kind: str, language: str) -> None:
    """On each kind of phone the talk goes on in the language that is chosen."""
    name, message = LANGUAGES[language]
    question = asked(language, "participer")
    kim = Person(await open_page(f"/?lang={language}&as={kind}"))
    await kim.begins()
    await kim.says(name)
    await kim.sees(question)
    await kim.is_at(question)
    assert await kim.page.locator("textarea").get_attribute("placeholder") == message


async def test_the_page_changes_its_language_in_mid_talk(open_page: Open) -> None:
    """Another language of the page shows the same talk, whole."""
    kim = Person(await open_page("/?lang=fr"))
    await kim.begins()
    await kim.presses("English")
    await kim.sees(asked("en", "participer"))
    await kim.page.get_by_role("link", name="Español").click()
    await kim.sees(asked("en", "participer"))
    await kim.sees(asked("fr", "langue"))
    assert await kim.page.locator("html").get_attribute("lang") == "es"
    assert await kim.page.locator(".mine", has_text="/start").count() == 1


async def test_each_tab_is_a_new_person(open_page: Open) -> None:
    """Another tab has its own empty phone, and so has who presses "New person"."""
    one = Person(await open_page("/?lang=en"))
    await one.begins()
    other = Person(await open_page("/?lang=en"))
    assert await other.page.locator(".talk > *").count() == 0
    await one.page.get_by_role("button", name="New person").click()
    await one.page.get_by_role("button", name="START").wait_for()
    assert await one.page.locator(".talk > *").count() == 0


async def test_it_can_be_done_by_keyboard_alone(open_page: Open) -> None:
    """START, words and buttons are reached and pressed without a mouse."""
    page = await open_page("/?lang=en")
    person = Person(page)
    await page.locator("[data-start]").focus()
    await page.keyboard.press("Enter")
    await person.sees(asked("fr", "langue"))
    await page.locator("textarea").focus()
    await page.keyboard.press("Shift+Tab")  # the file
    for _ in range(6):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.textContent.trim()") == "English":
            break
    await page.keyboard.press("Enter")
    await person.sees(asked("en", "participer"))
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement !== document.body")


async def test_what_cannot_be_sent_is_not_lost(open_page: Open) -> None:
    """Without a connection the words stay in the box, with a sentence that says so."""
    page = await open_page("/?lang=en", forgives="503")
    person = Person(page)
    await person.begins()
    await page.route("**/say*", lambda route: route.fulfill(status=503))
    async with page.expect_response("**/say*"):
        await person.says("my words")
    await page.get_by_role("alert").filter(has_text="That was not sent").wait_for()
    assert await page.locator("textarea").input_value() == "my words"


SIZES: list[Any] = [
    (language, scheme, width)
    for language in LANGUAGES for scheme in ("light", "dark") for width in (412, 1200)
]  # fmt: skip


@pytest.mark.parametrize(("language", "scheme", "width"), SIZES)
async def test_the_simulator_is_for_everybody(
    open_page: Open, shots: Path | None, language: str, scheme: str, width: int
) -> None:
    """Nothing hinders anybody, before the talk and in it, by light and by dark, wide and narrow."""
    page = await open_page(f"/?lang={language}", width=width, scheme=scheme)
    name = f"{language}-{scheme}-{width}"
    await examine(page, shots / f"{name}-start.png" if shots else None)
    person = Person(page)
    await person.begins()
    await person.presses(LANGUAGES[language][0])
    await person.sees(asked(language, "participer"))
    await person.says("1")
    await page.locator(".theirs").nth(2).wait_for()
    await examine(page, shots / f"{name}-talk.png" if shots else None)
    if width < 900:
        await page.locator(".beside summary").click()
        await examine(page, shots / f"{name}-steps.png" if shots else None)


@pytest.mark.parametrize("kind", ["whatsapp", "sms"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_other_phones_are_for_everybody(
    open_page: Open, shots: Path | None, kind: str, scheme: str
) -> None:
    """The same holds for the other kinds of phone."""
    page = await open_page(f"/?lang=fr&as={kind}", width=412, scheme=scheme)
    person = Person(page)
    await person.begins()
    for words, then in (
        ("1", "participer"),
        *(("oui", one) for one in ("citer", "ecouter", "role")),
    ):
        await person.says(words)
        await person.sees(asked("fr", then))
    await examine(page, shots / f"{kind}-{scheme}.png" if shots else None)
    if kind == "whatsapp":
        await page.locator(".list summary").click()
        await person.page.locator(".list .keys button").first.click()
        await person.sees(asked("fr", "region"))


@pytest.mark.parametrize(("language", "scheme", "width"), SIZES)
@pytest.mark.parametrize("address", ["/j/greniers", "/d/trends-1"])
async def test_the_public_pages_are_for_everybody(
    open_page: Open, shots: Path | None, address: str, language: str, scheme: str, width: int
) -> None:
    """Nothing hinders anybody on the pages that are handed out."""
    page = await open_page(f"{address}?lang={language}", width=width, scheme=scheme)
    name = f"{address.strip('/').replace('/', '-')}-{language}-{scheme}-{width}.png"
    await examine(page, shots / name if shots else None)


async def test_a_wrong_address_is_for_everybody(open_page: Open, shots: Path | None) -> None:
    """Nor does anything hinder who went astray."""
    page = await open_page("/nowhere?lang=es", width=412, forgives="404")
    await examine(page, shots / "nowhere.png" if shots else None)
