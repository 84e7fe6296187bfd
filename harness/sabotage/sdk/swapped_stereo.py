"""Stereo sound whose left and right are exchanged on the way into a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import put_sound, sound_of

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

STEREO = 2


def swapped_stereo(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_swap)


def _swap(send: Send, request: FfiRequest) -> FfiResponse:
    if request.capture_audio_frame.buffer.num_channels == STEREO:
        put_sound(request, sound_of(request)[:, ::-1])
    return send(request)


SABOTAGE = Sabotage(
    name="swapped-stereo",
    breaks="left and right of a stereo sound are exchanged",
    kills=frozenset({"AUD-024"}),
    tampers=(f"{__name__}:{swapped_stereo.__name__}",),
)
