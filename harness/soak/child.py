"""One run of pytest as a process: followed line by line, and ended in bounded time."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

KEPT_LINES = 40
GRACE_S = 120.0
"""For a run that was interrupted: it calibrates no more, but ends its processes and reports."""
END_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A process that is over."""

    code: int
    """Its exit code; negative for the signal that ended it."""
    last_lines: tuple[str, ...]
    interrupted: bool = False
    """Ctrl-C, or a termination, ended it."""
    too_long: bool = False


def run_child(
    command: Sequence[str],
    *,
    limit_s: float,
    on_line: Callable[[str], None],
) -> Ended:
    """Run a program to its end, or for `limit_s`, or until this process is interrupted.

    Then it is interrupted itself, has `GRACE_S` to end, and is killed with all of its group. It has
    a group of its own, so that Ctrl-C reaches it once and by us.

    Args:
        command: Program and arguments.
        limit_s: Longest time that it may take.
        on_line: Told each line of its output, from a thread.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    kept: deque[str] = deque(maxlen=KEPT_LINES)
    reader = threading.Thread(target=_follow, args=(process, kept, on_line), daemon=True)
    reader.start()
    interrupted = too_long = False
    try:
        process.wait(limit_s)
    except subprocess.TimeoutExpired:
        too_long = True
    except KeyboardInterrupt:
        interrupted = True
    finally:
        interrupted |= _end(process)
        reader.join(END_S)
    return Ended(
        code=process.returncode,
        last_lines=tuple(kept),
        interrupted=interrupted,
        too_long=too_long,
    )


def _end(process: subprocess.Popen[str]) -> bool:
    """Interrupt what still runs, then kill it; returns whether we were interrupted meanwhile."""
    interrupted = False
    try:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        pass
    except KeyboardInterrupt:  # a second one: no patience is left
        interrupted = True
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(END_S)
    return interrupted


def _follow(
    process: subprocess.Popen[str], kept: deque[str], on_line: Callable[[str], None]
) -> None:
    assert process.stdout is not None, "it is a pipe"
    with process.stdout as lines:
        for line in lines:
            if text := line.rstrip():
                kept.append(text)
                with suppress(OSError):  # whoever reads us has left: the run goes on, unseen
                    on_line(text)
