"""What the SDK of a subscriber counts of a recording that holds everything."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from harness.evidence.recording import AudioRecording, VideoRecording
from harness.evidence.statistics_sample import StatisticsSample
from tests.verifiers.conftest import at


def counts_of(
    recording: AudioRecording | VideoRecording, seconds: Iterable[float]
) -> list[StatisticsSample]:
    """One snapshot at each of these times, whatever is done to the recording afterwards."""
    heard = isinstance(recording, AudioRecording)
    kind, member = ("audio", "total_samples_received") if heard else ("video", "frames_decoded")
    if isinstance(recording, AudioRecording):
        arrived_ns, each = np.fromfile(recording.path.with_suffix(".arrivals"), "<i8"), 480
    else:
        arrived_ns, each = type(recording)(path=recording.path).frames["arrival_ns"], 1
    return [
        StatisticsSample(
            at_ns=at(second),
            participant="bob",
            entries=[
                {
                    "type": "inbound_rtp", "kind": kind, "ssrc": 7, "at_ns": at(second),
                    member: 1000 + each * int(np.searchsorted(arrived_ns, at(second))),
                }
            ],
        )
        for second in seconds
    ]  # fmt: skip
