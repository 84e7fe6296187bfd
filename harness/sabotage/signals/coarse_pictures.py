"""A fast camera that shows every fourth picture, ahead of its time, and stands still at times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import Draw, Tampering
    from harness.signals.picture import ColourCode

FAST_FPS = 30
OF = 4
ROUND, STILL = 90, 30
"""Pictures; the last of each round stand still."""
TRACK_CODE = 3


def coarse_pictures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.pictures(_coarse)


def _coarse(draw: Draw, spec: ColourCode, n: int) -> NDArray[np.uint8]:
    if (spec.fps, spec.track_code) != (FAST_FPS, TRACK_CODE):
        return draw(n)
    still = n % ROUND - (ROUND - STILL)
    shown = n - still if still > 0 else n
    return draw(shown // OF * OF + OF)


SABOTAGE = Sabotage(
    name="coarse-pictures",
    breaks="a camera of 30 pictures a second shows every fourth, too early, and each three "
    "seconds stands still for one",
    kills=frozenset({"PIC-001", "PIC-002", "PIC-003", "PIC-005", "PIC-006"}),
    tampers=(f"{__name__}:{coarse_pictures.__name__}",),
)
