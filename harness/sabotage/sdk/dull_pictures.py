"""Pictures that are darker in their upper half when they come out of the native library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.participant.tampered_memory import memory
from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import in_probe

if TYPE_CHECKING:
    from harness.participant.tampering import (
        FfiEvent,
        FfiRequest,
        FfiResponse,
        Put,
        Send,
        Tampering,
    )

KEPT_BITS = 0xEF
"""To take a bit away twice, where two streams share a picture, is to take it away once."""


def dull_pictures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if in_probe(tampering):
        tampering.requests(_converted)
        tampering.events(_received)


def _converted(send: Send, request: FfiRequest) -> FfiResponse:
    response = send(request)
    if response.video_convert.HasField("buffer"):
        _dull(response.video_convert.buffer.info)
    return response


def _received(put: Put, event: FfiEvent) -> None:
    if event.video_stream_event.HasField("frame_received"):
        _dull(event.video_stream_event.frame_received.buffer.info)
    put(event)


def _dull(picture: Any) -> None:  # noqa: ANN401 - a message of the SDK
    """The first half of the first plane, which is all there is of a packed encoding."""
    plane = picture.components[0].size if picture.components else picture.stride * picture.height
    memory(picture.data_ptr, plane // 2)[:] &= KEPT_BITS


SABOTAGE = Sabotage(
    name="dull-pictures",
    breaks="pictures that are converted or received lack a bit in their upper half",
    kills=frozenset(
        {
            *("VID-023", "VID-024", "VID-025", "VID-026", "VID-027", "VID-028", "VID-033"),
            *("VID-036", "WIRE-015", "WIRE-018"),
        }
    ),
    tampers=(f"{__name__}:{dull_pictures.__name__}",),
)
