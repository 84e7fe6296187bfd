from __future__ import annotations

import errno
import os
import signal
import sys

import pytest

from harness.soak import child
from harness.soak.child import KEPT_LINES, Ended, run_child
from tests.gone import assert_gone

LIMIT_S = 30.0
FOLLOWS = """
import signal, sys, time
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("reported", flush=True)
    sys.exit(2)
"""
IGNORES = """
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, lambda *_: print("no", flush=True))
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(worker.pid, flush=True)
for _ in range(60):
    time.sleep(1)
"""


def run(program: str, *, limit_s: float = LIMIT_S, lines: list[str] | None = None) -> Ended:
    told = [] if lines is None else lines
    return run_child([sys.executable, "-c", program], limit_s=limit_s, on_line=told.append)


def test_what_it_says_is_told_and_the_end_of_it_kept() -> None:
    lines: list[str] = []
    ended = run("for n in range(100): print(f'line {n}\\n')\nraise SystemExit(11)", lines=lines)

    assert ended == Ended(code=11, last_lines=tuple(f"line {n}" for n in range(60, 100)))
    assert len(ended.last_lines) == KEPT_LINES
    assert lines == [f"line {n}" for n in range(100)]


def test_one_that_takes_too_long_is_interrupted_and_may_report() -> None:
    ended = run(FOLLOWS, limit_s=1.0)

    assert ended.too_long
    assert (ended.code, ended.last_lines) == (2, ("ready", "reported"))


def test_one_that_does_not_end_is_killed_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child, "GRACE_S", 0.2)
    ended = run(IGNORES, limit_s=1.0)

    assert ended.code == -signal.SIGKILL
    worker, no = ended.last_lines
    assert no == "no"
    assert_gone([int(worker)])


def test_our_interruption_is_passed_on() -> None:
    def on_line(text: str) -> None:
        if text == "ready":
            os.kill(os.getpid(), signal.SIGINT)

    ended = run_child([sys.executable, "-c", FOLLOWS], limit_s=LIMIT_S, on_line=on_line)

    assert ended.interrupted
    assert not ended.too_long
    assert (ended.code, ended.last_lines) == (2, ("ready", "reported"))


def test_it_goes_on_where_nobody_can_be_told_what_it_says() -> None:
    def on_line(_: str) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    told = "for n in range(100): print('x' * 10_000)\nraise SystemExit(11)"
    ended = run_child([sys.executable, "-c", told], limit_s=LIMIT_S, on_line=on_line)

    assert ended.code == 11
    assert len(ended.last_lines) == KEPT_LINES


def test_a_second_interruption_kills() -> None:
    def on_line(text: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    ended = run_child([sys.executable, "-c", IGNORES], limit_s=LIMIT_S, on_line=on_line)

    assert ended.interrupted
    assert ended.code == -signal.SIGKILL
