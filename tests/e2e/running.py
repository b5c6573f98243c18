"""A real `palabre serve` in a process of its own, and someone who takes part in it."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
from fakes.telegram_phone import TICK, Heard, Phone
from fakes.telegram_server import TelegramServer

ROOT = Path(__file__).parents[2]
PATIENCE = 40  # seconds for one answer on a busy machine


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Palabre:
    """One installation: its data, its settings, and the process that serves it."""

    folder: Path
    server: TelegramServer
    more: dict[str, str] = field(default_factory=dict)
    role: str = "serve"
    port: int = field(default_factory=free_port)
    log: bytes = b""
    process: asyncio.subprocess.Process | None = None
    reading: "asyncio.Task[None] | None" = None

    @property
    def settings(self) -> dict[str, str]:
        """The environment: nothing of this machine's but what a process needs."""
        return {
            "PATH": os.environ["PATH"],
            "PALABRE_DATA": str(self.folder / "data"),
            "PORT": str(self.port),
            "PALABRE_BURST_SECONDS": "0",
            "TELEGRAM_BOT_TOKEN": self.server.token,
            "TELEGRAM_API_URL": self.server.url,
            "TELEGRAM_PACE": "1000",
            "PALABRE_TTS": "off",  # what is read aloud is a test of its own
            "LANG": "en_GB.UTF-8",
        } | self.more

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, failed: object, *_: object) -> None:
        if self.process is not None and self.process.returncode is None:
            await self.kill()
        if failed:  # pytest shows it
            print(self.log.decode())
            print([(phone.name, phone.texts[-2:]) for phone in self.server.phones.values()])

    async def start(self, *words: str) -> None:
        """Start it, and return when it is ready."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", self.role, *words, cwd=ROOT, env=self.settings,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self.reading = asyncio.create_task(self._read(self.process))
        async with asyncio.timeout(PATIENCE):
            while not await self._is_ready():
                assert self.process.returncode is None, self.log.decode()
                await asyncio.sleep(0.1)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while part := await process.stdout.read(65536):
            self.log += part

    async def _is_ready(self) -> bool:
        if self.role == "worker":
            return b"The worker is ready." in self.log
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self.port}/ready") as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> float:
        """Ask it to end; return how many seconds it took."""
        begun = asyncio.get_running_loop().time()
        await self._end(signal.SIGTERM)
        return asyncio.get_running_loop().time() - begun

    async def _end(self, sign: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(sign)
        await self.process.wait()
        if self.reading is not None:
            await self.reading

    async def command(self, *words: str) -> str:
        """Run another command beside it; return what it printed."""
        status, out = await self.tries(*words)
        assert status == 0, out
        return out

    async def tries(self, *words: str) -> tuple[int, str]:
        """Run another command beside it; return its exit status and all that it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, cwd=ROOT, env=self.settings,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode()

    def cpu_seconds(self) -> float:
        """How much work the process has done so far."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
        """Tick several, then press the last button."""
        message = next(one for one in reversed(self.phone.messages) if one.rows)
        for number in numbers:
            self.press(number)
            async with asyncio.timeout(PATIENCE):
                while not TICK.match(message.labels[number]):
                    await asyncio.sleep(0.02)
        return await self.presses(-1)


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
