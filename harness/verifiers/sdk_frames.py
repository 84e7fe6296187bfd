"""What an SDK counts of a picture, against the pictures that it handed out.

The recording holds every picture that the SDK decoded, with its arrival. Counters are compared by
how much they grew between the first and the last snapshot, since the recording begins later than
the stream.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.recording import FrameStatus, VideoRecording
from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.freeze import Freeze, find_freezes
from harness.verifiers.pictures import TIME_ERROR_MS, Pictures, new_pictures, open_pictures
from harness.verifiers.told import (
    SNAPSHOT_MS,
    Apart,
    Entry,
    apart,
    entries_told,
    moments_ns,
    one_stream,
    worst_apart,
)

RATE_NS = NS_PER_S
"""`frames_per_second` is of the last second."""


@in_unit("frames")
def decoded_against_seen(
    samples: Sequence[StatisticsSample],
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Difference between pictures counted as decoded and pictures handed out.

    From the first snapshot in [since, until) to each later one, the largest. A snapshot is of some
    moment within 50 ms of its time.
    """
    told = _told(samples, recording, ("frames_decoded",), since_ns, until_ns)
    seen = _seen(recording, track_code)
    first = told[0]
    low_first, high_first = _seen_by(seen, first)
    points = []
    for entry in told[1:]:
        low, high = _seen_by(seen, entry)
        points.append(
            Apart(
                at_ns=int(entry["at_ns"]),
                told=float(entry["frames_decoded"] - first["frames_decoded"]),
                low=float(low - high_first),
                high=float(high - low_first),
            )
        )
    if not points:
        raise NoEvidenceError("the statistics have one snapshot in the time asked for, 2 needed")
    return worst_apart(points, "frames", error=0.0, evidence=(seen.file,))


@in_unit("frames")
def received_against_decoded(
    samples: Sequence[StatisticsSample],
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """How many more pictures are counted as decoded than as received, at most.

    Every decoded picture was received whole before. Rests on pictures that were seen.
    """
    members = ("frames_received", "frames_decoded")
    told = _told(samples, recording, members, since_ns, until_ns)
    seen = _seen(recording, track_code)
    if not len(seen.between(since_ns, until_ns)):
        raise NoEvidenceError(f"{seen.file}: no picture was seen in the time asked for")
    lacking = [int(entry["frames_decoded"]) - int(entry["frames_received"]) for entry in told]
    worst = told[int(np.argmax(lacking))]
    return Measurement(
        value=float(max(0, *lacking)),
        unit="frames",
        rests_on=int(worst["frames_decoded"]),
        notes=(f"{worst['frames_received']} received, {worst['frames_decoded']} decoded",),
        evidence=(seen.file,),
    )


@in_unit("fps")
def rate_against_seen(
    samples: Sequence[StatisticsSample],
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Largest difference between `frames_per_second` and the pictures seen in the second before.

    A snapshot is of some moment within 50 ms of its time. One without a picture in the second
    before that second is left out, and one after a second without any: the rate began anew, and is
    of less than a second.
    """
    told = _told(samples, recording, ("frames_per_second",), since_ns, until_ns)
    seen = _seen(recording, track_code)
    points = []
    for entry in told:
        at_ns = int(entry["at_ns"])
        begun_ns = at_ns - RATE_NS - SNAPSHOT_MS * NS_PER_MS
        if _begins_anew(seen, begun_ns, at_ns):
            continue
        moments = at_ns + np.arange(-SNAPSHOT_MS, SNAPSHOT_MS + 1, 5) * NS_PER_MS
        counts = _count(seen, moments) - _count(seen, moments - RATE_NS)
        points.append(apart(entry, float(entry["frames_per_second"]), counts))
    if not points:
        raise NoEvidenceError(f"{seen.file}: no snapshot has two seconds of pictures before it")
    return worst_apart(points, "fps", error=0.0, evidence=(seen.file,))


def _begins_anew(seen: Pictures, begun_ns: int, at_ns: int) -> bool:
    """Whether a second without a picture ended since, or nothing came before."""
    if not len(seen.between(begun_ns - RATE_NS, begun_ns)):
        return True
    near = seen.between(begun_ns - RATE_NS, at_ns + SNAPSHOT_MS * NS_PER_MS)["arrival_ns"]
    longest_ns = int(np.diff(near).max(initial=0))
    return longest_ns >= RATE_NS - SNAPSHOT_MS * NS_PER_MS


@in_unit("events")
def freezes_against_seen(
    samples: Sequence[StatisticsSample],
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Difference between `freeze_count` and the freezes found in the pictures, at the end.

    libwebrtc counts a freeze once it is over. Rests on one that was found, at least.
    """

    def count(freezes: Sequence[Freeze]) -> float:
        return float(len(freezes))

    told, truth, file = _freezes(
        samples, recording, track_code, "freeze_count", count, since_ns, until_ns
    )
    point = Apart(at_ns=until_ns, told=told, low=truth, high=truth)
    return worst_apart([point], "events", error=0.0, evidence=(file,))


@in_unit("ms")
def frozen_time_against_seen(
    samples: Sequence[StatisticsSample],
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Difference between the SDK's total of freezes and that of the freezes found, in the end.

    `total_freeze_duration` is in seconds. As `freezes_against_seen`.
    """

    def total(freezes: Sequence[Freeze]) -> float:
        return sum(freeze.duration_ns for freeze in freezes) / NS_PER_MS

    told, truth, file = _freezes(
        samples, recording, track_code, "total_freeze_duration", total, since_ns, until_ns
    )
    point = Apart(at_ns=until_ns, told=told * 1000, low=truth, high=truth)
    return worst_apart([point], "ms", error=2 * TIME_ERROR_MS, evidence=(file,))


def _freezes(
    samples: Sequence[StatisticsSample],
    recording: VideoRecording,
    track_code: int,
    member: str,
    of: Callable[[Sequence[Freeze]], float],
    since_ns: int,
    until_ns: int,
) -> tuple[float, float, str]:
    """What a member says in the last snapshot, what it should say, and the recording's file."""
    entry = _told(samples, recording, (member,), since_ns, until_ns)[-1]
    seen = _seen(recording, track_code)
    at_ns = int(entry["at_ns"])
    times_ns, numbers = new_pictures(seen, track_code, at_ns)
    over = [one for one in find_freezes(times_ns, numbers, at_ns) if not one.lasting]
    if not over:
        raise NoEvidenceError(f"{seen.file}: no freeze was found that was over: nothing to compare")
    return float(entry[member]), of(over), seen.file


def _told(
    samples: Sequence[StatisticsSample],
    recording: VideoRecording,
    members: tuple[str, ...],
    since_ns: int,
    until_ns: int,
) -> list[Entry]:
    """Snapshots of the stream of pictures in [since, until) that has decoded something."""
    told = entries_told(
        samples, participant=recording.subscriber, kind="inbound_rtp", medium="video",
        members=("ssrc", "frames_decoded", *members), since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    one_stream(told)
    counted = [entry for entry in told if entry["frames_decoded"]]
    if not counted:
        raise NoEvidenceError("the statistics count no decoded picture in the time asked for")
    return counted


def _seen(recording: VideoRecording, track_code: int) -> Pictures:
    """The recording, which holds pictures of the track and of no other."""
    seen = open_pictures(recording)
    read = seen.frames["track_code"][seen.frames["status"] == FrameStatus.READ]
    if not len(read) or np.any(read != track_code):
        raise NoEvidenceError(f"{seen.file} holds not only pictures of track code {track_code}")
    return seen


def _seen_by(seen: Pictures, entry: Entry) -> tuple[int, int]:
    """Pictures seen before the earliest and before the latest moment of a snapshot."""
    low, high = _count(seen, np.array(moments_ns(entry))).tolist()
    return low, high


def _count(seen: Pictures, at_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.searchsorted(seen.frames["arrival_ns"], at_ns).astype(np.int64)
