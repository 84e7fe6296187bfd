"""The keeper's promises, kept with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from harness.processes.child import Child
from harness.processes.keeper_client import Keeper
from tests.gone import assert_gone

LIMIT_S = 10.0
Fork = Callable[[str], Child]

OWNER = """
import os, signal, sys
from pathlib import Path
from harness.processes.keeper_client import Keeper

folder, programs, last_words = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
sys.path.insert(0, programs)
keeper = Keeper.start(preload=[], log=folder / "keeper.log")
stubborn = keeper.fork("keeper_programs:stubborn", name="stubborn", log=folder / "stubborn.log")
grandchild = int(stubborn.socket.makefile().readline())
sleeper = keeper.spawn(["sleep", "300"], name="sleeper", log=folder / "sleeper.log")
print(keeper.pid, stubborn.pid, grandchild, sleeper.pid, flush=True)
if last_words == "fork":
    if os.fork() == 0:
        signal.pause()
    print("forked", flush=True)
signal.pause()
"""
Owner = tuple[subprocess.Popen[str], list[int]]


@pytest.fixture
def owner(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Owner]:
    """A run in a process of its own, with the process ids of all that it started."""
    last_words = getattr(request, "param", "")
    arguments = [str(tmp_path), str(Path(__file__).parent), last_words]
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert len(pids) == 4
        if last_words:
            process.stdout.readline()
        yield process, pids
        process.kill()


def test_kill_of_the_owner_ends_everything(owner: Owner) -> None:
    process, pids = owner
    process.kill()
    assert_gone(pids)


@pytest.mark.parametrize("owner", ["fork"], indirect=True)
def test_a_fork_of_the_owner_keeps_nothing_alive(
    owner: Owner,
) -> None:
    process, pids = owner
    fork_of_owner = psutil.Process(process.pid).children()
    try:
        process.kill()
        process.wait(LIMIT_S)
        assert_gone(pids)
    finally:
        for left in fork_of_owner:
            if left.is_running() and left.pid not in pids:
                left.kill()


def test_kill_of_the_keeper_ends_its_children(
    owner: Owner,
) -> None:
    _, pids = owner
    os.kill(pids[0], signal.SIGKILL)
    assert_gone(pids[1:])


def test_terminal_interrupt_does_not_reach_children(
    owner: Owner,
) -> None:
    process, pids = owner
    assert os.getpgid(process.pid) not in {os.getpgid(pid) for pid in pids}
    assert os.getsid(process.pid) not in {os.getsid(pid) for pid in pids}


def test_close_ends_children_in_sessions_of_their_own(
    fork: Fork, line_of: Callable[[Child], str], keeper: Keeper
) -> None:
    child = fork("escaped")
    grandchild = int(line_of(child))
    keeper.close()
    assert_gone([child.pid, grandchild, keeper.pid])
    assert child.exited is not None
    assert child.exited.signal == signal.SIGKILL


def test_death_of_a_child_ends_what_it_started(fork: Fork, line_of: Callable[[Child], str]) -> None:
    child = fork("stubborn")
    grandchild = int(line_of(child))
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait(LIMIT_S) is not None
    assert_gone([grandchild])
