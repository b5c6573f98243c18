"""The page about recordings says what the code does."""

import re
from pathlib import Path

from bot.voice.limits import MIB, Limits
from bot.voice.verdict import MEANINGS

PAGE = (Path(__file__).parents[2] / "docs" / "voice.md").read_text("utf-8")


def test_the_table_of_verdicts_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (yes|no) \| (yes|no|–) \|", PAGE, re.MULTILINE)
    assert {name: (usable == "yes", retry == "yes") for name, usable, retry in rows} == {
        str(verdict): (meaning.usable, meaning.retry) for verdict, meaning in MEANINGS.items()
    }


def test_the_table_of_limits_is_that_of_the_code() -> None:
    limits = Limits()
    stated = (
        f"| {limits.max_bytes // MIB} MiB | `too_big`",
        f"| {limits.max_seconds} s | `too_long`",
        f"| {limits.cpu_seconds} s / {limits.copy_cpu_seconds} s | `timeout`",
        f"| {limits.wall_seconds:.0f} s / {limits.copy_wall_seconds:.0f} s | `timeout`",
        f"| {limits.memory >> 30} GiB ",
        f"| {limits.out_bytes // MIB} MiB | `encode_failed`",
    )
    assert [line for line in stated if line not in PAGE] == []


def test_every_file_named_on_the_page_exists() -> None:
    room = Path(__file__).parents[2] / "bot" / "voice"
    named = set(re.findall(r"`(\w+\.py)`", PAGE))
    assert named
    assert [name for name in named if not (room / name).exists()] == []
