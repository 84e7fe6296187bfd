"""A video source that captures its last picture again when it is given no other."""

from __future__ import annotations

from threading import Timer
from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import kept_picture

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

IDLE_S, EVERY_S = 0.5, 0.3
"""After so long the last picture is captured again, and then so often."""
MOST = 20


def repeating_source(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_Repeating().ask)


class _Repeating:
    def __init__(self) -> None:
        self._timers: dict[int, Timer] = {}

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        if request.WhichOneof("message") == "capture_video_frame":
            source = request.capture_video_frame.source_handle
            if source in self._timers:
                self._timers[source].cancel()
            self._later(IDLE_S, send, kept_picture(request), MOST)
        return send(request)

    def _later(self, after_s: float, send: Send, request: FfiRequest, times: int) -> None:
        timer = Timer(after_s, self._again, [send, request, times])
        timer.daemon = True
        self._timers[request.capture_video_frame.source_handle] = timer
        timer.start()

    def _again(self, send: Send, request: FfiRequest, times: int) -> None:
        if times > 1:
            self._later(EVERY_S, send, request, times - 1)
        send(request)


SABOTAGE = Sabotage(
    name="repeating-source",
    breaks="a source that was given no picture for half a second captures its last one again",
    kills=frozenset({"VID-045", "WIRE-001"}),
    tampers=(f"{__name__}:{repeating_source.__name__}",),
)
