"""The drawn SMS phone, the drawn WhatsApp and the terminal show what Twilio was given to send."""

import asyncio
import html
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from behind import Behind, opened
from fakes.twilio_phone import Phone
from watching import watch, words_of

from bot.wiring import make_terminal
from channels.terminal import Terminal

Shown = tuple[str, tuple[str, ...], bool]  # words, labels, whether there is a file
WHO = "sms", "whatsapp"
DONE = "Terminé"


@dataclass
class Three:
    """One person behind Twilio, one at the drawn phone, one at the terminal; all do the same."""

    behind: Behind
    kind: str
    phone: Phone
    terminal: Terminal
    printed: io.StringIO
    count: int = 0

    async def do(self, words: str = "", press: str = "") -> None:
        """Do the same on all three, and wait until all show the same again."""
        before = self.by_twilio()
        self.count += 1
        said: dict[str, Any] = {"text": words}
        if press:
            said = await self._pressed(press)
            await self.phone.presses(press)
        else:
            await self.phone.says(words)
        url = f"/phone/{self.kind}/tab1/say?lang=fr"
        await self.behind.client.post(url, json={"id": str(self.count), **said})
        line = self.terminal.hears(words or self._number(press))
        await self.behind.work.receiver.take([(line, b"")])
        await self._all_show_the_same(before)

    def _number(self, press: str) -> str:
        labels = next(one.labels for one in reversed(self.phone.messages) if press in one.labels)
        return str(labels.index(press) + 1)

    async def _pressed(self, label: str) -> dict[str, str]:
        pattern = r'data-press="([^"]+)" data-on="([^"]+)"[^>]*>([^<]*)<'
        for page in reversed(await self._pages()):
            for data, on, shown in re.findall(pattern, page):
                if html.unescape(shown) == label:
                    return {"pressed": html.unescape(data), "on": on}
        raise AssertionError(f"There is no button {label!r}.")

    async def _all_show_the_same(self, before: list[Shown]) -> None:
        for _ in range(200):
            real = self.by_twilio()
            if real != before and await self.on_page() == real and self.at_terminal(real):
                return
            await asyncio.sleep(0.05)
        assert await self.on_page() == self.by_twilio() != before
        assert self.at_terminal(self.by_twilio()), self.printed.getvalue()

    def by_twilio(self) -> list[Shown]:
        """What arrived on the real phone."""
        return [(one.text, tuple(one.labels), bool(one.media)) for one in self.phone.messages]

    def at_terminal(self, real: list[Shown]) -> bool:
        """Say whether the terminal wrote just this, with its numbers for what can be pressed."""
        wanted = ""
        for text, labels, has_file in real:
            buttons = [
                f"[{label}]" if label == DONE else f"[{number}] {label}"
                for number, label in enumerate(labels, 1)
            ]
            lines = ["[file]"] if has_file else []
            wanted += "\n".join([*lines, *([text] if text else []), *buttons]) + "\n\n"
        written = re.sub(r"\[(?:document|audio|voice) [^\]\n]+\]", "[file]",
                         self.printed.getvalue())  # fmt: skip
        return written == wanted

    async def on_page(self) -> list[Shown]:
        """What the page shows of the bot."""
        found = []
        for page in await self._pages():
            labels = re.findall(r"<button[^>]*data-press[^>]*>([^<]*)<", page)
            name = re.search(r"</svg><span>([^<]*)<", page)
            words = html.unescape(re.sub(r"</?a\b[^>]*>", "", words_of(page)))
            found.append((words, tuple(map(html.unescape, labels)), bool(name)))
        return found

    async def _pages(self) -> list[str]:
        page = await watch(self.behind.client, kind=self.kind)
        events = await page.until_steps()
        page.answer.close()
        return [data for _, _, data in events if 'class="theirs"' in data]


@pytest.fixture(params=WHO)
async def three(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Three]:
    kind, printed = str(request.param), io.StringIO()
    terminal = make_terminal(printed, kind)
    async with opened(tmp_path, monkeypatch, terminal, PALABRE_SIMULATOR="1") as behind:
        phone = behind.twilio.phone("+33600000001", whatsapp=kind == "whatsapp")
        yield Three(behind, kind, phone, terminal, printed)


async def test_each_turn_looks_the_same_on_all_three(three: Three) -> None:
    """Numbers, buttons, lists, links, files, what is not understood, help and the end."""
    await three.do("Bonjour")
    if three.kind == "sms":
        assert not three.by_twilio()[0][1]
        await three.do("1")
    else:
        await three.do(press="Français")
    for words in ("oui", "peut-être", "1", "1", "aide", "1"):
        await three.do(words)
    if three.kind == "whatsapp":
        assert len(three.by_twilio()[-1][1]) > 3, "a list to pick from"
    for words in ("1", "1", "1 3", "1", "plus", "1"):
        await three.do(words)
    shown = three.by_twilio()
    assert any(file for _, _, file in shown) is (three.kind == "whatsapp")
    assert any("/d/trends-1" in text for text, _, _ in shown) is (three.kind == "sms")
    assert len(shown) > 12
