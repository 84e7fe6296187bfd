"""Sound that loses its ends on the way into a source with a queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import put_sound, sound_of

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

CUT = 48
"""Samples, a millisecond at 48 kHz."""
EVERY = 20


def torn_captures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_Torn().ask)


class _Torn:
    def __init__(self) -> None:
        self._queued: set[int] = set()
        self._captures = 0

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        if request.WhichOneof("message") == "capture_audio_frame":
            self._tear(request)
        response = send(request)
        if request.new_audio_source.queue_size_ms:
            self._queued.add(response.new_audio_source.source.handle.id)
        return response

    def _tear(self, request: FfiRequest) -> None:
        capture = request.capture_audio_frame
        if capture.source_handle not in self._queued or not capture.buffer.num_channels:
            return
        self._captures += 1
        samples = sound_of(request)
        samples[0 if self._captures % EVERY == 0 else -CUT :] = 0
        put_sound(request, samples)


SABOTAGE = Sabotage(
    name="torn-captures",
    breaks="of each frame for a source with a queue the last millisecond is silent, and every "
    "twentieth is silent",
    kills=frozenset({"AUD-005", "AUD-006", "AUD-011", "AUD-012", "AUD-021", "AUD-049"}),
    tampers=(f"{__name__}:{torn_captures.__name__}",),
)
