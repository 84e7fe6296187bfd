"""Sources whose sample rate is taken for another, so that they are heard too low."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

TAKEN_FOR_HZ = {44_100: 44_000}


def wrong_rates(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_mistake)


def _mistake(send: Send, request: FfiRequest) -> FfiResponse:
    message = request.WhichOneof("message")
    if message == "new_audio_source":
        asked_hz = request.new_audio_source.sample_rate
        request.new_audio_source.sample_rate = TAKEN_FOR_HZ.get(asked_hz, asked_hz)
    elif message == "capture_audio_frame":
        buffer = request.capture_audio_frame.buffer
        buffer.sample_rate = TAKEN_FOR_HZ.get(buffer.sample_rate, buffer.sample_rate)
    return send(request)


SABOTAGE = Sabotage(
    name="wrong-rates",
    breaks="sound of 44.1 kHz is taken for sound of 44 kHz",
    kills=frozenset({"AUD-022", "AUD-045"}),
    tampers=(f"{__name__}:{wrong_rates.__name__}",),
)
