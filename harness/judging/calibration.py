"""Whether a calibration can be trusted, and what it says of a run.

A calibration is disturbed, and measured once more, when the machine was: by the thresholds of an
attempt, but for the lag of event loops, most of which is joining in so short a time, and by
MOST_BUSY_RATIO. What is disturbed to the end keeps its floors, with the reason beside them.

Nothing of it changes a verdict but one: where processes do not share a clock no time of the run
means anything, and each attempt counts as disturbed. Floors are read beside a value, never taken
off it; each attempt is judged on the load of its own time; so a floor beyond its bound, or floors
before and after that are apart, are told and void nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.evidence.floors import UNIT
from harness.evidence.run_event import CalibrationDone
from harness.judging.disturbance import THRESHOLDS, disturbance
from harness.judging.wording import number, quantity

MAX_TRIES = 2
"""Calibrations at most, each time: a second one where the first was disturbed."""
TOLD = THRESHOLDS.keys() - {"loop_lag_p99_ms", "machine_busy_ratio"}
MOST_BUSY_RATIO = 0.5
"""A calibration itself keeps two cores busy at a ratio of 0.2 to 0.26, measured (n = 5)."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a floor may be on a machine that measures well."""

    most_ms: float
    apart_ms: float
    """Largest difference between before and after."""


BOUNDS: Mapping[str, Bounds] = {
    "loop_picture_ms": Bounds(most_ms=10, apart_ms=5),
    "loop_sound_ms": Bounds(most_ms=10, apart_ms=5),
    "picture_latency_ms": Bounds(most_ms=60, apart_ms=20),
    "sound_latency_ms": Bounds(most_ms=150, apart_ms=40),
    "skew_ms": Bounds(most_ms=100, apart_ms=40),
    "picture_interval_ms": Bounds(most_ms=50, apart_ms=10),
    "subscribe_picture_ms": Bounds(most_ms=3000, apart_ms=2000),
    "subscribe_sound_ms": Bounds(most_ms=1000, apart_ms=800),
}


def calibration_disturbance(
    health: Mapping[str, Mapping[str, float | None]], offset_ms: tuple[float, float] | None
) -> str | None:
    """Why a calibration cannot be trusted, or None when it can.

    Args:
        health: Figures by who reported them, as of an attempt.
        offset_ms: Where the offset of another process's clock lies; None: it was not told.
    """
    told = {
        who: known
        for who, figures in health.items()
        if (known := {name: figures[name] for name in TOLD if figures.get(name) is not None})
    }
    busy = health.get("machine", {}).get("machine_busy_ratio")
    reasons = [
        clock_problem(offset_ms),
        f"machine busy at a ratio of {number(busy)}, limit {number(MOST_BUSY_RATIO)}"
        if busy is not None and busy > MOST_BUSY_RATIO
        else None,
        disturbance(told) if told or not health else None,
    ]
    return "; ".join(reason for reason in reasons if reason) or None


def clock_problem(offset_ms: tuple[float, float] | None) -> str | None:
    """Why times of several processes cannot be compared, or None when they can."""
    if offset_ms is None:
        return "whether processes share a clock is not known"
    low, high = offset_ms
    if low <= 0 <= high:
        return None
    if low > high:
        return "the clock of another process moved against this one's"
    return f"the clock of another process is off by {number(low)} to {number(high)} ms"


def calibration_notes(calibrations: Sequence[CalibrationDone]) -> tuple[str, ...]:
    """What a reader of the run must know of its calibrations."""
    notes = [note for done in calibrations for note in _notes(done)]
    before = [done for done in calibrations if done.when == "before"]
    after = [done for done in calibrations if done.when == "after"]
    if before and after:
        notes += _apart(before[0], after[-1])
    return tuple(notes)


def _notes(done: CalibrationDone) -> list[str]:
    notes = []
    if done.disturbance:
        notes.append(f"the calibration {done.when} the run was disturbed: {done.disturbance}")
    for name, floor in done.floors.items():
        bounds = BOUNDS.get(name)
        if floor.value is None:
            notes.append(f"no floor {name} {done.when} the run: {floor.missing}")
        elif bounds and abs(floor.value) > bounds.most_ms:
            notes.append(
                f"the floor {name} {done.when} the run is {quantity(floor.value, UNIT)}, on a "
                f"machine that measures well at most {quantity(bounds.most_ms, UNIT)}"
            )
    return notes


def _apart(before: CalibrationDone, after: CalibrationDone) -> list[str]:
    notes = []
    for name, bounds in BOUNDS.items():
        first, last = _value(before, name), _value(after, name)
        if first is not None and last is not None and abs(last - first) > bounds.apart_ms:
            notes.append(
                f"the floor {name} went from {number(first)} to {quantity(last, UNIT)} during the "
                f"run, usual are {quantity(bounds.apart_ms, UNIT)}: no verdict rests on it"
            )
    return notes


def _value(done: CalibrationDone, name: str) -> float | None:
    floor = done.floors.get(name)
    return None if floor is None else floor.value
