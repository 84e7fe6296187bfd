"""A receiver that hands on pictures later and later: those of tracks called camera or pictures."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.later import Later
from harness.sabotage.sdk.tracks import Streams

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

NAMES = ("camera", "pictures")
LATE_S = 0.2
LATER_RATIO = 0.05
"""By so much of the time since the first picture."""


def drifting_pictures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    receiver = _Receiver()
    tampering.requests(receiver.streams.ask)
    tampering.events(receiver.tell)


class _Receiver:
    def __init__(self) -> None:
        self.streams = Streams()
        self._began: dict[int, tuple[float, Later]] = {}

    def tell(self, put: Put, event: FfiEvent) -> None:
        self.streams.told(event)
        if self.streams.name_of(event) not in NAMES:
            put(event)
            return
        stream, now_s = event.video_stream_event.stream_handle, monotonic()
        if stream not in self._began:
            self._began[stream] = (now_s, Later())
        began_s, later = self._began[stream]
        later.give(put, event, LATE_S + LATER_RATIO * (now_s - began_s))


SABOTAGE = Sabotage(
    name="drifting-pictures",
    breaks="pictures are handed on 200 ms late, and each second 50 ms later than the one before",
    kills=frozenset(
        {
            *("SYNC-001", "SYNC-002", "SYNC-003", "SYNC-012", "SYNC-015", "SYNC-016"),
            *("SYNC-017", "SYNC-018", "SYNC-022", "SYNC-034"),
        }
    ),
    tampers=(f"{__name__}:{drifting_pictures.__name__}",),
)
