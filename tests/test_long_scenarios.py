from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONG = "scenarios/network/test_tcp.py::test_media_falls_back_to_tcp_when_udp_is_blocked"
SHORT = "scenarios/network/test_tcp.py::test_slow_signalling_loses_nothing"


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        (["scenarios/network"], [SHORT]),
        (["scenarios/network", "-m", "long"], [LONG]),
        (["scenarios/network", "-k", "tcp"], [SHORT, LONG]),
        ([LONG], [LONG]),
    ],
    ids=["everything", "mark", "keyword", "name"],
)
def test_what_takes_minutes_runs_when_it_is_asked_for(
    arguments: list[str], runs: list[str]
) -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    collected = [line for line in done.stdout.splitlines() if line in (LONG, SHORT)]

    assert collected == runs
