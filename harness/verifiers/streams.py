"""Whether reading a receive stream came to an end when it should."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit


@in_unit("streams")
def streams_without_end(
    consumed: Sequence[Mapping[str, Any]], names: Collection[str]
) -> Measurement:
    """How many of some streams still kept their reader waiting.

    Rests on each of them having given something before.

    Args:
        consumed: What became of streams: `name` of the track, `frames` that it gave, whether it
            `ended`.
        names: Tracks whose streams should have ended.
    """
    streams = {str(stream["name"]): stream for stream in consumed}
    for name in names:
        if name not in streams:
            raise NoEvidenceError(f"nobody read a stream of {name}")
        if not streams[name]["frames"]:
            raise NoEvidenceError(f"the stream of {name} gave nothing to begin with")
    waiting = [name for name in names if not streams[name]["ended"]]
    return Measurement(
        value=float(len(waiting)),
        unit="streams",
        rests_on=len(names),
        notes=(f"of {len(names)} streams these did not end: {', '.join(waiting) or 'none'}",),
    )
