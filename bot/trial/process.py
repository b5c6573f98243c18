"""A real `palabre serve`, `web` or `worker` in a process of its own, that can be killed."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

HOST = "127.0.0.1"
PATIENCE = 120  # seconds until a process must be ready, on a busy machine
READY = b"The worker is ready."
ROOT = Path(__file__).parents[2]
AGAIN = 1  # seconds until what ended is started again
KEPT = 20_000  # bytes of what it printed last


class NeverReady(Exception):
    """A process did not become ready. What it printed last:"""


def free_port() -> int:
    """Return a port that nobody listens on, and that no outgoing call is ever given.

    Who calls a port of that other kind while nobody listens there may be connected to themselves.
    """
    while True:
        port = random.randrange(10_000, 30_000)
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind((HOST, port))
            return port


@dataclass
class Served:
    """One process. `module`: what is run, with `role` as its command."""

    role: str
    settings: Mapping[str, str]
    module: str = "bot"
    port: int = field(default_factory=free_port)
    printed: bytes = b""
    before: bytes = b""  # what it printed before it ended
    process: asyncio.subprocess.Process | None = None
    _reading: "asyncio.Task[None] | None" = None

    async def start(self) -> None:
        """Start it, again where it ends, as what looks after it would. Raises NeverReady."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while not await self._once():
                    await asyncio.sleep(AGAIN)
                return
        told = (self.before + self.printed)[-2000:].decode(errors="replace")
        raise NeverReady(f"{NeverReady.__doc__} {told}")

    async def _once(self) -> bool:
        """Start it once; say whether it became ready before it ended."""
        self.before, self.printed = self.printed, b""
        self.process = await asyncio.create_subprocess_exec(
            *self.command(), cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LANG": "en_GB.UTF-8", "PORT": str(self.port),
                 **self.settings},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read(self.process))
        while self.process.returncode is None:
            if await self._is_ready():
                return True
            await asyncio.sleep(0.1)
        return False

    def command(self, *words: str) -> list[str]:
        """Return what is run."""
        return [sys.executable, "-m", self.module, self.role, *words]

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        while process.stdout is not None and (part := await process.stdout.read(65536)):
            self.printed = (self.printed + part)[-KEPT:]

    async def _is_ready(self) -> bool:
        if self.role == "worker":
            return READY in self.printed
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://{HOST}:{self.port}/ready") as answer,
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
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(sign)
        await self.process.wait()
        if self._reading is not None:
            await self._reading
