"""Switching between simulcast layers that a subscriber asks for: how soon, and how cleanly.

A layer is known by the height of its decoded pictures.
"""

from __future__ import annotations

import numpy as np

from harness.evidence.measurement import Measurement
from harness.evidence.recording import VideoRecording
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.layers import (
    height_before,
    heights_in_order,
    share_of_heights,
    some_pictures,
    time_to_picture,
)
from harness.verifiers.pictures import open_pictures
from harness.verifiers.proof import Witness, require_no_pictures


@in_unit("ms")
def time_to_layer(
    recording: VideoRecording,
    track_code: int,
    *,
    px: int,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
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
        alive: Another track of the receiver, for pictures that do not go on to the end.
    """
    pictures = open_pictures(recording)
    if height_before(pictures, track_code, since_ns) == px:
        raise NoEvidenceError(f"{pictures.file}: {px} lines were seen before already")
    read = some_pictures(pictures, track_code, since_ns, until_ns)
    wanted = np.flatnonzero(read["height"] == px)
    place = int(wanted[0]) if len(wanted) else len(read)
    return time_to_picture(pictures, read, place, since_ns=since_ns, until_ns=until_ns, alive=alive)


@in_unit("frames")
def frames_of_another_layer(
    recording: VideoRecording, track_code: int, *, px: int, since_ns: int, until_ns: int
) -> Measurement:
    """Pictures of another height after the first one of this height in [since, until)."""
    pictures = open_pictures(recording)
    read = some_pictures(pictures, track_code, since_ns, until_ns)
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
    returning: bool = False,
) -> Measurement:
    """Share of the pictures in [since, until) that are no higher than `at_most_px`.

    Rests on the last picture before `asked_ns`, which must have been higher: else there was
    nothing to be capped. Where the pictures were away and come back, `returning`, it rests on that
    none was read just before `since_ns` as well.
    """
    pictures = open_pictures(recording)
    if returning:
        require_no_pictures(pictures, track_code, since_ns)
    if height_before(pictures, track_code, asked_ns) <= at_most_px:
        raise NoEvidenceError(
            f"{pictures.file}: the last picture before was not above {at_most_px} lines"
        )
    read = some_pictures(pictures, track_code, since_ns, until_ns)
    return share_of_heights(pictures.file, read, read["height"] <= at_most_px)
