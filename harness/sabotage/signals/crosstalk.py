"""A sound in which another publisher's tone is heard, 20 dB below its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.sabotage.sabotage import Sabotage
from harness.signals.generator import SoundSignal, generator_of
from harness.signals.sound import Tone

if TYPE_CHECKING:
    from harness.participant.tampering import Samples, Tampering

OTHER_HZ = 700
BELOW_DB = 20


def crosstalk(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.sounds(_mixed)


def _mixed(samples: Samples, sound: SoundSignal, start: int, stop: int) -> NDArray[np.int16]:
    own = samples(start, stop)
    if not isinstance(sound, Tone) or sound.pilot_hz == OTHER_HZ or sound.channels > 1:
        return own
    other = replace(sound, pilot_hz=OTHER_HZ, pilot_dbfs=sound.pilot_dbfs - BELOW_DB, marker=None)
    return own + generator_of(other).samples(start, stop)


SABOTAGE = Sabotage(
    name="crosstalk",
    breaks="in every sound another tone is heard faintly",
    kills=frozenset({"PERM-032"}),
    tampers=(f"{__name__}:{crosstalk.__name__}",),
)
