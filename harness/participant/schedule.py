"""When the next frame of a signal is due. Pure: no clock is read here.

Sample and frame numbers are positions in time, never counts of hand-overs: what was too late to
be handed over is missing at its place, and everything after it is where it belongs.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.evidence.clock import NS_PER_MS, NS_PER_S

SOUND_FRAME_MS = 10
MAX_BACKLOG_NS = 200 * NS_PER_MS
"""Sound later than this is dropped instead of being sent in one burst."""
MIN_PICTURE_GAP_NS = 2 * NS_PER_MS
"""The SDK keys a picture's metadata by its capture time in whole milliseconds."""


@dataclass(frozen=True, kw_only=True)
class SoundSchedule:
    """10 ms frames of sound; frame k holds the samples of [k · 10 ms, (k + 1) · 10 ms)."""

    start_ns: int
    prefill_ms: int = 0

    def due_ns(self, frame: int) -> int:
        """When frame number `frame` should be handed over."""
        ahead_ms = max(0, frame * SOUND_FRAME_MS - self.prefill_ms)
        return self.start_ns + ahead_ms * NS_PER_MS

    def skip(self, frame: int, now_ns: int) -> int:
        """How many frames from `frame` on are too late to be handed over at `now_ns`."""
        late_ns = now_ns - self.due_ns(frame)
        if late_ns <= MAX_BACKLOG_NS:
            return 0
        return late_ns // (SOUND_FRAME_MS * NS_PER_MS)


@dataclass(frozen=True, kw_only=True)
class PictureSchedule:
    """Picture n is due at start + n / fps. Late pictures are skipped, never sent in a burst."""

    start_ns: int
    fps: float

    def due_ns(self, frame: int) -> int:
        """When picture number `frame` should be captured."""
        return self.start_ns + int(frame * NS_PER_S / self.fps)

    def after(self, frame: int, captured_ns: int) -> int:
        """Number of the picture after `frame`, which was captured at `captured_ns`."""
        earliest_ns = captured_ns + MIN_PICTURE_GAP_NS
        slot = int((earliest_ns - self.start_ns) * self.fps / NS_PER_S)
        following = max(frame + 1, slot)
        while self.due_ns(following) < earliest_ns:
            following += 1
        return following
