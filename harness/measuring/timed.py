"""Series over the time of a call, to be drawn: a value for each picture seen and marker heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harness.measuring.call import Call
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.latency_series import Track, latencies
from harness.verifiers.skew import picture_skews

NOTHING = np.empty(0)


@dataclass(frozen=True, kw_only=True)
class Timed:
    """Values in ms with their times, from the subscription on; empty where there are none."""

    at_ns: NDArray[np.int64] = field(default_factory=lambda: NOTHING.astype(np.int64))
    """When the picture was seen or the marker heard, monotonic; ascending."""
    value_ms: NDArray[np.float64] = field(default_factory=lambda: NOTHING)

    def since(self, at_ns: int) -> NDArray[np.float64]:
        """Values from a time on."""
        values: NDArray[np.float64] = self.value_ms[self.at_ns >= at_ns]
        return values


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
    series = picture_skews(call.pair, since_ns=call.sound_asked_ns, until_ns=call.until_ns)
    return Timed(at_ns=series.heard_ns, value_ms=series.skew_ms)


def _or_nothing(read: Callable[[], Timed]) -> Timed:
    """Nothing is drawn of evidence that is not there; the metrics say why."""
    try:
        return read()
    except NoEvidenceError:
        return Timed()
