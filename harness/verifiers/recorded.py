"""Whether a recording holds all that the SDK gave out: its own count against the SDK's.

Each picture that the SDK decoded is handed out, and each 10 ms of sound that it played: at every
snapshot `frames_decoded`, or `total_samples_received`, is as far ahead of what was recorded until
then as at every other. In 24 calls over five networks it was so to one picture and to one frame of
sound, but for single snapshots (4 frames). A recording that was cut, that lacks a piece, or whose
clock stepped, is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_S
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.pictures import open_pictures
from harness.verifiers.sound import file_of, open_sound

TOLERATED_PICTURES = 2
TOLERATED_FRAMES = 4
"""By which two snapshots in a row, or the last one, may differ from the others; frames of 10 ms,
which a busy machine records late."""
FRAMES_A_SECOND = 100
AROUND_NS = NS_PER_S
"""Snapshots this long before and after a time are asked as well: they are taken each second."""


def require_recorded(
    recording: AudioRecording | VideoRecording,
    statistics: Sequence[StatisticsSample],
    *,
    since_ns: int,
    until_ns: int,
) -> bool:
    """Whether the SDK's counts show that all of [since, until) was recorded that there was.

    Args:
        recording: Of the one picture, or the one sound, that its subscriber received.
        statistics: Of that subscriber; others' are left out.
        since_ns: Of the time in question.
        until_ns: Its end.

    Returns:
        False where there are no snapshots of one stream before and after that time.

    Raises:
        NoEvidenceError: the counts contradict the recording, or there is none.
    """
    arrived_ns = _arrived_ns(recording)
    at_ns, counts = _counts(recording, statistics)
    asked = (at_ns >= max(since_ns - AROUND_NS, arrived_ns[0])) & (at_ns <= until_ns + AROUND_NS)
    at_ns, counts = at_ns[asked], counts[asked]
    if not len(at_ns):
        return False
    ahead = counts - np.searchsorted(arrived_ns, at_ns)
    # One of them: the mean of two kinds, half of them each, would be near to both.
    tolerated = TOLERATED_FRAMES if isinstance(recording, AudioRecording) else TOLERATED_PICTURES
    apart = np.abs(ahead - np.quantile(ahead, 0.5, method="lower"))
    # Nothing shows of the last one that it passed.
    lasting = np.minimum(apart, np.append(apart[1:], np.inf)) > tolerated
    if lasting.any():
        raise NoEvidenceError(
            f"{file_of(recording)}: the SDK gave out {np.ptp(ahead):.0f} more or fewer than were "
            "recorded by then: the recording was cut, lacks a piece, or its clock stepped"
        )
    return bool(at_ns[0] <= since_ns and at_ns[-1] >= until_ns)


def _arrived_ns(recording: AudioRecording | VideoRecording) -> NDArray[np.int64]:
    """When each picture or frame of sound was recorded, of both what is there; one at least."""
    if isinstance(recording, AudioRecording):
        frames = len(open_sound(recording).frame_ns)
        return recording.arrivals_ns[:frames]
    pictures = open_pictures(recording)
    if not len(pictures.frames):
        raise NoEvidenceError(f"{pictures.file} holds no picture")
    arrived: NDArray[np.int64] = pictures.frames["arrival_ns"]
    return arrived


def _counts(
    recording: AudioRecording | VideoRecording, statistics: Sequence[StatisticsSample]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Times of the snapshots, ascending, and counts; none where there are several streams."""
    heard = isinstance(recording, AudioRecording)
    kind, member = ("audio", "total_samples_received") if heard else ("video", "frames_decoded")
    told = {
        int(entry["at_ns"]): (entry.get("ssrc"), float(entry[member]))
        for sample in statistics
        if sample.participant == recording.subscriber
        for entry in sample.entries
        if entry.get("type") == "inbound_rtp" and entry.get("kind") == kind and entry.get(member)
    }
    if len({ssrc for ssrc, _ in told.values()}) != 1:
        told = {}
    at_ns = np.array(sorted(told), dtype=np.int64)
    counts = np.array([told[int(at)][1] for at in at_ns], dtype=np.float64)
    if isinstance(recording, AudioRecording):
        counts = counts * FRAMES_A_SECOND / recording.sample_rate
    return at_ns, counts
