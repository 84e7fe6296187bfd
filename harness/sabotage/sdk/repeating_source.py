"""A video source that captures its last picture again when it is given no other."""

from __future__ import annotations

from threading import Timer
from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import kept_picture

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

IDLE_S = 0.5
REPEATED_S = (0.0, 0.1, 0.2)
"""After the source was idle for so long."""


def repeating_source(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_Repeating().ask)


class _Repeating:
    def __init__(self) -> None:
        self._timers: dict[int, list[Timer]] = {}

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        if request.WhichOneof("message") == "capture_video_frame":
            source = request.capture_video_frame.source_handle
            for timer in self._timers.pop(source, []):
                timer.cancel()
            self._timers[source] = [
                Timer(IDLE_S + after_s, send, [kept_picture(request)]) for after_s in REPEATED_S
            ]
            for timer in self._timers[source]:
                timer.daemon = True
                timer.start()
        return send(request)


SABOTAGE = Sabotage(
    name="repeating-source",
    breaks="a source that was given no picture for half a second captures its last one again",
    kills=frozenset({"VID-045", "WIRE-001"}),
    tampers=(f"{__name__}:{repeating_source.__name__}",),
)
