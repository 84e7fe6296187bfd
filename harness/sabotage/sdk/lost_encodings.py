"""Captures of some encodings that go nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.participant.tampering import not_sent
from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import Encoding

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

LOST = tuple(one.wire for one in (Encoding.BGRA, Encoding.I444, Encoding.NV12, Encoding.I010))


def lost_encodings(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_lose)


def _lose(send: Send, request: FfiRequest) -> FfiResponse:
    captured = request.WhichOneof("message") == "capture_video_frame"
    if captured and request.capture_video_frame.buffer.type in LOST:
        return not_sent()
    return send(request)


SABOTAGE = Sabotage(
    name="lost-encodings",
    breaks="frames that are captured in BGRA, I444, NV12 or I010 are lost",
    kills=frozenset(
        {"VID-029", "VID-030", "VID-037", "WIRE-011", "WIRE-012", "WIRE-013", "WIRE-014"}
    ),
    tampers=(f"{__name__}:{lost_encodings.__name__}",),
)
