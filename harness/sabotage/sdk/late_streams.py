"""Receive streams that hand over each frame 0.75 s late, whatever becomes of the track by then."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

from harness.evidence.clock import NS_PER_S, now_ns
from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import in_probe

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

LATE_S = 0.75
OF_STREAMS = ("audio_stream_event", "video_stream_event")
MOST = 10_000


def late_streams(tampering: Tampering) -> None:
    """See `harness.participant.tampering`. What only makes bare calls is left alone."""
    if not in_probe(tampering):
        tampering.events(Late().event)


class Late:
    """Keeps what streams bring, in its order, and puts it when its time has come."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[int, Put, FfiEvent]] = queue.Queue(MOST)
        threading.Thread(target=self._deliver, daemon=True).start()

    def event(self, put: Put, event: FfiEvent) -> None:
        """Put all that is of no stream at once."""
        if event.WhichOneof("message") in OF_STREAMS:
            self._waiting.put_nowait((now_ns() + int(LATE_S * NS_PER_S), put, event))
        else:
            put(event)

    def _deliver(self) -> None:
        while True:
            due_ns, put, event = self._waiting.get()
            time.sleep(max(0.0, (due_ns - now_ns()) / NS_PER_S))
            put(event)


SABOTAGE = Sabotage(
    name="late-streams",
    breaks="receive streams hand over sound and pictures 0.75 s late",
    kills=frozenset(
        {
            *("MUTE-002", "MUTE-003", "MUTE-008", "MUTE-009", "MUTE-010", "MUTE-012", "MUTE-013"),
            *("MUTE-024", "MUTE-026", "MUTE-034", "MUTE-036", "MUTE-037", "MUTE-038", "MUTE-040"),
            *("MUTE-045", "MUTE-046", "MUTE-050", "PERM-002", "PERM-003", "PERM-026", "PERM-027"),
            *("SUB-007", "SUB-012", "SUB-021", "SUB-022", "SUB-027", "SUB-028", "SUB-030"),
            *("SUB-031", "SPK-015", "SPK-016", "SPK-017", "PUB-003"),
        }
    ),
    tampers=(f"{__name__}:{late_streams.__name__}",),
)
