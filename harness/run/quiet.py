"""Waiting for a machine that others keep busy, or whose host takes its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from harness.judging.disturbance import disturbance
from harness.stage.load import MACHINE, MachineTimes, machine_figures

WINDOW_S = 2.0
MOST_WINDOWS = 30


async def until_quiet(
    *,
    read: Callable[[], MachineTimes] = MachineTimes.now,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> bool:
    """Wait until for two seconds nothing was too busy for times and rates, for a minute at most.

    Returns:
        Whether it became quiet.
    """
    for _ in range(MOST_WINDOWS):
        before = read()
        await sleep(WINDOW_S)
        if disturbance({MACHINE: machine_figures(before, read())}) is None:
            return True
    return False
