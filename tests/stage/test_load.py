from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.processes.watcher import Watch
from harness.stage.load import MachineTimes, machine_figures, watch_figures

SECONDS = st.floats(0, 1e5)


def times(total: float, idle: float, steal: float = 0.0) -> MachineTimes:
    return MachineTimes(total_s=total, idle_s=idle, steal_s=steal)


def test_what_was_used_and_what_was_stolen_between_two_readings() -> None:
    figures = machine_figures(times(100, 60, 1), times(120, 75, 2))

    assert figures == {
        "machine_busy_ratio": pytest.approx(0.25),
        "steal_ratio": pytest.approx(0.05),
    }


@pytest.mark.parametrize("after", [times(100, 60), times(99, 60)])
def test_without_time_between_them_there_is_no_figure(after: MachineTimes) -> None:
    assert machine_figures(times(100, 60), after) == {
        "machine_busy_ratio": None,
        "steal_ratio": None,
    }


@given(idle=SECONDS, busy=SECONDS, steal=SECONDS)
def test_figures_are_shares(idle: float, busy: float, steal: float) -> None:
    after = times(idle + busy + steal, idle, steal)
    figures = machine_figures(times(0, 0), after)

    assert all(share is None or -1e-9 <= share <= 1 + 1e-9 for share in figures.values())


def test_readings_of_this_machine_only_grow() -> None:
    before, after = MachineTimes.now(), MachineTimes.now()

    assert before.total_s > 0
    assert after.total_s >= before.total_s
    assert 0 <= before.idle_s <= before.total_s
    assert 0 <= before.steal_s <= before.total_s


def test_what_the_watcher_saw_is_told_as_figures() -> None:
    watch = Watch(
        since_ns=0, at_ns=1, wakes=9, stall_p50_ms=0.1, stall_p99_ms=0.5, stall_max_ms=2.0,
        clock_step_ms=0.25, clock_rate_ppm=-3.0, suspended_ms=7.0,
    )  # fmt: skip
    assert watch_figures(watch) == {
        "stall_p99_ms": 0.5, "stall_max_ms": 2.0,
        "clock_step_ms": 0.25, "clock_rate_ppm": 3.0, "suspended_ms": 7.0,
    }  # fmt: skip
