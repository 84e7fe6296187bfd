"""A recorded sound on the common clock.

Frames reach the recorder late, never early: the lower envelope of (arrival − 10 ms·k) over ±1 s is
when frame k was due, far steadier than its arrival. A sample's time is that of its frame plus its
place in the frame. Measured: differences inside a run are good to 1 ms, times compared with
another process's to TIME_ERROR_MS.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.file_name import file_name
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.verifiers.answer import NoEvidenceError

TIME_ERROR_MS = 10.0
FRAME_NS = 10 * NS_PER_MS
ENVELOPE_FRAMES = 100
BREAK_NS = 50 * NS_PER_MS
"""A stream that stays later than this after a gap was stopped and started again."""


@dataclass(frozen=True, kw_only=True)
class Sound:
    """Decoded samples and when each was heard."""

    file: str
    sample_rate: int
    samples: NDArray[np.int16]
    """Shape (n, channels), whole frames of 10 ms."""
    frame_ns: NDArray[np.int64]
    """When each frame was due, never decreasing, shape (n / frame,)."""
    found: dict[object, Any] = field(default_factory=dict, repr=False)
    """See `AudioRecording.found`."""

    @property
    def end_ns(self) -> int:
        """When the last frame ended."""
        return int(self.frame_ns[-1]) + FRAME_NS

    def times_ns(self, positions: NDArray[np.float64]) -> NDArray[np.int64]:
        """When the samples at these positions, fractions allowed, were heard."""
        frame = self.sample_rate // 100
        k = np.clip(positions // frame, 0, len(self.frame_ns) - 1).astype(np.int64)
        return self.frame_ns[k] + ((positions - k * frame) * NS_PER_S / self.sample_rate).astype(
            np.int64
        )

    def span(self, since_ns: int, until_ns: int) -> tuple[int, int]:
        """First sample heard at or after `since_ns`, and first at or after `until_ns`."""
        return self._position(since_ns), self._position(until_ns)

    def _position(self, at_ns: int) -> int:
        frame = self.sample_rate // 100
        k = int(np.searchsorted(self.frame_ns, at_ns, side="right")) - 1
        if k < 0:
            return 0
        inside = -(-(at_ns - int(self.frame_ns[k])) * self.sample_rate // NS_PER_S)
        return k * frame + min(frame, inside)


def file_of(recording: AudioRecording | VideoRecording) -> str:
    """The recording's file, relative to the attempt folder: `subscriber/name`.

    Who joined again has the files of its second life in `subscriber-2`.
    """
    folder = recording.path.parent.name
    _, _, life = folder.rpartition("-")
    lives = [recording.subscriber, *([f"{recording.subscriber}-{life}"] * life.isdecimal())]
    if folder in map(file_name, lives):
        return f"{folder}/{recording.path.name}"
    return recording.path.name


def open_sound(recording: AudioRecording) -> Sound:
    """Read a recording; raises NoEvidenceError when there is none, or nothing in it."""
    file = file_of(recording)
    try:
        samples, arrivals = recording.samples, recording.arrivals_ns
    except (OSError, ValueError) as error:
        raise NoEvidenceError(f"no recording {file}: {error}") from error
    require_forwards(file, arrivals)
    frames = min(len(samples) // recording.frame_samples, len(arrivals))
    if frames == 0:
        raise NoEvidenceError(f"{file} holds no sound")
    return Sound(
        file=file,
        sample_rate=recording.sample_rate,
        samples=samples[: frames * recording.frame_samples],
        frame_ns=due_times_ns(arrivals[:frames]),
        found=recording.found,
    )


def require_forwards(file: str, arrivals_ns: NDArray[np.int64]) -> None:
    """Raises NoEvidenceError where a recording's arrivals run backwards."""
    backwards = np.flatnonzero(np.diff(arrivals_ns) < 0)
    if len(backwards):
        raise NoEvidenceError(
            f"{file}: arrivals run backwards after {backwards[0] + 1} of {len(arrivals_ns)}: "
            "the clock stepped, or the file is damaged"
        )


def due_times_ns(arrivals_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lower envelope of arrivals that come every 10 ms, shape (frames,), never decreasing."""
    steps = np.arange(len(arrivals_ns), dtype=np.int64) * FRAME_NS
    late = arrivals_ns - steps
    edges = [0, *_breaks(late), len(late)]
    envelope = np.concatenate([_sliding_min(late[a:b]) for a, b in pairwise(edges)])
    due: NDArray[np.int64] = np.minimum.accumulate((envelope + steps)[::-1])[::-1]
    return due


def _breaks(late: NDArray[np.int64]) -> list[int]:
    """Where the stream began anew: late at once, and still late in all of the next second."""
    return [
        int(k)
        for k in np.flatnonzero(np.diff(late) > BREAK_NS) + 1
        if late[k : k + ENVELOPE_FRAMES].min() - late[max(0, k - ENVELOPE_FRAMES) : k].min()
        > BREAK_NS
    ]


def _sliding_min(values: NDArray[np.int64]) -> NDArray[np.int64]:
    padded = np.pad(values, ENVELOPE_FRAMES, constant_values=np.iinfo(np.int64).max)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * ENVELOPE_FRAMES + 1)
    smallest: NDArray[np.int64] = windows.min(axis=1)
    return smallest
