"""Frame metadata of the SDK against the truth: the id and capture time that travel with a picture.

The publisher sends the number of a picture as its id, and the monotonic time of its hand-over. The
number is in the picture too, and the hand-over is written down, so that each is known twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.latency_series import LatencySeries, SeenPictures, picture_latencies
from harness.verifiers.pictures import open_pictures

ERROR_MS = 0.001
"""A capture time is told in whole µs."""


@in_unit("frames")
def ids_that_disagree(track: SeenPictures, *, since_ns: int, until_ns: int) -> Measurement:
    """Pictures that arrived in [since, until) whose id is not the number that is in them."""
    series, ids, _ = _metadata(track, since_ns, until_ns)
    wrong = np.flatnonzero(ids != series.numbers)
    first = [f"first: picture {series.numbers[i]} with id {ids[i]}" for i in wrong[:1]]
    return Measurement(
        value=float(len(wrong)),
        unit="frames",
        rests_on=len(ids),
        notes=(*first, *series.notes),
        evidence=series.files,
    )


@in_unit("ms")
def metadata_latency_error(track: SeenPictures, *, since_ns: int, until_ns: int) -> Measurement:
    """Largest difference between a picture's latency by its metadata and by its hand-over."""
    series, _, user_us = _metadata(track, since_ns, until_ns)
    came = user_us != 0
    if not came.any():
        raise NoEvidenceError(f"{series.files[0]}: no picture came with a capture time")
    by_metadata_ms = (series.arrived_ns - user_us * 1000)[came] / NS_PER_MS
    apart_ms = np.abs(by_metadata_ms - series.latency_ms[came])
    lacking = int(np.count_nonzero(~came))
    return Measurement(
        value=float(apart_ms.max()),
        unit="ms",
        error=ERROR_MS,
        rests_on=int(came.sum()),
        notes=(*((f"{lacking} came without",) if lacking else ()), *series.notes),
        evidence=series.files,
    )


def _metadata(
    track: SeenPictures, since_ns: int, until_ns: int
) -> tuple[LatencySeries, NDArray[np.int64], NDArray[np.int64]]:
    """The series, and id and capture time in µs that came with each picture of it."""
    series = picture_latencies(track, since_ns=since_ns, until_ns=until_ns)
    frames = open_pictures(track.recording).of(track.track_code, since_ns, until_ns)
    numbers, first = np.unique(frames["counter"].astype(np.int64), return_index=True)
    rows = frames[first[np.searchsorted(numbers, series.numbers)]]
    return series, rows["frame_id"].astype(np.int64), rows["user_timestamp_us"]
