from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.processes.child import Child
from harness.processes.keeper_client import Keeper
from harness.processes.watcher_client import WatcherError, WatcherProcess

TAKE = """
import os, sys, time
os.sched_setaffinity(0, {int(sys.argv[1])})
os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
print("ready", flush=True)
since = float(input())
time.sleep(since - time.monotonic())
while time.monotonic() < since + 0.3: pass
"""
pytestmark = pytest.mark.asyncio


async def test_its_clock_is_that_of_the_run(keeper: Keeper, tmp_path: Path) -> None:
    watcher = WatcherProcess.start(keeper, log=tmp_path / "watcher.log")
    low, high = await watcher.clock_offset()
    watcher.close()
    assert low <= 0 <= high


async def test_it_reports_how_late_it_woke(keeper: Keeper, tmp_path: Path) -> None:
    watcher = WatcherProcess.start(keeper, log=tmp_path / "watcher.log")
    watch = await watcher.report()
    watcher.close()
    assert watch.since_ns < watch.at_ns
    assert watch.suspended_ms < 1


async def test_one_that_ended_is_an_error(fork: Callable[[str], Child]) -> None:
    watcher = WatcherProcess(fork("exiting"))
    with pytest.raises(WatcherError, match="the watcher"):
        await watcher.report()


async def test_one_that_says_nonsense_is_an_error(fork: Callable[[str], Child]) -> None:
    with pytest.raises(WatcherError, match="the watcher says what is no answer: "):
        await WatcherProcess(fork("babbling")).report()


async def test_a_clock_that_is_set_otherwise_is_seen(fork: Callable[[str], Child]) -> None:
    low, _ = await WatcherProcess(fork("ahead")).clock_offset()
    assert low > 0


@pytest.mark.real
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may take processors from others")
async def test_processors_that_others_take_are_stalls(keeper: Keeper, tmp_path: Path) -> None:
    watcher = WatcherProcess.start(keeper, log=tmp_path / "watcher.log")
    await watcher.report()
    hogs = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            TAKE,
            str(processor),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for processor in os.sched_getaffinity(0)
    ]
    for hog in hogs:
        assert hog.stdout is not None
        assert await hog.stdout.readline() == b"ready\n"
    since = f"{time.monotonic() + 0.5}\n".encode()
    for hog in hogs:
        assert hog.stdin is not None
        hog.stdin.write(since)
    for hog in hogs:
        await hog.wait()
    watch = await watcher.report()
    watcher.close()
    assert watch.stall_max_ms > 50
