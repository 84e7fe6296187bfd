"""Whether the machine was too busy for times and rates to be trusted.

Thresholds of load: drawn between a mesh of four participants on two cores, whose times were still
true, and a mesh of five, whose were not. Of the others, what 50 attempts gave on two cores, in half
of which other work kept more than half of them busy, all of them in some:

    a process that only waits woke late   p99 0.1 to 3.9 ms, latest of an attempt 50 ms at most
    relay late with packets that it held  p99 0.2 to 2.7 ms (n = 8), latest 28 ms at most
    clock                                 no step, no sleep, off by 0.3 ppm at most

The latest of thousands is late on a machine that is fine, which is why the relay is judged by its
p99. Busy loops beside do not make such a process late (eight of them: p99 3.6 ms), for the kernel
lets it go first; they are told by `machine_busy_ratio`. What goes before all others makes it late.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.judging.wording import number, quantity

THRESHOLDS: Mapping[str, tuple[float, str]] = {
    "loop_lag_p99_ms": (8.0, "event loop late by {} ms (p99)"),
    "late_handover_ratio": (0.01, "{} of the sound handed over behind schedule"),
    "inter_arrival_p99_ms": (20.0, "decoded sound arrived {} ms apart (p99)"),
    "machine_busy_ratio": (0.75, "busy at {}"),
    "relay_overshoot_p99_ms": (10.0, "relay late by {} ms (p99)"),
    "steal_ratio": (0.01, "{} of the processor time stolen by the host"),
    "stall_p99_ms": (8.0, "a process that only waits woke {} ms late (p99)"),
    "stall_max_ms": (100.0, "a process that only waits woke {} ms late"),
    "clock_step_ms": (1.0, "the clock stepped by {} ms"),
    "clock_rate_ppm": (1000.0, "the clock was off by {} ppm"),
    "suspended_ms": (1.0, "the machine slept for {} ms"),
}
"""Figure of a health report → largest value that is no disturbance, and the words for more."""

BESIDE = "another attempt ran on this machine at the same time"


def disturbance(
    health: Mapping[str, Mapping[str, float | None]],
    *,
    thresholds: Mapping[str, tuple[float, str]] = THRESHOLDS,
) -> str | None:
    """Why times and rates of an attempt cannot be trusted, or None when they can.

    Args:
        health: Figures by who reported them (a participant, `relay`, `machine`), under the names
            of the thresholds; others are ignored. None stands for what does not apply to a
            reporter.
        thresholds: Those of an attempt, or of what is measured otherwise.

    A reporter without a single figure is a disturbance itself: no news is not good news.
    """
    if not health:
        return "nobody reported how busy it was"
    reasons = []
    for reporter, figures in sorted(health.items()):
        known = {name: figures[name] for name in thresholds if figures.get(name) is not None}
        if not known:
            reasons.append(f"{reporter}: no report of how busy it was")
        reasons += [f"{reporter}: {words}" for words in _excesses(known, thresholds)]
    return "; ".join(reasons) or None


def _excesses(
    figures: Mapping[str, float | None], thresholds: Mapping[str, tuple[float, str]]
) -> list[str]:
    excesses = []
    for name, value in figures.items():
        limit, words = thresholds[name]
        if value is not None and not value <= limit:  # not-a-number is no news either
            excesses.append(f"{words.format(_told(name, value))}, limit {_told(name, limit)}")
    return excesses


def _told(name: str, value: float) -> str:
    """A figure as its words have it: shares in percent, all others without their unit."""
    return quantity(value, "ratio") if name.endswith("_ratio") else number(value)
