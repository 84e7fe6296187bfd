"""A receiver whose jitter buffers are deep, that of sound deeper, and whose statistics say so.

What waits longer, beyond what WebRTC aligns, is the sound of a track called `microphone` and the
pictures of one called `camera`.
"""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.later import Later
from harness.sabotage.sdk.tracks import Streams

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

SOUND_S = 1.5
PICTURE_S = 1.0
HELD = {"microphone": ("audio", SOUND_S), "camera": ("video", PICTURE_S)}
"""Name of the track to its kind in statistics, and how long its frames wait."""
FRAME_SAMPLES = 480
"""Of 10 ms at 48 kHz, at which the library counts."""
FPS_WINDOW_S = 1.0
MOST = 100
"""Statistics, and pictures a second, that are remembered."""


def deep_buffers(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    receiver = _Receiver()
    tampering.requests(receiver.streams.ask)
    tampering.events(receiver.tell)


class _Receiver:
    """Each of its two buffers is there from the first frame that it is given."""

    def __init__(self) -> None:
        self.streams = Streams()
        self._deeper: dict[str, Deeper] = {}

    def tell(self, put: Put, event: FfiEvent) -> None:
        self.streams.told(event)
        held = HELD.get(self.streams.name_of(event))
        if held is None:
            self._count(event)
            put(event)
            return
        kind, late_s = held
        if kind not in self._deeper:
            self._deeper[kind] = Deeper(late_s)
        self._deeper[kind].hand_on(put, event)

    def _count(self, event: FfiEvent) -> None:
        result = event.get_session_stats.result
        for entry in (*result.publisher_stats, *result.subscriber_stats):
            deeper = self._deeper.get(entry.inbound_rtp.stream.kind)
            if deeper is not None:
                deeper.count(entry.inbound_rtp.inbound)


class Deeper:
    """Lets frames wait, and makes statistics those of a buffer in which they waited."""

    def __init__(self, late_s: float) -> None:
        self._late_s = late_s
        self._later = Later()
        self._given = self._handed_on = 0
        self._handed_on_s: deque[float] = deque(maxlen=MOST)
        self._told: deque[tuple[float, float, int]] = deque(maxlen=MOST)

    def hand_on(self, put: Put, event: FfiEvent) -> None:
        """Put a frame when it has waited."""

        def put_late(frame: FfiEvent) -> None:
            put(frame)
            self._handed_on += 1
            self._handed_on_s.append(monotonic())

        self._given += 1
        self._later.give(put_late, event, self._late_s)

    def count(self, inbound: Any) -> None:  # noqa: ANN401 - a message of the SDK
        """Count as received what was handed on, and as time in the buffer what it waited here."""
        now_s = monotonic()
        told = (now_s, inbound.jitter_buffer_delay, inbound.jitter_buffer_emitted_count)
        self._told.append(told)
        times_s, delays_s, counts = zip(*self._told, strict=True)
        then_s = now_s - self._late_s
        emitted = int(np.interp(then_s, times_s, counts))
        inbound.jitter_buffer_emitted_count = emitted
        waited_s = float(np.interp(then_s, times_s, delays_s)) + self._late_s * emitted
        inbound.jitter_buffer_delay = waited_s
        waiting = self._given - self._handed_on
        samples = waiting * FRAME_SAMPLES
        inbound.total_samples_received = max(0, inbound.total_samples_received - samples)
        inbound.frames_decoded = max(0, inbound.frames_decoded - waiting)
        if inbound.frames_decoded:
            since_s = now_s - FPS_WINDOW_S
            inbound.frames_per_second = sum(at_s > since_s for at_s in list(self._handed_on_s))


SABOTAGE = Sabotage(
    name="deep-buffers",
    breaks="a receiver's jitter buffers hold sound 1.5 s and pictures 1 s longer, and say so",
    kills=frozenset(
        {
            *("LAT-001", "LAT-002", "LAT-003", "LAT-004", "LAT-005", "LAT-006"),
            *("SYNC-007", "SYNC-010", "SYNC-011", "SYNC-020", "SYNC-021", "SYNC-023"),
            *("SYNC-025", "SYNC-026", "SYNC-027", "SYNC-028", "SYNC-030", "SYNC-031"),
            *("SYNC-032", "SYNC-033"),
        }
    ),
    tampers=(f"{__name__}:{deep_buffers.__name__}",),
)
