"""Where media time did not pass as time does, from the readings of a sweep.

The lag of what is heard is steady while sound is played as it was sent. It rises where something is
heard twice, held, or made up, and falls where something is left out. Times are ms from the first
sample that was read.

A jump is a lag that moves by more than 6 ms within 10: what a jitter buffer makes up, or cuts. For
60 ms after one a decoder that has missed a packet is not itself yet, and the lag wavers. A drift
is a smaller move away from jumps: a pitch period that was inserted or taken out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.signals.sweep_reading import HOP_MS, SweepReading

NEAR = 4
"""Readings, of 2.5 ms, within which a lag moves or does not."""
JUMP_MS = 6.0
DRIFT_MS = 1.0
"""On a clean path a lag moves by at most 0.3 within 10 ms, measured."""
UNREAD_MS = 18.5
"""From one reading to the next; at the end of a sweep's period it is up to 17.5."""
STEADY_MS = 25.0
"""Two disturbances with less between them are one."""
RECOVERY_MS = 60.0
BEGUN_MS, ENDED_MS = 1.0, 5.0
"""How far the lag is from that before, and after, where a jump begins and ends: the decoder wavers
by less than the second."""


@dataclass(frozen=True, kw_only=True)
class Disturbance:
    """A stretch in which the lag was not steady."""

    start_ms: float
    end_ms: float
    jump_ms: float
    """Lag after it less lag before: more was heard twice (> 0) or left out (< 0)."""
    back_ms: float
    """All rises of the lag in it."""
    ahead_ms: float
    """All falls."""
    unread_ms: float
    """The longest time in it in which no moment of the sweep was told."""

    @property
    def duration_ms(self) -> float:
        """How long it lasted in the recording."""
        return self.end_ms - self.start_ms


def disturbances(reading: SweepReading) -> list[Disturbance]:
    """All disturbances of a recording, in order, with steady sound between any two."""
    lag = reading.lag_ms()
    read = ~np.isnan(lag)
    at, lag = reading.at_ms[read], lag[read]
    if len(at) < 2 * NEAR:
        return []
    jumping = _moving(lag, JUMP_MS)
    holes = np.flatnonzero(np.diff(at) > UNREAD_MS)
    jumping[holes] = jumping[holes + 1] = True
    jumps = [_disturbance(at, lag, *span, ended_ms=ENDED_MS) for span in _spans(at, jumping)]
    moving = _moving(lag, DRIFT_MS) & ~_near(at, at[jumping])
    drifts = [_disturbance(at, lag, *span, ended_ms=BEGUN_MS) for span in _spans(at, moving)]
    found = [*jumps, *(d for d in drifts if abs(d.jump_ms) > DRIFT_MS)]
    return sorted(found, key=lambda d: d.start_ms)


def _moving(lag: NDArray[np.float64], limit_ms: float) -> NDArray[np.bool_]:
    """Which readings are among NEAR in a row in which the lag moves by more than the limit."""
    windows = np.lib.stride_tricks.sliding_window_view(lag, NEAR)
    moved = windows.max(axis=1) - windows.min(axis=1) > limit_ms
    marked = np.zeros(len(lag), dtype=bool)
    for offset in range(NEAR):
        marked[offset : offset + len(moved)] |= moved
    return marked


def _near(at: NDArray[np.float64], jumps: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which readings are in a jump, or in the time in which a decoder recovers from one."""
    last = np.searchsorted(jumps, at, side="right") - 1
    since = at - np.concatenate([jumps, [-np.inf]])[last]
    following = np.concatenate([jumps, [np.inf]])[np.searchsorted(jumps, at)]
    near: NDArray[np.bool_] = (since <= RECOVERY_MS) | (following - at <= HOP_MS)
    return near


def _spans(at: NDArray[np.float64], unsteady: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last reading of each stretch; stretches near each other are one."""
    marked = np.flatnonzero(unsteady)
    if not len(marked):
        return []
    cuts = np.flatnonzero(np.diff(at[marked]) > STEADY_MS)
    firsts = [0, *(cuts + 1).tolist()]
    lasts = [*cuts.tolist(), len(marked) - 1]
    return [(int(marked[a]), int(marked[b])) for a, b in zip(firsts, lasts, strict=True)]


def _disturbance(
    at: NDArray[np.float64], lag: NDArray[np.float64], first: int, last: int, *, ended_ms: float
) -> Disturbance:
    """Its edges lie between the last steady reading and the first that is not, and the reverse."""
    before = float(np.median(lag[max(0, first - NEAR) : first + 1]))
    after = float(np.median(lag[last : last + NEAR + 1]))
    inside = lag[first : last + 1]
    left = min(last, first + _leading(np.abs(inside - before) < BEGUN_MS))
    right = max(left, last - _leading(np.abs(inside - after)[::-1] < ended_ms))
    steps = np.diff(lag[first : last + 1])
    unread = np.diff(at[max(0, left - 1) : right + 2])
    return Disturbance(
        start_ms=float(at[max(0, left - 1)] + at[left]) / 2,
        end_ms=float(at[right] + at[min(right + 1, len(at) - 1)]) / 2,
        jump_ms=after - before,
        back_ms=float(steps[steps > 0].sum()),
        ahead_ms=float(-steps[steps < 0].sum()),
        unread_ms=float(unread.max(initial=0.0)),
    )


def _leading(true: NDArray[np.bool_]) -> int:
    """How many of the first are true, before the first that is not."""
    return len(true) if true.all() else int(np.argmin(true))
