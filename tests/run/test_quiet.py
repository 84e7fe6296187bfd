from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.run.quiet import MOST_WINDOWS, MOST_WINDOWS_OF_A_RUN, WINDOW_S, UntilQuiet
from harness.stage.load import MachineTimes

CORES = 2


class Machine:
    """Processor times of a machine, by the share that is stolen in each window."""

    def __init__(self, *stolen: float) -> None:
        self._stolen: Iterator[float] = iter(stolen)
        self._total_s = self._steal_s = 0.0
        self.waited_s = 0.0

    def now(self) -> MachineTimes:
        idle_s = self._total_s - self._steal_s
        return MachineTimes(total_s=self._total_s, idle_s=idle_s, steal_s=self._steal_s)

    async def sleep(self, seconds: float) -> None:
        self.waited_s += seconds
        self._total_s += CORES * seconds
        self._steal_s += CORES * seconds * next(self._stolen)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("stolen", "quiet", "windows"),
    [((0.0,), True, 1), ((0.1, 0.02, 0.001), True, 3), ((0.1,) * 99, False, MOST_WINDOWS)],
)
async def test_it_waits_while_the_host_takes_its_time_and_not_for_ever(
    stolen: tuple[float, ...], *, quiet: bool, windows: int
) -> None:
    machine = Machine(*stolen)

    assert await UntilQuiet(read=machine.now, sleep=machine.sleep)() is quiet
    assert machine.waited_s == windows * WINDOW_S


@pytest.mark.asyncio
async def test_a_machine_that_is_never_quiet_is_not_waited_for_in_each_cell() -> None:
    machine = Machine(*[0.1] * MOST_WINDOWS_OF_A_RUN)
    until_quiet = UntilQuiet(read=machine.now, sleep=machine.sleep)

    assert not any([await until_quiet() for _ in range(100)])
    assert machine.waited_s == MOST_WINDOWS_OF_A_RUN * WINDOW_S
