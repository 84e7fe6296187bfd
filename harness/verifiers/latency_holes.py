"""Times in which nothing came: evidence where it is known that nothing did, else none.

A picture that stands still and a sound that is lost are what a bad network does, and a figure that
left such an attempt out would be of the good ones only. A recording with a piece missing looks the
same. What tells them apart is independent of it: the SDK's counts agree with the recording
(`recorded`), or, for a sound, its frames came on meanwhile; and all was sent that was due.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.sent import read_sent
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.latency_series import (
    HeardSound,
    LatencySeries,
    SeenPictures,
    Track,
    latencies,
)
from harness.verifiers.picture_order import sent_pictures
from harness.verifiers.pictures import open_pictures
from harness.verifiers.recorded import require_recorded
from harness.verifiers.sound import open_sound

HOLE_MS = 1600
"""Two markers that are missing in a row make 1500."""
FLOWS_MS = 500
"""Frames of a sound, and hand-overs of both, come far more often than this where they come."""


def whole_series(
    track: Track, *, since_ns: int, until_ns: int, holes: bool = True
) -> LatencySeries:
    """The series, where it fills the time asked for but for times in which nothing came.

    Args:
        track: What was received.
        since_ns: From here on,
        until_ns: up to here.
        holes: Whether times are allowed in which it is known that nothing came.

    Raises:
        NoEvidenceError: it has another hole, there is none, or the SDK's counts contradict it.
    """
    counted = require_recorded(
        track.recording, track.statistics, since_ns=since_ns, until_ns=until_ns
    )
    series = latencies(track, since_ns=since_ns, until_ns=until_ns)
    edges = np.concatenate(([since_ns], np.sort(series.arrived_ns), [until_ns]))
    found = []
    for place in np.flatnonzero(np.diff(edges) > HOLE_MS * NS_PER_MS).tolist():
        begin_ns, end_ns = int(edges[place]), int(edges[place + 1])
        amidst = 0 < place < len(edges) - 2
        if not (holes and amidst and _nothing_came(track, begin_ns, end_ns, counted=counted)):
            raise NoEvidenceError(f"{_told(series, begin_ns, end_ns, since_ns)}: latency not known")
        found.append((begin_ns, end_ns))
    notes = tuple(_told(series, *hole, since_ns) for hole in found)
    return replace(series, holes=tuple(found), hole_notes=notes)


def never_came_ms(track: Track, series: LatencySeries) -> NDArray[np.float64]:
    """How old, at least, is what was sent and had not come when a hole was over; shape (n,).

    What came later is in the series as old as it was.
    """
    order = np.argsort(series.numbers, kind="stable")
    numbers, captured_ns = series.numbers[order], series.captured_ns[order]
    ages = [np.empty(0)]
    for begin_ns, end_ns in series.holes:
        last = int(series.numbers[series.arrived_ns <= begin_ns].max())
        due = _sent(track, last + 1, int(series.numbers[np.argmax(series.arrived_ns >= end_ns)]))
        lacking = due[~np.isin(due, numbers)]
        ages.append((end_ns - np.interp(lacking, numbers, captured_ns)) / NS_PER_MS)
    return np.concatenate(ages)


def _sent(track: Track, first: int, stop: int) -> NDArray[np.int64]:
    """Numbers of the markers or pictures sent from `first` up to `stop`."""
    if isinstance(track, HeardSound):
        return np.arange(first, stop, dtype=np.int64)
    numbers = sent_pictures(track.sent)["number"].astype(np.int64)
    return numbers[(numbers >= first) & (numbers < stop)]


def _nothing_came(track: Track, begin_ns: int, end_ns: int, *, counted: bool) -> bool:
    """Whether it is known that nothing that was sent came between these two times."""
    handed_over_ns = np.sort(read_sent(track.sent)["at_ns"].astype(np.int64))
    if not _flows(handed_over_ns, begin_ns - HOLE_MS * NS_PER_MS, end_ns - HOLE_MS * NS_PER_MS):
        return False
    if isinstance(track, SeenPictures):
        frames = open_pictures(track.recording).between(begin_ns + 1, end_ns)
        return counted and not len(frames)
    return _flows(open_sound(track.recording).frame_ns, begin_ns, end_ns)


def _flows(at_ns: NDArray[np.int64], begin_ns: int, end_ns: int) -> bool:
    inside = at_ns[(at_ns >= begin_ns) & (at_ns < end_ns)]
    longest_ns = int(np.diff([begin_ns, *inside.tolist(), end_ns]).max())
    return longest_ns <= FLOWS_MS * NS_PER_MS


def _told(series: LatencySeries, begin_ns: int, end_ns: int, since_ns: int) -> str:
    return (
        f"{series.files[0]}: nothing came for {(end_ns - begin_ns) / NS_PER_MS:.0f} ms, from "
        f"{(begin_ns - since_ns) / NS_PER_MS:.0f} ms on"
    )
