"""How busy the machine was while a stage ran, and how late it let a process wake."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from harness.processes.watcher import Watch
from harness.processes.watcher_client import WatcherProcess

MACHINE = "machine"
"""Who reports it, among those that report their health."""


@dataclass(frozen=True, kw_only=True)
class MachineTimes:
    """Processor seconds of all cores since the machine started."""

    total_s: float
    idle_s: float
    steal_s: float

    @classmethod
    def now(cls) -> MachineTimes:
        """Read them."""
        times = psutil.cpu_times()
        # guest time is contained in user time already
        total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
        idle = times.idle + getattr(times, "iowait", 0.0)
        return cls(total_s=total, idle_s=idle, steal_s=getattr(times, "steal", 0.0))


def machine_figures(before: MachineTimes, after: MachineTimes) -> dict[str, float | None]:
    """Share of processor time that was used, and stolen by the host, between two readings.

    Both are None when no time passed.
    """
    total = after.total_s - before.total_s
    if total <= 0:
        return {"machine_busy_ratio": None, "steal_ratio": None}
    return {
        "machine_busy_ratio": 1 - (after.idle_s - before.idle_s) / total,
        "steal_ratio": (after.steal_s - before.steal_s) / total,
    }


def watch_figures(watch: Watch) -> dict[str, float | None]:
    """What the watcher saw, as figures of a health report."""
    return {
        "stall_p99_ms": watch.stall_p99_ms,
        "stall_max_ms": watch.stall_max_ms,
        "clock_step_ms": watch.clock_step_ms,
        "clock_rate_ppm": abs(watch.clock_rate_ppm),
        "suspended_ms": watch.suspended_ms,
    }


async def machine_health(since: MachineTimes, watcher: WatcherProcess) -> dict[str, float | None]:
    """The figures of both, from a reading on until now.

    Raises WatcherError: it does not answer.
    """
    return {
        **machine_figures(since, MachineTimes.now()),
        **watch_figures(await watcher.report()),
    }
