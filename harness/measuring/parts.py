"""What the latency of a call is made of: the mean of each part, which add up to the mean of all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness.evidence.measurement import Measurement, missing
from harness.measuring.metric import Metric, Spec
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
        split = budget(track, whole_series(track, since_ns=since_ns, until_ns=until_ns))
    except NoEvidenceError as gap:
        return tuple(spec.of(missing("ms", str(gap))) for spec in specs(medium))
    return tuple(
        spec.of(measurement, split.left_out)
        for spec, measurement in zip(specs(medium), _means(split), strict=True)
    )


def unclosed(medium: str, track: Track, *, since_ns: int, until_ns: int) -> str | None:
    """Why the parts do not explain the latency, or None where they do, or are not known."""
    try:
        split = budget(track, whole_series(track, since_ns=since_ns, until_ns=until_ns))
    except NoEvidenceError:
        return None
    why = why_unclosed(track, split)
    return None if why is None else f"{medium}: {why}"


def _means(split: Budget) -> Iterator[Measurement]:
    left = split.remainder_ms
    span = f"{np.median(left):.1f} ms in the middle, {left.min():.1f} to {left.max():.1f} by second"
    remainder = float((split.whole_ms - split.sum_ms()).mean())
    for name in PARTS:
        yield _mean(split, float(split.parts_ms[name].mean()))
    yield _mean(split, remainder, span)


def _mean(split: Budget, value: float, *notes: str) -> Measurement:
    return Measurement(
        value=value,
        unit="ms",
        rests_on=len(split.numbers),
        notes=notes,
        evidence=split.files,
    )
