"""A program in the sandbox has no files, no time, no memory and no voice beyond its share."""

import json
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from bot.voice.limits import MIB, Limits
from bot.voice.sandbox import Finished, run
from bot.voice.verdict import UnheardError, Verdict

LIMITS = Limits(cpu_seconds=2, wall_seconds=5, memory=400 * MIB)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's limits are Linux's")


def python(script: str, limits: Limits = LIMITS, *, fed: bytes = b"", most: int = MIB) -> Finished:
    """Run a little program that first lets the limits be set."""
    lines = "import time; time.sleep(0.05)\n" + textwrap.dedent(script)
    return run((sys.executable, "-I", "-S", "-c", lines), fed, limits, most)


def test_what_is_fed_comes_in_and_what_is_printed_comes_out() -> None:
    finished = python("import sys; print(sys.stdin.read()[::-1], end='')", fed=b"voix")
    assert finished == Finished(b"xiov", 0, None, b"", 0)


def test_it_can_seek_in_what_it_is_fed() -> None:
    """Telephones write the table of contents at the end of an MP4."""
    assert python("import os; os.lseek(0, 2, 0); print(os.read(0, 2))", fed=b"voix").output == (
        b"b'ix'\n"
    )


def test_it_inherits_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:secret")
    printed = python("import os, json; print(json.dumps([dict(os.environ), os.getcwd()]))").output
    environment, folder = json.loads(printed)
    assert environment.keys() <= {"PATH", "HOME", "LC_ALL", "MALLOC_ARENA_MAX", "LC_CTYPE"}
    assert folder == "/"


def test_it_leads_a_session_of_its_own() -> None:
    assert python("import os; print(os.getsid(0) == os.getpid())").output == b"True\n"


@on_linux
def test_it_gets_no_more_memory_than_its_share() -> None:
    assert b"MemoryError" in python(f"bytearray({500 * MIB})").complaints
    assert python(f"bytearray({100 * MIB})").code == 0


@on_linux
def test_it_can_write_no_file(tmp_path: Path) -> None:
    target = tmp_path / "left-behind"
    python(f"open({str(target)!r}, 'w').write('x')")
    assert not target.exists() or target.stat().st_size == 0


@on_linux
def test_it_ends_with_its_processor_time() -> None:
    finished = python("while True: pass", Limits(cpu_seconds=1, wall_seconds=20))
    assert finished.stopped == "cpu"


def test_it_ends_with_its_time_by_the_clock() -> None:
    began = time.monotonic()
    finished = python("import time; time.sleep(60)", Limits(wall_seconds=0.3))
    assert finished.stopped == "wall"
    assert time.monotonic() - began < 3


def test_it_is_stopped_when_it_prints_too_much_and_what_it_printed_is_bounded() -> None:
    finished = python("while True: print('x' * 9999)", most=100_000)
    assert finished.stopped == "output"
    assert len(finished.output) == 100_001


def test_what_it_started_ends_with_it() -> None:
    """A child of the program that holds its output open does not hold us."""
    script = """
        import os, time
        os.fork()
        time.sleep(60)
    """
    began = time.monotonic()
    assert python(script, Limits(wall_seconds=0.3)).stopped == "wall"
    assert time.monotonic() - began < 3


def test_a_flood_of_complaints_neither_blocks_nor_fills_our_memory() -> None:
    script = """
        import sys
        for _ in range(30_000):
            sys.stderr.write("Error submitting packet to decoder: " + "x" * 60 + "\\n")
        print("done")
    """
    finished = python(script)
    assert finished.output == b"done\n"
    assert len(finished.complaints) == 8192
    assert finished.damaged == 30_000


def test_a_program_that_is_not_there_is_said() -> None:
    with pytest.raises(UnheardError) as fault:
        run(("/nowhere/ffmpeg",), b"", LIMITS, 1)
    assert fault.value.verdict is Verdict.CANNOT_RUN
    assert "imageio-ffmpeg" in str(fault.value)


def test_nothing_of_a_run_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No temporary file with a name, no thread."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    threads = threading.active_count()
    seen = python("import os; print(os.listdir(%r))" % str(tmp_path), fed=b"voix")  # noqa: UP031
    assert seen.output == b"[]\n"
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == threads
