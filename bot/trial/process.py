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
KEPT = 1_000_000  # bytes of what it printed last
MB = 1024  # kB


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
    log: bytes = b""  # what all its runs printed
    process: asyncio.subprocess.Process | None = None
    _reading: "asyncio.Task[None] | None" = None
    _said_ready: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """Return what its runs know: nothing of this machine's but what a process needs."""
        plain = {"PATH": os.environ["PATH"], "LANG": "en_GB.UTF-8", "PORT": str(self.port)}
        return plain | dict(self.settings)

    async def start(self, *words: str, tries: bool = True) -> None:
        """Start it; with `tries` again where it ends, as what looks after it would.

        `words` stand behind its command. Raises NeverReady.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while not await self._once(words):
                    if not tries:
                        break
                    await asyncio.sleep(AGAIN)
                else:
                    return
        raise NeverReady(f"{NeverReady.__doc__} {self.log[-2000:].decode(errors='replace')}")

    async def _once(self, words: tuple[str, ...]) -> bool:
        """Start it once; say whether it became ready before it ended."""
        self._said_ready = False
        self.process = await self._begin(self.role, *words)
        self._reading = asyncio.create_task(self._read(self.process))
        while self.process.returncode is None:
            if await self._is_ready():
                return True
            await asyncio.sleep(0.1)
        return False

    async def _begin(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", self.module, *words, cwd=ROOT, env=self.environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip

    async def tries(self, *words: str) -> tuple[int, str]:
        """Run another command beside it; return its exit status and all that it printed."""
        process = await self._begin(*words)
        told, _ = await process.communicate()
        return process.returncode or 0, told.decode(errors="replace")

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        while process.stdout is not None and (part := await process.stdout.read(65536)):
            self._said_ready = self._said_ready or READY in self.log[-len(READY) :] + part
            self.log = (self.log + part)[-KEPT:]

    async def _is_ready(self) -> bool:
        if self.role == "worker":
            return self._said_ready
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://{HOST}:{self.port}/ready") as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    @property
    def runs(self) -> bool:
        """Say whether it runs."""
        return self.process is not None and self.process.returncode is None

    def cpu_seconds(self) -> float:
        """Return how much work this run has done so far."""
        fields = self._told("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0.0

    def most_memory_mb(self) -> float:
        """Return how much memory this run held at most; 0 where nobody tells."""
        lines = self._told("status").splitlines()
        return next((int(one.split()[1]) / MB for one in lines if one.startswith("VmHWM")), 0.0)

    def _told(self, about: str) -> str:
        with contextlib.suppress(OSError):
            if self.process is not None:
                return Path(f"/proc/{self.process.pid}/{about}").read_text()
        return ""

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
