"""Any sound that a publisher sends: what it is, and its samples."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from harness.signals.sound import Tone, ToneGenerator
from harness.signals.spoken import Spoken, SpokenGenerator
from harness.signals.sweep import Sweep, SweepGenerator

SoundSignal = Tone | Sweep | Spoken
"""What a sound can be; each has a `sample_rate` and `channels`."""


class SoundGenerator(Protocol):
    """The samples of a sound, any slice of them."""

    def samples(self, start: int, stop: int) -> NDArray[np.int16]:
        """Samples `start` up to, not including, `stop`; shape (n, channels)."""


def generator_of(signal: SoundSignal) -> SoundGenerator:
    """What makes the samples of a sound."""
    if isinstance(signal, Spoken):
        return SpokenGenerator(signal)
    return SweepGenerator(signal) if isinstance(signal, Sweep) else ToneGenerator(signal)
