"""Series over the time of a call, to be drawn: a value for each picture seen and marker heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harness.measuring.call import Call
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.latency_holes import never_came_ms, whole_series
from harness.verifiers.latency_series import Track, latencies
from harness.verifiers.skew import picture_skews
from harness.verifiers.sound import open_sound

NOTHING = np.empty(0)


@dataclass(frozen=True, kw_only=True)
class Timed:
    """Values in ms with their times, from the subscription on; empty where there are none."""

    at_ns: NDArray[np.int64] = field(default_factory=lambda: NOTHING.astype(np.int64))
    """When the picture was seen or the marker heard, monotonic; ascending."""
    value_ms: NDArray[np.float64] = field(default_factory=lambda: NOTHING)
    missing: str | None = None
    """Why there are none."""


@dataclass(frozen=True, kw_only=True)
class Ages:
    """Latencies of the steady state, as its percentiles rest on them."""

    value_ms: NDArray[np.float64] = field(default_factory=lambda: NOTHING)
    """Of what came."""
    never_came: int = 0
    """Pictures or markers that were due in times in which nothing came, and never came."""
    missing: str | None = None
    """Why there are none."""

    @property
    def whole(self) -> int:
        """How many came, and how many should have come besides."""
        return len(self.value_ms) + self.never_came


def ages(track: Track, *, since_ns: int, until_ns: int) -> Ages:
    """How old what came in [since, until) was, and how much never came."""
    try:
        series = whole_series(track, since_ns=since_ns, until_ns=until_ns)
    except NoEvidenceError as gap:
        return Ages(missing=str(gap))
    return Ages(value_ms=series.latency_ms, never_came=len(never_came_ms(track, series)))


def latency_over_time(call: Call, track: Track) -> Timed:
    """How old each picture was when it was seen, or each marker when it was heard."""
    return _or_nothing(lambda: _latencies(call, track))


def skew_over_time(call: Call) -> Timed:
    """How early the sound was at each picture."""
    return _or_nothing(lambda: _skews(call))


def _latencies(call: Call, track: Track) -> Timed:
    series = latencies(track, since_ns=call.sound_asked_ns, until_ns=call.until_ns)
    order = np.argsort(series.arrived_ns, kind="stable")
    return Timed(at_ns=series.arrived_ns[order], value_ms=series.latency_ms[order])


def _skews(call: Call) -> Timed:
    """From the first sound on: before it there is none to compare with, for 0.1 to 0.8 s."""
    came_ns = open_sound(call.sound).frame_ns
    came_ns = came_ns[came_ns >= call.sound_asked_ns]
    if not len(came_ns):
        raise NoEvidenceError("no sound was recorded since the subscription")
    series = picture_skews(call.pair, since_ns=int(came_ns[0]), until_ns=call.until_ns)
    return Timed(at_ns=series.heard_ns, value_ms=series.skew_ms)


def _or_nothing(read: Callable[[], Timed]) -> Timed:
    """Nothing is drawn of evidence that is not there."""
    try:
        return read()
    except NoEvidenceError as gap:
        return Timed(missing=str(gap))
