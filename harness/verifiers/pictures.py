"""A recorded picture track, opened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_S
from harness.evidence.recording import FrameStatus, VideoRecording
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.sound import file_of, require_forwards

TIME_ERROR_MS = 2.0
"""Of a picture's time across processes, measured."""
LONGEST_HELD_NS = 10 * NS_PER_S
"""No buffer holds a picture longer: libwebrtc's largest delay (`kMaxVideoDelay`)."""
LEAST_FPS = 1
"""Of `ColourCode`: pictures whose numbers are n apart were captured at most n seconds apart."""
_FOREVER_NS = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Observations in order of arrival, dtype FRAME_DTYPE."""

    file: str
    frames: NDArray[Any]

    def between(self, since_ns: int, until_ns: int) -> NDArray[Any]:
        """All observations that arrived in [since, until)."""
        arrival = self.frames["arrival_ns"]
        arrived: NDArray[Any] = self.frames[(arrival >= since_ns) & (arrival < until_ns)]
        return arrived

    @property
    def end_ns(self) -> int:
        """When the last observation arrived, of whatever; 0 where there is none."""
        return int(self.frames["arrival_ns"][-1]) if len(self.frames) else 0

    def goes_on(self, at_ns: int) -> bool:
        """Whether anything arrived at that time or later."""
        return self.end_ns >= at_ns

    def of(self, track_code: int, since_ns: int, until_ns: int) -> NDArray[Any]:
        """The pictures of one publisher's track that were read in [since, until)."""
        frames = self.between(since_ns, until_ns)
        read = frames["status"] == FrameStatus.READ
        own: NDArray[Any] = frames[read & (frames["track_code"] == track_code)]
        return own

    def rejects(self, track_code: int, since_ns: int, until_ns: int) -> tuple[str, ...]:
        """A note on what arrived in [since, until) and was not a picture of the track."""
        frames = self.between(since_ns, until_ns)
        read = frames["status"] == FrameStatus.READ
        counts = Counter(
            FrameStatus(int(status)).name.lower().replace("_", " ")
            for status in frames["status"][~read]
        )
        foreign = int(np.count_nonzero(read & (frames["track_code"] != track_code)))
        if foreign:
            counts["of another track"] = foreign
        if not counts:
            return ()
        parts = ", ".join(f"{number} {why}" for why, number in counts.items())
        return (f"not counted: {parts}",)


def open_pictures(recording: VideoRecording) -> Pictures:
    """Read a recording, which may be empty.

    Raises:
        NoEvidenceError: There is none, or its arrivals run backwards.
    """
    file = file_of(recording)
    try:
        frames = recording.frames
    except OSError as error:
        raise NoEvidenceError(f"no recording {file}: {error}") from error
    require_forwards(file, frames["arrival_ns"])
    return Pictures(file=file, frames=frames)


def new_pictures(
    pictures: Pictures, track_code: int, until_ns: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Arrivals before `until_ns` and numbers of the pictures whose number is above all before it.

    Both ascending.

    Raises:
        NoEvidenceError: Pictures in a row came further apart than any buffer holds one.
    """
    read = pictures.of(track_code, 0, _FOREVER_NS)
    numbers = read["counter"].astype(np.int64)
    highest = np.maximum.accumulate(np.concatenate([[-1], numbers]))[:-1]
    times, numbers = read["arrival_ns"][numbers > highest], numbers[numbers > highest]
    held_ns = np.diff(times) - np.diff(numbers) * NS_PER_S // LEAST_FPS
    for place in np.flatnonzero(held_ns > LONGEST_HELD_NS):
        raise NoEvidenceError(
            f"{pictures.file}: pictures {numbers[place]} and {numbers[place + 1]} came "
            f"{(times[place + 1] - times[place]) / NS_PER_S:.0f} s apart: the clock stepped"
        )
    count = int(np.searchsorted(times, until_ns))
    return times[:count], numbers[:count]
