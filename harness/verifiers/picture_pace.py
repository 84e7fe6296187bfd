"""Whether pictures come at the pace at which they were captured, and say when that was."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.recording import VideoRecording
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.picture_order import sent_pictures
from harness.verifiers.pictures import TIME_ERROR_MS, open_pictures

LEAST_PICTURES = 5
TIMESTAMP_ERROR_MS = 1.0
"""A hand-over is noted just before the call, and libwebrtc stamps whole milliseconds."""


@in_unit("fps")
def frame_rate(
    recording: VideoRecording, track_code: int, *, since_ns: int, until_ns: int
) -> Measurement:
    """Pictures of the track a second, from the first to the last that was read in [since, until).

    Needs five pictures.
    """
    pictures = open_pictures(recording)
    arrival_ns = pictures.of(track_code, since_ns, until_ns)["arrival_ns"]
    if len(arrival_ns) < LEAST_PICTURES:
        raise NoEvidenceError(
            f"{pictures.file}: {len(arrival_ns)} pictures were read in the time asked for, "
            f"{LEAST_PICTURES} needed"
        )
    span_s = int(arrival_ns[-1] - arrival_ns[0]) / NS_PER_S
    rate = (len(arrival_ns) - 1) / span_s
    return Measurement(
        value=rate,
        unit="fps",
        error=rate * 2 * TIME_ERROR_MS / 1000 / span_s,
        rests_on=len(arrival_ns),
        evidence=(pictures.file,),
    )


@in_unit("ms")
def timestamp_error(
    recording: VideoRecording, track_code: int, *, sent: Path, since_ns: int, until_ns: int
) -> Measurement:
    """Largest distance of a picture's `timestamp_us` from its capture, less what is common to all.

    The clock of a receiver's timestamps begins anywhere; the median distance is taken for that.
    """
    pictures = open_pictures(recording)
    read = pictures.of(track_code, since_ns, until_ns)
    captured = {int(number): int(at_ns) for number, at_ns in sent_pictures(sent)}
    distances = [
        int(picture["timestamp_us"]) / 1000 - captured[int(picture["counter"])] / NS_PER_MS
        for picture in read
        if int(picture["counter"]) in captured
    ]
    if len(distances) < LEAST_PICTURES:
        raise NoEvidenceError(
            f"{pictures.file}: {len(distances)} pictures that were sent were read in the time "
            f"asked for, {LEAST_PICTURES} needed"
        )
    apart = np.array(distances) - np.median(distances)
    return Measurement(
        value=float(np.abs(apart).max()),
        unit="ms",
        error=TIMESTAMP_ERROR_MS,
        rests_on=len(apart),
        notes=(f"{apart.min():+.2f} to {apart.max():+.2f} ms from the median",),
        evidence=(pictures.file,),
    )
