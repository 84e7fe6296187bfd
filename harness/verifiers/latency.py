"""Latency of sound and pictures as figures: the middle, the slow end, the worst.

A figure rests on the whole series: where nothing came for longer than a while, at the end or
amidst, there is none, since it would be silent about what is not there.
"""

from __future__ import annotations

import numpy as np

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.statistics.bootstrap import TooFewError, quantile_interval
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.latency_series import LatencySeries, Track, latencies

HOLE_MS = 1600
"""Two markers that are missing in a row make 1500."""


@in_unit("ms")
def latency(track: Track, *, since_ns: int, until_ns: int, q: float = 0.5) -> Measurement:
    """Quantile `q` of the latency of what arrived in [since, until); 0.5 is the median."""
    series = whole_series(track, since_ns=since_ns, until_ns=until_ns)
    try:
        sampling = quantile_interval(series.latency_ms, q)
    except TooFewError as error:
        raise NoEvidenceError(f"{series.files[0]}: {error}") from error
    value = float(np.quantile(series.latency_ms, q))
    return _measured(series, value, sampling)


@in_unit("ms")
def longest_latency(track: Track, *, since_ns: int, until_ns: int) -> Measurement:
    """The largest latency of what arrived in [since, until)."""
    series = whole_series(track, since_ns=since_ns, until_ns=until_ns)
    return _measured(series, float(series.latency_ms.max()), None)


def whole_series(track: Track, *, since_ns: int, until_ns: int) -> LatencySeries:
    """The series, where it fills the time asked for.

    Raises:
        NoEvidenceError: it has a hole, or there is none.
    """
    series = latencies(track, since_ns=since_ns, until_ns=until_ns)
    edges = np.concatenate(([since_ns], series.arrived_ns, [until_ns]))
    longest = int(np.diff(edges).argmax())
    hole_ms = (edges[longest + 1] - edges[longest]) / NS_PER_MS
    if hole_ms > HOLE_MS:
        raise NoEvidenceError(
            f"{series.files[0]}: nothing came for {hole_ms:.0f} ms, from "
            f"{(edges[longest] - since_ns) / NS_PER_MS:.0f} ms on: its latency is not known"
        )
    return series


def _measured(
    series: LatencySeries, value: float, sampling: tuple[float, float] | None
) -> Measurement:
    low, high = series.latency_ms.min(), series.latency_ms.max()
    return Measurement(
        value=value,
        unit="ms",
        error=series.error_ms,
        sampling=sampling,
        rests_on=len(series.numbers),
        notes=(f"{low:.1f} to {high:.1f} ms", *series.notes),
        evidence=series.files,
    )
