"""Whether freezes are where they belong: where captures stood still, or the network was gone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.evidence.recording import VideoRecording
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.freeze import Freeze, Freezes, find_freezes, freezes
from harness.verifiers.picture_order import sent_pictures
from harness.verifiers.pictures import TIME_ERROR_MS

ONE_FRAME = 1
"""Freezes are the same where their first and last pictures are at most so far apart."""


@in_unit("events")
def freezes_elsewhere(
    recording: VideoRecording, track_code: int, *, sent: Path, since_ns: int, until_ns: int
) -> Measurement:
    """Freezes in [since, until) that captures do not have, and of captures that were not seen.

    Captures freeze as pictures do, by the times at which they were handed over. A freeze is the
    same where it lies between the same two pictures, give or take one.
    """
    seen = freezes(recording, track_code, since_ns=since_ns, until_ns=until_ns)
    captured = _captured(sent, since_ns, until_ns)
    extra = [freeze for freeze in seen.found if not _same(freeze, captured)]
    unseen = [freeze for freeze in captured if not _same(freeze, seen.found)]
    notes = (f"not seen: after picture {freeze.last}" for freeze in unseen[:5])
    return seen.measured(float(len(extra) + len(unseen)), "events", 0.0, *notes)


@in_unit("ms")
def freeze_length_error(
    recording: VideoRecording, track_code: int, *, sent: Path, since_ns: int, until_ns: int
) -> Measurement:
    """Largest difference of a freeze's length in [since, until) from that of the captures'.

    At least one freeze must be there at both ends.
    """
    seen = freezes(recording, track_code, since_ns=since_ns, until_ns=until_ns)
    captured = _captured(sent, since_ns, until_ns)
    apart_ms = [
        (freeze.duration_ns - other.duration_ns) / NS_PER_MS
        for freeze in seen.found
        for other in captured
        if _same(freeze, [other]) and not freeze.lasting
    ]
    if not apart_ms:
        raise NoEvidenceError(f"{seen.evidence[0]}: no freeze that captures have was seen")
    words = ", ".join(f"{apart:+.1f}" for apart in apart_ms[:5])
    return Measurement(
        value=max(map(abs, apart_ms)),
        unit="ms",
        error=TIME_ERROR_MS,
        rests_on=len(apart_ms),
        notes=(f"{words} ms longer than captured",),
        evidence=seen.evidence,
    )


@in_unit("ms")
def freeze_start(
    recording: VideoRecording, track_code: int, *, since_ns: int, until_ns: int
) -> Measurement:
    """Time from `since_ns` to the last picture before the longest freeze; below 0: before it."""
    seen, longest = _longest(recording, track_code, since_ns, until_ns)
    before_ms = (longest.start_ns - since_ns) / NS_PER_MS
    return seen.measured(before_ms, "ms", TIME_ERROR_MS, timed_from_ns=since_ns)


@in_unit("ms")
def freeze_end(
    recording: VideoRecording, track_code: int, *, since_ns: int, until_ns: int, healed_ns: int
) -> Measurement:
    """Time from `healed_ns` to the first picture after the longest freeze in [since, until).

    `at_least` where it had not ended.
    """
    seen, longest = _longest(recording, track_code, since_ns, until_ns)
    after_ms = (longest.end_ns - healed_ns) / NS_PER_MS
    return seen.measured(
        after_ms, "ms", TIME_ERROR_MS, at_least=longest.lasting, timed_from_ns=healed_ns
    )


def _longest(
    recording: VideoRecording, track_code: int, since_ns: int, until_ns: int
) -> tuple[Freezes, Freeze]:
    seen = freezes(recording, track_code, since_ns=since_ns, until_ns=until_ns)
    if not seen.found:
        raise NoEvidenceError(f"{seen.evidence[0]}: the picture never stood still")
    return seen, max(seen.found, key=lambda freeze: freeze.duration_ns)


def _captured(sent: Path, since_ns: int, until_ns: int) -> tuple[Freeze, ...]:
    """Freezes of the captures that ended in [since, until)."""
    log = sent_pictures(sent)
    numbers, first = np.unique(log["number"], return_index=True)
    times = log["at_ns"][first]
    if (np.diff(times) < 0).any():
        raise NoEvidenceError(f"{sent.name}: pictures were not handed over in their order")
    before = times < until_ns
    found = find_freezes(times[before], numbers[before], until_ns)
    return tuple(freeze for freeze in found if freeze.end_ns > since_ns and not freeze.lasting)


def _same(freeze: Freeze, others: tuple[Freeze, ...] | list[Freeze]) -> bool:
    return any(
        freeze.next is not None
        and other.next is not None
        and abs(freeze.last - other.last) <= ONE_FRAME
        and abs(freeze.next - other.next) <= ONE_FRAME
        for other in others
    )
