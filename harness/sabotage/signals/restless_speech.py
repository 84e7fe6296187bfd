"""Speech that begins late, and pauses whose first half hums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.sabotage.sabotage import Sabotage
from harness.signals.sound import Tone

if TYPE_CHECKING:
    from harness.participant.tampering import Samples, Tampering
    from harness.signals.generator import SoundSignal

LATE_MS = 20
HUM_HZ, HUM = 700, 100


def restless_speech(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.sounds(_restless)


def _restless(samples: Samples, sound: SoundSignal, start: int, stop: int) -> NDArray[np.int16]:
    made = samples(start, stop)
    if isinstance(sound, Tone) and sound.pause_ms and sound.marker:
        n = np.arange(start, stop)
        place = n * 1000 // sound.sample_rate % (sound.sound_ms + sound.pause_ms)
        made[place < LATE_MS] = 0
        pause = (place >= sound.sound_ms) & (place < sound.sound_ms + sound.pause_ms // 2)
        hum = HUM * np.sin(2 * np.pi * HUM_HZ * n[pause] / sound.sample_rate)
        made[pause] = np.rint(hum).astype(np.int16)[:, None]
    return made


SABOTAGE = Sabotage(
    name="restless-speech",
    breaks="sound with pauses and markers lacks its first 20 ms after each, and half of each hums",
    kills=frozenset({"DTX-012", "DTX-013"}),
    tampers=(f"{__name__}:{restless_speech.__name__}",),
)
