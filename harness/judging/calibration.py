"""Whether a calibration can be trusted, and what it says of a run.

A calibration is disturbed, and measured once more, when the machine was: by the thresholds of an
attempt, but for what joining and publishing make worse in so short a time, which have limits of
their own or none, and by MOST_BUSY_RATIO. What is disturbed to the end keeps its floors, with the
reason beside them.

What 27 calibrations gave on two cores, other work running now and then, with busy loops beside:

                       none, calm (n = 4)   none, other work (5)   one (9)       two (9)
    machine busy       0.36 to 0.44         0.75 to 1              0.78 to 1     1
    late hand-overs    0.007 to 0.011       0.004 to 0.042         0 to 0.026    0 to 0.032
    picture age, ms    11 to 37             17 to 34               10 to 39      12 to 28
    sound age, ms      52 to 66             47 to 91               48 to 62      44 to 74

So what tells a busy machine is how busy it is; floors tell a slow one, or a slow path.

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
_JOINING = "loop_lag_p99_ms"
MOST_BUSY_RATIO = 0.5
"""A calibration itself keeps two cores busy at a ratio of 0.2 to 0.26, measured (n = 5); with one
more busy loop it was 0.65 at least (n = 15)."""
MOST_LATE_RATIO = 0.02
"""Of hand-overs: to publish a picture makes five of some 450 late, measured."""
LIMITS: Mapping[str, tuple[float, str]] = {
    name: (
        {"machine_busy_ratio": MOST_BUSY_RATIO, "late_handover_ratio": MOST_LATE_RATIO}.get(
            name, limit
        ),
        words,
    )
    for name, (limit, words) in THRESHOLDS.items()
    if name != _JOINING
}
"""As THRESHOLDS, of a calibration."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a floor may be on a machine that measures well."""

    most_ms: float
    apart_ms: float
    """Largest difference between before and after."""


BOUNDS: Mapping[str, Bounds] = {
    "loop_picture_ms": Bounds(most_ms=10, apart_ms=5),
    "loop_sound_ms": Bounds(most_ms=10, apart_ms=5),
    "picture_latency_ms": Bounds(most_ms=60, apart_ms=30),
    "sound_latency_ms": Bounds(most_ms=150, apart_ms=50),
    "skew_ms": Bounds(most_ms=100, apart_ms=60),
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
        who: figures
        for who, figures in health.items()
        if any(figures.get(name) is not None for name in LIMITS)
    }
    reasons = (clock_problem(offset_ms), disturbance(told, thresholds=LIMITS))
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
