"""Captures of pictures that wait for each other."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Lock, Timer
from typing import TYPE_CHECKING

from harness.participant.tampering import not_sent
from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import in_probe, kept_picture

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

TURN_S = 1 / 30
BURST_S = 0.005
"""Captures that are so close are a burst."""


def captures_in_turn(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if in_probe(tampering):
        tampering.replace("VideoSource.capture_frame", _slow)
    else:
        tampering.requests(_Queue().ask)


def _slow(there: Callable[..., None]) -> Callable[..., None]:
    def capture_frame(*args: object, **options: object) -> None:
        time.sleep(TURN_S)
        there(*args, **options)

    return capture_frame


class _Queue:
    """Lets one picture of a burst out each turn."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[FfiRequest] = deque(maxlen=60)
        self._last_s = 0.0

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        if request.WhichOneof("message") != "capture_video_frame":
            return send(request)
        with self._lock:
            now_s = time.monotonic()
            close, self._last_s = now_s - self._last_s < BURST_S, now_s
            if not (close or self._waiting):
                return send(request)
            self._waiting.append(kept_picture(request))
            if len(self._waiting) == 1:
                self._wait(send)
        return not_sent()

    def _wait(self, send: Send) -> None:
        timer = Timer(TURN_S, self._next, [send])
        timer.daemon = True
        timer.start()

    def _next(self, send: Send) -> None:
        with self._lock:
            send(self._waiting.popleft())
            if self._waiting:
                self._wait(send)


SABOTAGE = Sabotage(
    name="captures-in-turn",
    breaks="pictures that are captured in one go wait for each other, at 30 a second",
    kills=frozenset({"VID-046", "WIRE-020"}),
    tampers=(f"{__name__}:{captures_in_turn.__name__}",),
)
