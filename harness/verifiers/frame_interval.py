"""How evenly pictures come: intervals between the arrivals of new ones, as a distribution.

New is a picture whose number is above all before it. An interval belongs to the time in which it
ends. A flow that has stopped has intervals no more: that is for `freeze`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.recording import VideoRecording
from harness.signals.picture import ColourCode
from harness.statistics.bootstrap import TooFewError, quantile_interval
from harness.statistics.wilson import proportion_interval
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.freeze import freeze_bound_ns
from harness.verifiers.pictures import TIME_ERROR_MS, new_pictures, open_pictures

LONG_RATIO = 2.0
"""An interval this many times that of the captures is a long one."""


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """Intervals between new pictures, in order."""

    ms: NDArray[np.float64]
    notes: tuple[str, ...]
    evidence: tuple[str, ...]


@in_unit("ms")
def median_frame_interval(
    recording: VideoRecording, picture: ColourCode, *, since_ns: int, until_ns: int
) -> Measurement:
    """Median interval in [since, until)."""
    seen = _intervals(recording, picture, since_ns, until_ns)
    return _quantile(seen, seen.ms, 0.5)


@in_unit("ms")
def frame_interval_p95(
    recording: VideoRecording, picture: ColourCode, *, since_ns: int, until_ns: int
) -> Measurement:
    """95th percentile of the intervals in [since, until)."""
    seen = _intervals(recording, picture, since_ns, until_ns)
    return _quantile(seen, seen.ms, 0.95)


@in_unit("ms")
def frame_interval_jitter(
    recording: VideoRecording, picture: ColourCode, *, since_ns: int, until_ns: int
) -> Measurement:
    """Median distance of an interval in [since, until) from that at which pictures are captured."""
    seen = _intervals(recording, picture, since_ns, until_ns)
    return _quantile(seen, np.abs(seen.ms - 1000 / picture.fps), 0.5)


@in_unit("ratio")
def long_interval_ratio(
    recording: VideoRecording, picture: ColourCode, *, since_ns: int, until_ns: int
) -> Measurement:
    """Share of the intervals in [since, until) longer than two at which pictures are captured."""
    seen = _intervals(recording, picture, since_ns, until_ns)
    long = int(np.count_nonzero(seen.ms > LONG_RATIO * 1000 / picture.fps))
    return Measurement(
        value=long / len(seen.ms),
        unit="ratio",
        sampling=proportion_interval(long, len(seen.ms)),
        rests_on=len(seen.ms),
        notes=(f"{long} of {len(seen.ms)} intervals", *seen.notes),
        evidence=seen.evidence,
    )


def _intervals(
    recording: VideoRecording, picture: ColourCode, since_ns: int, until_ns: int
) -> Intervals:
    """At least one; raises NoEvidenceError where pictures did not come from before to the end."""
    pictures = open_pictures(recording)
    times, _ = new_pictures(pictures, picture.track_code, until_ns)
    first = int(np.searchsorted(times, since_ns))
    bound_ns = freeze_bound_ns(NS_PER_S / picture.fps)
    if not first or len(times) == first or until_ns - times[-1] >= bound_ns:
        raise NoEvidenceError(
            f"{pictures.file}: pictures of track code {picture.track_code} did not come from "
            f"before the time asked for up to its end: {first} before, {len(times) - first} in it"
        )
    ms = np.diff(times[first - 1 :]) / NS_PER_MS
    spread = (
        f"median {np.median(ms):.1f}, p95 {np.quantile(ms, 0.95):.1f}, longest {ms.max():.1f}, "
        f"standard deviation {ms.std():.1f} ms"
    )
    return Intervals(
        ms=ms,
        notes=(spread, *pictures.rejects(picture.track_code, since_ns, until_ns)),
        evidence=(pictures.file,),
    )


def _quantile(seen: Intervals, values: NDArray[np.float64], q: float) -> Measurement:
    try:
        sampling = quantile_interval(values, q)
    except TooFewError as error:
        raise NoEvidenceError(f"{seen.evidence[0]}: {error}") from error
    return Measurement(
        value=float(np.quantile(values, q)),
        unit="ms",
        error=TIME_ERROR_MS,
        sampling=sampling,
        rests_on=len(values),
        notes=seen.notes,
        evidence=seen.evidence,
    )
