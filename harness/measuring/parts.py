"""What the latency of a call is made of: the mean of each part, which add up to the mean of all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from harness.evidence.measurement import Measurement, missing
from harness.measuring.metric import Metric, Spec
from harness.statistics.bootstrap import TooFewError, mean_interval
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.budget import PARTS, Budget, budget
from harness.verifiers.latency import why_unclosed
from harness.verifiers.latency_holes import whole_series
from harness.verifiers.latency_series import Track

REMAINDER = "remainder"


def specs(medium: str) -> tuple[Spec, ...]:
    """The parts of the latency of `picture` or `sound`, in order, the remainder last."""
    return tuple(
        Spec(
            name=f"{medium}_part_{name.replace(' ', '_')}",
            title=f"{medium}: {name}, mean",
            unit="ms",
            better="nearer 0" if name == REMAINDER else "lower",
        )
        for name in (*PARTS, REMAINDER)
    )


def parts_of(medium: str, track: Track, *, since_ns: int, until_ns: int) -> tuple[Metric, ...]:
    """The metrics of `specs`; what could not be split is among their rejects.

    Args:
        medium: `picture` or `sound`: how their names begin.
        track: With the gateway's record and statistics.
        since_ns: Of the steady state.
        until_ns: Its end.
    """
    try:
        series = whole_series(track, since_ns=since_ns, until_ns=until_ns)
        split = budget(track, series)
    except NoEvidenceError as gap:
        return tuple(spec.of(missing("ms", str(gap))) for spec in specs(medium))
    return tuple(
        spec.of(measurement, split.left_out)
        for spec, measurement in zip(specs(medium), _means(split, series.error_ms), strict=True)
    )


def unclosed(medium: str, track: Track, *, since_ns: int, until_ns: int) -> str | None:
    """Why the parts do not explain the latency, or None where they do, or are not known."""
    try:
        split = budget(track, whole_series(track, since_ns=since_ns, until_ns=until_ns))
    except NoEvidenceError:
        return None
    why = why_unclosed(track, split)
    return None if why is None else f"{medium}: {why}"


def _means(split: Budget, error_ms: float) -> Iterator[Measurement]:
    """Of each part; the error of the arrivals is in what is left."""
    left = split.remainder_ms
    span = f"{np.median(left):.1f} ms in the middle, {left.min():.1f} to {left.max():.1f} by second"
    for name in PARTS:
        yield _mean(split, split.parts_ms[name])
    yield _mean(split, split.whole_ms - split.sum_ms(), span, error_ms=error_ms)


def _mean(
    split: Budget, values_ms: NDArray[np.float64], *notes: str, error_ms: float = 0.0
) -> Measurement:
    try:
        sampling = mean_interval(values_ms)
    except TooFewError:
        sampling = None
    return Measurement(
        value=float(values_ms.mean()),
        unit="ms",
        error=error_ms,
        sampling=sampling,
        rests_on=len(split.numbers),
        notes=notes,
        evidence=split.files,
    )
