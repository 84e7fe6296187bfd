from __future__ import annotations

import time
from collections import deque

import pytest

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.processes.clocks import ClockWatch, Reading, offset_interval, read_clocks


def reading(at_s: float, *, step_ns: int = 0, slept_ns: int = 0, within: int = 400) -> Reading:
    """The clocks after that time of the raw one."""
    raw = int(at_s * NS_PER_S)
    monotonic = raw + step_ns
    return Reading(monotonic=monotonic, raw=raw, boot=monotonic + slept_ns, within=within)


def test_clocks_that_go_on_evenly_are_even() -> None:
    watch = ClockWatch(reading(0))
    for at_s in range(1, 60):
        watch.look(reading(at_s))

    assert (watch.step_ns, watch.rate_ppm, watch.suspended_ms) == (0, 0, 0)


@pytest.mark.parametrize("step_ns", [5 * NS_PER_MS, -5 * NS_PER_MS])
def test_a_step_is_seen_either_way_and_once(step_ns: int) -> None:
    watch = ClockWatch(reading(0))
    for at_s in (0.005, 0.010, 0.015):
        watch.look(reading(at_s, step_ns=step_ns if at_s > 0.007 else 0))

    assert watch.step_ns == pytest.approx(5 * NS_PER_MS, rel=0.01)


def test_slewing_and_an_interrupted_reading_are_no_step() -> None:
    watch = ClockWatch(reading(0))
    watch.look(reading(10, step_ns=4 * NS_PER_MS))  # 400 ppm
    assert (watch.step_ns, round(watch.rate_ppm)) == (0, 400)
    watch.look(reading(10.005, step_ns=5 * NS_PER_MS, within=3 * NS_PER_MS))
    assert watch.step_ns == 0


def test_the_time_that_the_machine_slept_is_told() -> None:
    watch = ClockWatch(reading(0, slept_ns=7))
    watch.look(reading(1, slept_ns=7 + 250 * NS_PER_MS))

    assert watch.suspended_ms == 250


def test_a_watch_that_saw_one_moment_says_nothing() -> None:
    watch = ClockWatch(reading(1))
    watch.look(reading(1))
    assert (watch.step_ns, watch.rate_ppm, watch.suspended_ms) == (0, 0, 0)


def test_of_several_readings_the_narrowest_counts() -> None:
    ticks = deque([0, 50, 60, 900, 1000, 1010, 1020, 1030])
    clocks = read_clocks(lambda _: ticks.popleft(), tries=2)

    assert clocks == Reading(monotonic=1015, raw=1010, boot=1020, within=30)


def test_the_clocks_of_this_machine_can_be_read() -> None:
    before, clocks, after = time.monotonic_ns(), read_clocks(), time.monotonic_ns()
    assert before <= clocks.monotonic <= after


def test_pings_narrow_the_offset_to_what_all_of_them_allow() -> None:
    assert offset_interval([(0, 40, 100), (200, 290, 300)]) == (-10, 40)


def test_an_offset_clock_is_seen() -> None:
    low, high = offset_interval([(0, 1_000_050, 100), (200, 1_000_260, 300)])
    assert 0 < low <= 1_000_000 <= high


def test_a_clock_that_moved_meanwhile_leaves_no_offset() -> None:
    low, high = offset_interval([(0, 50, 100), (200, 1_000_260, 300)])
    assert low > high


def test_no_ping_tells_nothing() -> None:
    with pytest.raises(ValueError, match="no ping was answered"):
        offset_interval([])
