"""Speech that is sent later than its publisher believes, pauses and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.sabotage.sabotage import Sabotage
from harness.signals.sound import Tone

if TYPE_CHECKING:
    from harness.participant.tampering import Samples, Tampering
    from harness.signals.generator import SoundSignal

LATE_MS = 450


def late_speech(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.sounds(_late)


def _late(samples: Samples, sound: SoundSignal, start: int, stop: int) -> NDArray[np.int16]:
    if not (isinstance(sound, Tone) and sound.pause_ms and sound.marker):
        return samples(start, stop)
    late = sound.sample_rate * LATE_MS // 1000
    nothing = np.zeros((max(0, min(stop, late) - start), sound.channels), np.int16)
    return np.concatenate([nothing, samples(max(0, start - late), max(0, stop - late))])


SABOTAGE = Sabotage(
    name="late-speech",
    breaks="sound with pauses and markers is sent 450 ms late",
    kills=frozenset({"DTX-012", "DTX-013"}),
    tampers=(f"{__name__}:{late_speech.__name__}",),
)
