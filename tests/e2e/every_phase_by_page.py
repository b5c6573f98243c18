"""All eight phases on the listening page, by ears, fingers and voice alone, in a real browser.

    PYTHONPATH=tests:. python -m e2e.every_phase_by_page fr en es

Run by hand: it prints figures, and takes some minutes a language. PALABRE_SHOTS names a folder for
a picture of each screen, as wide as a small phone.
"""

import asyncio
import json
import os
import sqlite3
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from e2e.by_page import Visitor, somebody_speaking, unheard
from e2e.by_twilio import OPENS_WITH
from e2e.by_voice import Everywhere, by_voice
from e2e.test_by_twilio import NUMBERS, SESSION
from fakes.telegram_server import TelegramServer
from fakes.twilio_server import TwilioServer

DAY_MS = 86_400_000
REPORT = "RAPPORT"


async def goes_through(visitor: Visitor, flow: str) -> None:
    """Answer a flow's table from its first question on."""
    visitor.flow = flow
    for answer in by_voice(flow):
        await visitor.answers(answer)


async def joins(visitor: Visitor) -> None:
    """Come by the link, and go through what is open."""
    await visitor.comes()
    await goes_through(visitor, "welcome")
    await goes_through(visitor, "trends")


async def takes_up(visitor: Visitor, flow: str) -> None:
    """Hear the announcement, press its button, and go through."""
    visitor.flow = flow
    await visitor.is_invited()
    await visitor.presses(0)
    await goes_through(visitor, flow)


async def reports(visitor: Visitor) -> None:
    """Ask for the report of one's session by its word, since its invitation comes by day alone."""
    visitor.flow = "session-report"
    await visitor.phone.says(REPORT)
    await visitor.is_asked_anew()
    await visitor.goes_to_the_end()


async def rows_of(palabre: Everywhere, folder: Path) -> list[dict[str, str]]:
    """Return what drafters get."""
    file = folder / "rows.jsonl"
    await palabre.command("export", "--format", "jsonl", "--out", str(file))
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


async def led_by(palabre: Everywhere, folder: Path, languages: list[str]) -> None:
    """Let a session of each person's be over."""
    people = {row["language"]: row["participant"] for row in await rows_of(palabre, folder)}
    for language in languages:
        await palabre.command("session", "add", f"held-{language}", *SESSION,
                              "--facilitator", people[language], "--quiet", "--yes")  # fmt: skip
    with sqlite3.connect(next(folder.rglob("palabre.sqlite"))) as database:
        yesterday = int(time.time() * 1000) - DAY_MS
        database.execute("UPDATE sessions SET begins_at = ? WHERE code LIKE 'held-%'", [yesterday])


async def every_phase(folder: Path, languages: list[str]) -> None:
    """Go through everything, and print a line a language and phase."""
    shots = Path(os.environ["PALABRE_SHOTS"]) if os.environ.get("PALABRE_SHOTS") else None
    async with AsyncExitStack() as closing:
        telegram = await closing.enter_async_context(TelegramServer())
        twilio = await closing.enter_async_context(TwilioServer())
        palabre = await closing.enter_async_context(Everywhere(folder, telegram, twilio))
        visitors = [
            Visitor(
                twilio.phone(NUMBERS[language].format(1)),
                await closing.enter_async_context(somebody_speaking(language)),
                language, palabre.port, shots,
            )
            for language in languages
        ]  # fmt: skip
        await asyncio.gather(*map(joins, visitors))
        await palabre.command("session", "add", "sample", *SESSION, "--quiet", "--yes")
        for flow in OPENS_WITH:
            await palabre.command("phase", "open", flow, "--yes")
            await asyncio.gather(*(takes_up(one, flow) for one in visitors))
            print("done:", flow, flush=True)
        await led_by(palabre, folder, languages)
        await asyncio.gather(*map(reports, visitors))
        assert b"Traceback" not in palabre.log, palabre.log.decode()
        look_at(visitors, await rows_of(palabre, folder))
    tell(visitors)


def look_at(visitors: list[Visitor], rows: list[dict[str, str]]) -> None:
    """See that every recording arrived and was kept, and that nothing was written."""
    for one in visitors:
        own = [row for row in rows if row["language"] == one.language]
        assert {row["channel"] for row in own} == {"sms"}
        assert {row["flow"] for row in own} == set(one.screens)
        assert not [row for row in own if row["text"]]
        print(one.language, "recordings:", one.recordings, "rows with voice:",
              sum(row["voice_state"] == "kept" for row in own), "other states:",
              {row["voice_state"] for row in own} - {"kept", ""})  # fmt: skip


def tell(visitors: list[Visitor]) -> None:
    """Print the figures, and what was wrong."""
    print("language phase screens without-sound seconds longest-seconds")
    for one in visitors:
        for flow, screens in one.screens.items():
            heard = [screen.seconds for screen in screens]
            print(one.language, flow, len(heard), heard.count(0), f"{sum(heard):.0f}",
                  f"{max(heard):.0f}")  # fmt: skip
        for words in unheard(one):
            print("without sound:", one.language, words)
        for complaint in one.complaints:
            print("complaint:", one.language, complaint)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(every_phase(Path(made), sys.argv[1:] or ["fr", "en", "es"]))
