"""Waiting for a machine that others keep busy, or whose host takes its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from harness.judging.disturbance import disturbance
from harness.stage.load import MACHINE, MachineTimes, machine_figures

WINDOW_S = 2.0
MOST_WINDOWS = 30
MOST_WINDOWS_OF_A_RUN = 150
"""Five minutes, in each of its processes: one that is never quiet is not waited for in each of
hundreds of cells."""


class UntilQuiet:
    """Waits until for two seconds nothing was too busy for times and rates, not for ever."""

    def __init__(
        self,
        *,
        read: Callable[[], MachineTimes] = MachineTimes.now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._read = read
        self._sleep = sleep
        self._windows_left = MOST_WINDOWS_OF_A_RUN

    async def __call__(self) -> bool:
        """Wait for a minute at most, and for five in all, in this process of a run.

        Returns:
            Whether it became quiet.
        """
        for _ in range(min(MOST_WINDOWS, self._windows_left)):
            self._windows_left -= 1
            before = self._read()
            await self._sleep(WINDOW_S)
            if disturbance({MACHINE: machine_figures(before, self._read())}) is None:
                return True
        return False
