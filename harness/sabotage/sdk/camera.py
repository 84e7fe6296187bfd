"""Captures of a camera, a track of that name, that come out otherwise than they went in."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from harness.participant.tampering import not_sent
from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.frames import enlarge
from harness.sabotage.sdk.messages import kept_picture
from harness.sabotage.sdk.tracks import VideoSources

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

CAMERA = "camera"
WIDTH = 320
"""Of a picture that comes out twice as large."""
ROUND = 6
"""Captures after which the disorder begins anew."""
IDLE_S = 0.8
DROPPED = 5
"""Captures after a rest; at 30 a second 170 ms."""


def disordered_camera(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_Disordered().ask)


def sleepy_camera(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_Sleepy().ask)


class _Disordered:
    """Of each six captures the second comes in place of the fourth, the fifth again for the sixth.

    One for one: of two within the time that the camera's highest rate leaves, the library takes
    only one. Small pictures are captured twice as large.
    """

    def __init__(self) -> None:
        self._sources = VideoSources()
        self._captures = 0
        self._held: FfiRequest | None = None

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        if not self._sources.captured_by(request, CAMERA):
            response = send(request)
            self._sources.learn(request, response)
            return response
        self._captures += 1
        place = self._captures % ROUND
        if place in {4, 0} and self._held is not None:
            request, self._held = self._held, None
        elif place in {2, 5}:
            self._held = kept_picture(request)
        if place == 2:
            return not_sent()
        picture = request.capture_video_frame.buffer
        if picture.width == WIDTH:
            enlarge(picture, 2)
        return send(request)


class _Sleepy:
    """After a rest a capture is held back until five more were made, which are lost."""

    def __init__(self) -> None:
        self._sources = VideoSources()
        self._last_s: float | None = None
        self._held: FfiRequest | None = None
        self._dropped = 0

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        if not self._sources.captured_by(request, CAMERA):
            response = send(request)
            self._sources.learn(request, response)
            return response
        before_s, self._last_s = self._last_s, monotonic()
        if before_s is not None and self._last_s - before_s > IDLE_S:
            self._held, self._dropped = kept_picture(request), 0
            return not_sent()
        if self._held is None:
            return send(request)
        self._dropped += 1
        if self._dropped < DROPPED:
            return not_sent()
        first, self._held = self._held, None
        return send(first)


SABOTAGES = (
    Sabotage(
        name="disordered-camera",
        breaks="pictures of a camera are captured in another order, twice, not at all, or twice "
        "as large",
        kills=frozenset({"WIRE-004", "WIRE-005", "WIRE-006", "WIRE-007", "WIRE-008", "WIRE-009"}),
        tampers=(f"{__name__}:{disordered_camera.__name__}",),
    ),
    Sabotage(
        name="sleepy-camera",
        breaks="the first picture of a camera after a rest comes five pictures late",
        kills=frozenset({"PIC-008"}),
        tampers=(f"{__name__}:{sleepy_camera.__name__}",),
    ),
)
