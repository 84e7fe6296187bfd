"""Pictures of another simulcast layer than the one asked for or allowed, located in time.

A layer is known by the height of its decoded pictures. A picture is shown from its arrival to that
of the next.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.recording import VideoRecording
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.pictures import TIME_ERROR_MS, Pictures, open_pictures

FLOW_NS = NS_PER_S
"""Pictures that ended this long before the end show no layer at the end."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A layer, from its first picture to the first of another."""

    height: int
    start_ns: int
    end_ns: int


def layers_shown(
    pictures: Pictures, track_code: int, *, since_ns: int, until_ns: int
) -> tuple[Shown, ...]:
    """The layers shown in [since, until), in order, without a hole.

    The first begins at `since_ns` where a picture had been read before, else with its first
    picture.

    Raises:
        NoEvidenceError: No picture was read in the last second.
    """
    read = pictures.of(track_code, 0, until_ns)
    before = int((read["arrival_ns"] < since_ns).sum())
    read = read[max(0, before - 1) :]
    if not len(read) or until_ns - int(read["arrival_ns"][-1]) > FLOW_NS:
        raise NoEvidenceError(
            f"{pictures.file}: no picture of track code {track_code} was read in the last second "
            "of the time asked for"
        )
    heights = read["height"]
    changes = np.concatenate([[0], np.flatnonzero(np.diff(heights.astype(int))) + 1])
    starts = [max(since_ns, int(read["arrival_ns"][place])) for place in changes]
    return tuple(
        Shown(height=int(heights[place]), start_ns=start_ns, end_ns=end_ns)
        for place, start_ns, end_ns in zip(changes, starts, [*starts[1:], until_ns], strict=True)
    )


@in_unit("ms")
def wrong_layer_time(
    recording: VideoRecording,
    track_code: int,
    *,
    heights_px: Collection[int],
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """How long pictures were shown in [since, until) whose height is none of these."""
    pictures = open_pictures(recording)
    shown = layers_shown(pictures, track_code, since_ns=since_ns, until_ns=until_ns)
    wrong = [layer for layer in shown if layer.height not in heights_px]
    notes = tuple(
        f"{layer.height} lines from {(layer.start_ns - since_ns) / NS_PER_MS:.0f} "
        f"to {(layer.end_ns - since_ns) / NS_PER_MS:.0f} ms"
        for layer in wrong[:5]
    )
    return Measurement(
        value=sum(layer.end_ns - layer.start_ns for layer in wrong) / NS_PER_MS,
        unit="ms",
        error=len(wrong) * TIME_ERROR_MS,
        rests_on=len(pictures.of(track_code, since_ns, until_ns)),
        notes=(*notes, *pictures.rejects(track_code, since_ns, until_ns)),
        evidence=(pictures.file,),
    )
