"""A recorded picture track, opened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.recording import FrameStatus, VideoRecording
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.sound import file_of

TIME_ERROR_MS = 2.0
"""Of a picture's time across processes, measured."""


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
    backwards = np.flatnonzero(np.diff(frames["arrival_ns"]) < 0)
    if len(backwards):
        raise NoEvidenceError(
            f"{file}: arrivals run backwards after {backwards[0] + 1} pictures: "
            "the clock stepped, or the file is damaged"
        )
    return Pictures(file=file, frames=frames)


def new_pictures(
    pictures: Pictures, track_code: int, until_ns: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Arrivals before `until_ns` and numbers of the pictures whose number is above all before it.

    Both ascending.
    """
    read = pictures.of(track_code, 0, until_ns)
    numbers = read["counter"].astype(np.int64)
    highest = np.maximum.accumulate(np.concatenate([[-1], numbers]))[:-1]
    new = numbers > highest
    return read["arrival_ns"][new], numbers[new]
