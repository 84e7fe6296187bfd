"""When a sound of which nothing is known was to be heard: its level over time.

Heard is what is above a level for at least 30 ms, so that no click of a decoder counts. Two sounds
with less than 20 ms between them are one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.evidence.clock import NS_PER_MS
from harness.evidence.recording import AudioRecording
from harness.signals.hearing import WINDOW_MS
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.sound import open_sound
from harness.verifiers.sound_level import loudness_dbfs

HEARD_DBFS = -50.0
"""Root mean square over 10 ms: speech is at −20 to −35, a decoder's comfort noise below −60."""
LEAST_MS = 30
JOINED_MS = 20


@dataclass(frozen=True, kw_only=True)
class Activity:
    """What was heard of one recording, ascending and apart; monotonic ns."""

    file: str
    spans: tuple[tuple[int, int], ...]
    """Each sound from its begin to its end."""
    begin_ns: int
    """When the recording begins,"""
    end_ns: int
    """and ends."""

    def at(self, at_ns: int) -> bool:
        """Whether something was to be heard at that moment."""
        return any(begin <= at_ns < end for begin, end in self.spans)

    def between(self, since_ns: int, until_ns: int) -> list[tuple[int, int]]:
        """What of the sounds lies in [since, until), cut to it."""
        return [
            (max(begin, since_ns), min(end, until_ns))
            for begin, end in self.spans
            if begin < until_ns and end > since_ns
        ]

    def require(self, since_ns: int, until_ns: int) -> None:
        """Raises NoEvidenceError unless the recording covers [since, until)."""
        if self.begin_ns > since_ns or self.end_ns < until_ns:
            raise NoEvidenceError(
                f"{self.file} does not cover the time asked for: it begins "
                f"{(self.begin_ns - since_ns) / NS_PER_MS:.0f} ms after it does and ends "
                f"{(until_ns - self.end_ns) / NS_PER_MS:.0f} ms before it ends"
            )


def sound_activity(recording: AudioRecording, *, above_dbfs: float = HEARD_DBFS) -> Activity:
    """What was heard above a level.

    Raises:
        NoEvidenceError: there is no recording, or nothing in it.
    """
    sound = open_sound(recording)
    levels = loudness_dbfs(sound, 0, len(sound.samples))
    edges = np.flatnonzero(np.diff((levels > above_dbfs).astype(np.int8), prepend=0, append=0))
    # Few loud samples make a window of 10 ms loud: the first such one holds the begin at its end,
    # the last one the end at its begin.
    hop = sound.sample_rate // 1000
    spans: list[list[int]] = []
    for begin, end in edges.reshape(-1, 2).tolist():
        if spans and begin + WINDOW_MS - spans[-1][1] < JOINED_MS:
            spans[-1][1] = end
        else:
            spans.append([begin, end])
    positions = np.array(
        [((begin + WINDOW_MS) * hop, end * hop) for begin, end in spans], dtype=np.float64
    ).reshape(-1)
    times = sound.times_ns(positions).reshape(-1, 2)
    return Activity(
        file=sound.file,
        spans=tuple(
            (int(begin), int(end)) for begin, end in times if end - begin >= LEAST_MS * NS_PER_MS
        ),
        begin_ns=int(sound.frame_ns[0]),
        end_ns=sound.end_ns,
    )
