"""The program with a clock that can be put forward and back: `python -m bot.trial.skewed serve`.

The file that PALABRE_TRIAL_CLOCK names holds by how many seconds it is wrong, at any moment.
"""

import contextlib
import os
import runpy
import threading
import time
from pathlib import Path

LOOK = 0.2  # seconds


def skew(file: Path) -> None:
    """Let this process's clock be wrong by what a file says."""
    seconds, nanoseconds = time.time, time.time_ns
    wrong_by = [0.0]

    def look() -> None:
        while True:
            with contextlib.suppress(OSError, ValueError):
                wrong_by[0] = float(file.read_text())
            time.sleep(LOOK)

    threading.Thread(target=look, daemon=True).start()
    time.time = lambda: seconds() + wrong_by[0]
    time.time_ns = lambda: nanoseconds() + int(wrong_by[0] * 1e9)


if __name__ == "__main__":
    skew(Path(os.environ["PALABRE_TRIAL_CLOCK"]))
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
