"""A receiver that has no room for loud sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.frames import sound_in

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

LOUD = 20_000
"""Peak from which on a frame is clipped, of 32768."""
TIMES = 1.5


def clipping_receiver(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.events(_clip)


def _clip(put: Put, event: FfiEvent) -> None:
    samples = sound_in(event)
    if samples is not None and np.abs(samples.astype(np.int32)).max(initial=0) >= LOUD:
        limits = np.iinfo(np.int16)
        samples[:] = np.clip(TIMES * samples, limits.min, limits.max).astype(np.int16)
    put(event)


SABOTAGE = Sabotage(
    name="clipping-receiver",
    breaks="loud sound is amplified and clipped where it is received",
    kills=frozenset({"SND-004"}),
    tampers=(f"{__name__}:{clipping_receiver.__name__}",),
)
