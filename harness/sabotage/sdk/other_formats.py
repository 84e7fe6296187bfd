"""Streams that give another format than they were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import Encoding, in_probe

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

OTHERS = {
    Encoding.RGBA: Encoding.BGRA,
    Encoding.BGRA: Encoding.RGBA,
    Encoding.ABGR: Encoding.ARGB,
    Encoding.ARGB: Encoding.ABGR,
}
ALWAYS_HZ = 48_000


def other_formats(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if in_probe(tampering):
        tampering.requests(_other)


def _other(send: Send, request: FfiRequest) -> FfiResponse:
    message = request.WhichOneof("message")
    if message == "new_audio_stream":
        request.new_audio_stream.sample_rate = ALWAYS_HZ
    elif message == "new_video_stream":
        stream = request.new_video_stream
        asked = Encoding(stream.format) if stream.HasField("format") else Encoding.BGRA
        stream.format = OTHERS.get(asked, asked).wire
    return send(request)


SABOTAGE = Sabotage(
    name="other-formats",
    breaks="streams give 48 kHz whatever rate they are asked for, other orders of red, green and "
    "blue, and RGBA where they are asked for none",
    kills=frozenset({"AUD-025", "VID-034", "VID-037", "WIRE-016", "WIRE-017"}),
    tampers=(f"{__name__}:{other_formats.__name__}",),
)
