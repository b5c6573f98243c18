"""A real `palabre serve` in a process of its own, and someone who takes part in it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from fakes.telegram_phone import TICK, Heard, Phone
from fakes.telegram_server import TelegramServer

from bot.trial.process import Served

PATIENCE = 40  # seconds for one answer on a busy machine


class Palabre(Served):
    """One installation: its data, its settings, and the process that serves it."""

    def __init__(
        self, folder: Path, server: TelegramServer, more: dict[str, str] | None = None,
        role: str = "serve",
    ) -> None:  # fmt: skip
        self.folder, self.server = folder, server
        self.more: dict[str, str] = {  # its environment, until it is started again
            "PALABRE_DATA": str(folder / "data"),
            "PALABRE_BURST_SECONDS": "0",
            "TELEGRAM_BOT_TOKEN": server.token,
            "TELEGRAM_API_URL": server.url,
            "TELEGRAM_PACE": "1000",
            "PALABRE_TTS": "off",  # what is read aloud is a test of its own
        } | (more or {})
        super().__init__(role, self.more)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, failed: object, *_: object) -> None:
        if self.runs:
            await self.kill()
        if failed:  # pytest shows it
            print(self.log.decode())
            print([(phone.name, phone.texts[-2:]) for phone in self.server.phones.values()])

    async def start(self, *words: str, tries: bool = False) -> None:
        """Start it, and return when it is ready; it must not end before. Raises NeverReady."""
        await super().start(*words, tries=tries)

    async def command(self, *words: str) -> str:
        """Run another command beside it; return what it printed."""
        status, out = await self.tries(*words)
        assert status == 0, out
        return out


ADDS = ("Ajouter", "Add", "Agregar")  # begin the label of the button that adds to an answer


class Participant:
    """Someone with Telegram, who answers whatever is asked."""

    def __init__(self, phone: Phone, handle: str) -> None:
        self.phone, self.handle = phone, handle
        self.heard: list[Heard] = []

    async def joins(self, network: str = "") -> Heard:
        """Press Start on a network's link."""
        mine: dict[str, Any] = {"from": self.phone.user | {"username": self.handle}}
        self.phone.says(f"/start {network}".strip(), **mine)
        return await self.hears()

    async def hears(self) -> Heard:
        """Wait for the next message of words, past files."""
        while True:
            heard = await self.phone.hears(PATIENCE)
            self.heard.append(heard)
            if not heard.kind:
                return heard

    async def says(self, text: str) -> Heard:
        """Write."""
        self.phone.says(text)
        return await self.hears()

    async def speaks(self, note: bytes) -> Heard:
        """Send a voice note."""
        self.phone.sends_voice(note, 2)
        return await self.hears()

    def press(self, number: int) -> str:
        """Press a button of the newest message that has some; return its label."""
        label = next(one.labels for one in reversed(self.phone.messages) if one.rows)[number]
        self.phone.presses(label)
        return label

    async def presses(self, number: int) -> Heard:
        """Press a button, and wait for what comes."""
        self.press(number)
        return await self.hears()

    async def picks(self, *numbers: int) -> Heard:
        """Tick several, then press the button that ends the list."""
        message = next(one for one in reversed(self.phone.messages) if one.rows)
        for number in numbers:
            self.press(number)
            async with asyncio.timeout(PATIENCE):
                while not TICK.match(message.labels[number]):
                    await asyncio.sleep(0.02)
        last = message.labels[-1]
        return await self.presses(-2 if last.startswith(ADDS) else -1)


async def has_a_webhook(palabre: Palabre) -> None:
    """Let updates be brought to the process itself, as its public address would."""
    server = palabre.server
    async with asyncio.timeout(PATIENCE):
        while not server.webhook:
            await asyncio.sleep(0.05)
    assert server.webhook["url"] == "https://palabre.example/hooks/telegram"
    local = f"http://127.0.0.1:{palabre.port}/hooks/telegram"
    server.set_webhook(server.webhook | {"url": local})


def found_in(files: Sequence[Path], secrets: Sequence[str]) -> list[tuple[str, str]]:
    """Return (file, secret) wherever a secret stands in a file's bytes."""
    return [
        (file.name, secret)
        for file in files
        for secret in secrets
        if secret.encode() in file.read_bytes()
    ]
