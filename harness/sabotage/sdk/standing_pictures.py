"""Large pictures that stand still for 2.3 s in the fourth second of their stream."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

LARGE_PX = 360
"""Lines above which a picture is large."""
STILL_S = (3.5, 5.8)
"""From the first large picture of a stream on."""


def standing_pictures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.events(Standing().tell)


class Standing:
    """Knows of each stream since when it is one of large pictures."""

    def __init__(self) -> None:
        self._since_s: dict[int, float] = {}

    def tell(self, put: Put, event: FfiEvent) -> None:
        """Put all but what comes while a picture shall stand still."""
        stream = event.video_stream_event.stream_handle
        now_s = monotonic()
        if event.video_stream_event.frame_received.buffer.info.height > LARGE_PX:
            self._since_s.setdefault(stream, now_s)
        begin_s, end_s = STILL_S
        if not begin_s <= now_s - self._since_s.get(stream, now_s) < end_s:
            put(event)


SABOTAGE = Sabotage(
    name="standing-pictures",
    breaks="a picture that was ever above 360 lines stands still for 2.3 s",
    kills=frozenset({"LAY-004", "LAY-008", "LAY-018"}),
    tampers=(f"{__name__}:{standing_pictures.__name__}",),
)
