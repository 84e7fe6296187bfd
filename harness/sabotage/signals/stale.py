"""What is sent is 1.5 s older than it should be, sound and pictures alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import Draw, Samples, Tampering
    from harness.signals.generator import SoundSignal
    from harness.signals.picture import ColourCode

OLD_S = 1.5
"""More than the second that PUB-003 and NET-002 wait for what comes late."""


def stale(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.sounds(_older_sound)
    tampering.pictures(_older_picture)


def _older_sound(samples: Samples, sound: SoundSignal, start: int, stop: int) -> NDArray[np.int16]:
    old = int(OLD_S * sound.sample_rate)
    return samples(start - old, stop - old) if start >= old else samples(start, stop)


def _older_picture(draw: Draw, code: ColourCode, n: int) -> NDArray[np.uint8]:
    return draw(max(0, n - int(OLD_S * code.fps)))


SABOTAGE = Sabotage(
    name="stale",
    breaks="sources hand over what was due 1.5 s ago",
    kills=frozenset(
        {
            *("DTX-013", "MUTE-009", "MUTE-013", "MUTE-025", "NET-002", "PIC-002", "PUB-003"),
            *("SPK-015", "SPK-016", "SPK-017"),
        }
    ),
    tampers=(f"{__name__}:{stale.__name__}",),
)
