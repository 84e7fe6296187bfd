"""Switching between simulcast layers that a subscriber asks for: how soon, and how cleanly.

A layer is known by the height of its decoded pictures.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.evidence.recording import VideoRecording
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.layers import heights_in_order
from harness.verifiers.pictures import TIME_ERROR_MS, Pictures, open_pictures


@in_unit("ms")
def time_to_layer(
    recording: VideoRecording, track_code: int, *, px: int, since_ns: int, until_ns: int
) -> Measurement:
    """Time from `since_ns` to the first picture of this height.

    Rests on the last picture before `since_ns`, which must have had another. `at_least` the time
    watched where other pictures came and none of this height; where none came at all, nothing is
    known.

    Args:
        recording: What was seen.
        track_code: Whose picture it is.
        px: Height of the layer that was asked for.
        since_ns: When it was asked for.
        until_ns: When watching ended.
    """
    pictures = open_pictures(recording)
    before = pictures.of(track_code, 0, since_ns)
    if not len(before):
        raise NoEvidenceError(f"{pictures.file}: no picture was read before the time asked for")
    if before["height"][-1] == px:
        raise NoEvidenceError(f"{pictures.file}: {px} lines were seen before already")
    read = _some(pictures, track_code, since_ns, until_ns)
    wanted = np.flatnonzero(read["height"] == px)
    came = len(wanted) > 0
    at_ns = int(read["arrival_ns"][wanted[0]]) if came else until_ns
    return Measurement(
        value=(at_ns - since_ns) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS if came else 0.0,
        at_least=not came,
        rests_on=len(read),
        notes=(heights_in_order(read["height"].tolist()),),
        evidence=(pictures.file,),
    )


@in_unit("frames")
def frames_of_another_layer(
    recording: VideoRecording, track_code: int, *, px: int, since_ns: int, until_ns: int
) -> Measurement:
    """Pictures of another height after the first one of this height in [since, until)."""
    pictures = open_pictures(recording)
    read = _some(pictures, track_code, since_ns, until_ns)
    wanted = np.flatnonzero(read["height"] == px)
    if not len(wanted):
        raise NoEvidenceError(f"{pictures.file}: no picture of {px} lines was read")
    after = read["height"][wanted[0] :]
    return Measurement(
        value=float(np.count_nonzero(after != px)),
        unit="frames",
        rests_on=len(after),
        notes=(heights_in_order(after.tolist()),),
        evidence=(pictures.file,),
    )


@in_unit("ratio")
def capped_ratio(
    recording: VideoRecording,
    track_code: int,
    *,
    at_most_px: int,
    asked_ns: int,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Share of the pictures in [since, until) that are no higher than `at_most_px`.

    Rests on the last picture before `asked_ns`, which must have been higher: else there was
    nothing to be capped.
    """
    pictures = open_pictures(recording)
    before = pictures.of(track_code, 0, asked_ns)["height"]
    if not len(before) or before[-1] <= at_most_px:
        raise NoEvidenceError(
            f"{pictures.file}: the last picture before was not above {at_most_px} lines"
        )
    read = _some(pictures, track_code, since_ns, until_ns)
    return Measurement(
        value=float(np.mean(read["height"] <= at_most_px)),
        unit="ratio",
        rests_on=len(read),
        notes=(heights_in_order(read["height"].tolist()),),
        evidence=(pictures.file,),
    )


def _some(pictures: Pictures, track_code: int, since_ns: int, until_ns: int) -> NDArray[Any]:
    """The pictures in [since, until), at least one."""
    read = pictures.of(track_code, since_ns, until_ns)
    if not len(read):
        raise NoEvidenceError(f"{pictures.file}: no picture came in the time asked for")
    return read
