from __future__ import annotations

import asyncio

import pytest

from harness.evidence.clock import NS_PER_MS
from harness.participant.health import LATE_NS, HealthMonitor


def test_lag_is_reported_as_quantile_and_maximum() -> None:
    monitor = HealthMonitor()
    for _ in range(98):
        monitor.lagged(NS_PER_MS)
    monitor.lagged(7 * NS_PER_MS)
    monitor.lagged(500 * NS_PER_MS)

    health = monitor.report()

    assert health.loop_lag_p99_ms == pytest.approx(7.1)
    assert health.loop_lag_max_ms == 500


def test_late_and_skipped_hand_overs_are_counted() -> None:
    monitor = HealthMonitor()
    monitor.handed_over(-3)
    monitor.handed_over(LATE_NS)
    monitor.handed_over(LATE_NS + 1, skipped=2)

    health = monitor.report()

    assert (health.handovers, health.late, health.skipped) == (3, 1, 2)


def test_a_report_begins_a_new_count() -> None:
    monitor = HealthMonitor()
    monitor.lagged(9 * NS_PER_MS)
    monitor.handed_over(LATE_NS + 1, skipped=1)
    first = monitor.report()

    second = monitor.report()

    assert second.since_ns >= first.at_ns
    assert (second.loop_lag_p99_ms, second.loop_lag_max_ms) == (0, 0)
    assert (second.handovers, second.late, second.skipped) == (0, 0, 0)


class Noticing(HealthMonitor):
    def __init__(self) -> None:
        super().__init__()
        self.noticed = asyncio.Event()

    def lagged(self, lag_ns: int) -> None:
        super().lagged(lag_ns)
        self.noticed.set()


@pytest.mark.asyncio
async def test_the_watch_sees_the_loop() -> None:
    monitor = Noticing()
    watch = asyncio.create_task(monitor.watch())
    try:
        async with asyncio.timeout(20):
            await monitor.noticed.wait()
    finally:
        watch.cancel()

    assert monitor.report().loop_lag_max_ms > 0
