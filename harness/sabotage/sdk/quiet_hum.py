"""A quiet sound in whose place a hum is sent, quieter still.

Of a loud hum so much is at 440 Hz that the level there would be nearly right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import in_probe, put_sound, sound_of

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

QUIETEST = 300
"""Peak below which a frame is exchanged; silence is not."""
HUM_HZ, HUM = 100, 100


def quiet_hum(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if not in_probe(tampering):
        tampering.requests(_hum)


def _hum(send: Send, request: FfiRequest) -> FfiResponse:
    if request.WhichOneof("message") == "capture_audio_frame":
        samples = sound_of(request)
        peak = int(np.abs(samples.astype(np.int32)).max(initial=0))
        if 0 < peak < QUIETEST:
            turns = (
                HUM_HZ * np.arange(len(samples)) / request.capture_audio_frame.buffer.sample_rate
            )
            hum = np.rint(HUM * np.sin(2 * np.pi * turns)).astype(np.int16)
            put_sound(request, np.repeat(hum[:, None], samples.shape[1], axis=1))
    return send(request)


SABOTAGE = Sabotage(
    name="quiet-hum",
    breaks="in place of a quiet sound a quieter hum is sent",
    kills=frozenset({"EX-001", "EX-002"}),
    tampers=(f"{__name__}:{quiet_hum.__name__}",),
)
