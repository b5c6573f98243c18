"""All eight phases by ears, buttons and voice alone, on both channels; run by hand.

    PYTHONPATH=tests:. python -m e2e.every_phase_by_voice fr en es

Nothing is written. It prints figures, and is no test of the suite: it makes some hundred seconds of
sound for each phase and language.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from e2e.by_twilio import FLOWS, OPENS_WITH
from e2e.by_voice import Everywhere, OnTelegram, OnWhatsApp, Person, figures
from e2e.running import has_a_webhook
from e2e.test_by_twilio import NUMBERS, SESSION
from fakes.telegram_server import TelegramServer
from fakes.twilio_server import TwilioServer
from voice.sounds import voice_note


async def joins(person: Person) -> None:
    """Speak first, and go through what is open."""
    await person.speaks_first("welcome")
    await person.goes_through("welcome")
    await person.goes_through("trends")


async def takes_up(person: Person, flow: str) -> None:
    """Hear the announcement, press its button, and go through."""
    person.flow = flow
    await person.hears()
    await person.answers(1)
    await person.goes_through(flow)


async def every_phase(folder: Path, languages: list[str]) -> None:
    """Go through everything, and print a line a channel, language and phase."""
    note = voice_note(2)
    async with (
        TelegramServer() as telegram,
        TwilioServer() as twilio,
        Everywhere(folder, telegram, twilio) as palabre,
    ):
        await has_a_webhook(palabre)
        people: dict[str, Person] = {}
        for language in languages:
            number = NUMBERS[language].format(1)
            there = OnWhatsApp(twilio.phone(number, whatsapp=True), palabre.port)
            people[f"telegram {language}"] = Person(
                OnTelegram(telegram.phone(f"Person {language}", language)), language, note
            )
            people[f"whatsapp {language}"] = Person(there, language, note)
        await asyncio.gather(*map(joins, people.values()))
        await palabre.command("session", "add", "sample", *SESSION, "--quiet", "--yes")
        for flow in OPENS_WITH:
            await palabre.command("phase", "open", flow, "--yes")
            await asyncio.gather(*(takes_up(one, flow) for one in people.values()))
            print("done:", flow, flush=True)
        assert b"Traceback" not in palabre.log, palabre.log.decode()
    print("channel language phase turns without-sound seconds KB longest-KB")
    for name, person in people.items():
        for flow in FLOWS:
            found = figures(person.turns[flow])
            print(name, flow, found.turns, found.silent, f"{found.seconds:.0f}",
                  f"{found.size:.0f}", f"{found.longest:.0f}")  # fmt: skip
        for turns in person.turns.values():
            for one in turns:
                if not one.sound:
                    print("without sound:", name, repr(one.text[:80]))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(every_phase(Path(made), sys.argv[1:] or ["fr", "en", "es"]))
