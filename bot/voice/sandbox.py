"""Runs a program that reads untrusted bytes: no files, no network names, little of everything.

The bytes are given as standard input, a nameless temporary file: the program can seek in it, no
other program can find it, and it is gone even when we are killed. What it prints is counted.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Literal

from bot.voice.limits import Limits
from bot.voice.verdict import UnheardError, Verdict

if sys.platform == "linux":
    import resource

_ENVIRONMENT = {
    "PATH": "/nonexistent",
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "MALLOC_ARENA_MAX": "1",  # else each thread's arena counts against the memory limit
}
_MOST_COMPLAINTS = 8192
_DAMAGE = b"Error submitting packet"

_KILLED = -9

Stop = Literal["wall", "cpu", "output"]


@dataclass(frozen=True, slots=True)
class Finished:
    """How a run ended: what it printed, its exit code, which limit stopped it (if one did).

    `complaints` holds the first 8 KiB of its error output, `damaged` counts the packets that it
    said it could not decode, in all of it.
    """

    output: bytes
    code: int
    stopped: Stop | None
    complaints: bytes
    damaged: int


def run(
    command: Sequence[str], fed: bytes | memoryview, limits: Limits, most_output: int
) -> Finished:
    """Run the command on the bytes `fed`; it is stopped at any limit or after `most_output` bytes.

    Raises `UnheardError` (cannot_run) when the program does not start.
    """
    with tempfile.TemporaryFile() as source:
        source.write(fed)
        source.seek(0)
        with _started(command, source) as process:
            _hold(process.pid, limits)
            return _watch(process, limits.wall_seconds, most_output)


@contextmanager
def _started(command: Sequence[str], source: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        process = subprocess.Popen(  # noqa: S603 - the command is ours, the bytes are not in it
            command,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            cwd=os.sep,
            start_new_session=True,
        )
    except OSError as fault:
        raise UnheardError(Verdict.CANNOT_RUN, str(fault)) from fault
    with process:
        try:
            yield process
        finally:
            _kill(process)


def _hold(pid: int, limits: Limits) -> None:
    """Set the kernel's limits from outside, since code between fork and exec is unsafe in threads.

    The child may run unlimited for the moment in between; the watch below already covers it.
    """
    if sys.platform != "linux":
        return
    wanted = (
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    )
    with suppress(ProcessLookupError):  # it has ended already
        for kind, most in wanted:
            _, ceiling = resource.prlimit(pid, kind)
            bound = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
            resource.prlimit(pid, kind, (bound, bound))


def _watch(process: subprocess.Popen[bytes], wall_seconds: float, most_output: int) -> Finished:
    late = threading.Event()
    timer = threading.Timer(wall_seconds, _kill_late, (process, late))
    complaints = _Complaints(process.stderr)
    timer.start()
    complaints.start()
    try:
        output, over = _read(process.stdout, most_output)
        if over:
            _kill(process)
        code = process.wait()
    finally:
        timer.cancel()
        timer.join()
    complaints.join()
    stopped = _stopped(code, over=over, late=late.is_set())
    return Finished(output, code, stopped, bytes(complaints.first), complaints.damaged)


def _stopped(code: int, *, over: bool, late: bool) -> Stop | None:
    if over:
        return "output"
    if late:
        return "wall"
    # A killing that was not ours is the kernel's, at the end of the processor time allowed.
    return "cpu" if code == _KILLED else None


def _read(stream: IO[bytes] | None, most: int) -> tuple[bytes, bool]:
    """Read to the end or one byte beyond `most`, and say whether it was beyond."""
    output = bytearray()
    while stream and len(output) <= most:
        chunk = stream.read(min(1 << 16, most + 1 - len(output)))
        if not chunk:
            break
        output += chunk
    return bytes(output), len(output) > most


def _kill_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the program with all that it may have started; it leads its own session."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class _Complaints(threading.Thread):
    """Drains the error output, so that the program never waits for us; keeps only its beginning."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        super().__init__(daemon=True)
        self.stream = stream
        self.first = bytearray()
        self.damaged = 0

    def run(self) -> None:
        while self.stream and (line := self.stream.readline(4096)):
            self.damaged += _DAMAGE in line
            self.first += line[: _MOST_COMPLAINTS - len(self.first)]
