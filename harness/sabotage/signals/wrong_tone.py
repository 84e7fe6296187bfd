"""What is published sounds a tone too high, and nobody is told.

The pilot of a tone is exchanged for the next one, 100 Hz higher; markers, levels and times stay as
they are.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.sabotage.sabotage import Sabotage
from harness.signals.generator import SoundGenerator, SoundSignal, generator_of
from harness.signals.sound import PILOTS_HZ, Tone

if TYPE_CHECKING:
    from harness.participant.tampering import Samples, Tampering


def wrong_tone(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.sounds(_next_pilot)


def _next_pilot(samples: Samples, sound: SoundSignal, start: int, stop: int) -> NDArray[np.int16]:
    if not isinstance(sound, Tone):
        return samples(start, stop)
    pilots = [pilot for pilot in PILOTS_HZ if pilot != sound.right_pilot_hz]
    following = pilots[(pilots.index(sound.pilot_hz) + 1) % len(pilots)]
    return _of(replace(sound, pilot_hz=following)).samples(start, stop)


@cache
def _of(tone: Tone) -> SoundGenerator:
    """To make it takes longer than a frame lasts."""
    return generator_of(tone)


SABOTAGE = Sabotage(
    name="wrong-tone",
    breaks="every tone is sent with the pilot of another",
    kills=frozenset(
        {
            *("MUTE-008", "MUTE-016"),
            *("PUB-001", "PUB-002", "PUB-007"),
            *("SUB-001", "SUB-005", "SUB-011"),
        }
    ),
    tampers=(f"{__name__}:{wrong_tone.__name__}",),
)
