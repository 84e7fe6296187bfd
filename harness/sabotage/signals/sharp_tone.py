"""The highest of all tones is a little sharp, whatever the rate of its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.sabotage.sabotage import Sabotage
from harness.signals.sound import FULL_SCALE, PILOTS_HZ, Tone, amplitude

if TYPE_CHECKING:
    from harness.participant.tampering import Samples, Tampering
    from harness.signals.generator import SoundSignal

SHARP_HZ = 5


def sharp_tone(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.sounds(_sharp)


def _sharp(samples: Samples, sound: SoundSignal, start: int, stop: int) -> NDArray[np.int16]:
    if not isinstance(sound, Tone) or sound.pilot_hz != PILOTS_HZ[-1]:
        return samples(start, stop)
    turns = (sound.pilot_hz + SHARP_HZ) * np.arange(start, stop) / sound.sample_rate
    wave = amplitude(sound.pilot_dbfs) * FULL_SCALE * np.sin(2 * np.pi * turns)
    return np.rint(wave).astype(np.int16)[:, None].repeat(sound.channels, axis=1)


SABOTAGE = Sabotage(
    name="sharp-tone",
    breaks="a tone of 900 Hz is 5 Hz too high",
    kills=frozenset({"PUB-008", "SUB-011"}),
    tampers=(f"{__name__}:{sharp_tone.__name__}",),
)
