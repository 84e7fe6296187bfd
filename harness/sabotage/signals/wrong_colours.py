"""Pictures in the complements of their colours; what is bright and what is dark stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import Draw, Tampering
    from harness.signals.picture import ColourCode


def wrong_colours(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.pictures(_complement)


def _complement(draw: Draw, spec: ColourCode, n: int) -> NDArray[np.uint8]:
    drawn = draw(n)
    luma = spec.width * spec.height
    return np.concatenate([drawn[:luma], np.negative(drawn[luma:])])  # 256 less each: 128 is grey


SABOTAGE = Sabotage(
    name="wrong-colours",
    breaks="pictures are sent in the complements of their colours",
    kills=frozenset(
        {
            *("PUB-003", "PIC-002", "NET-002", "FRZ-002"),
            *("VID-047", "VID-048", "VID-049", "VID-050"),
        }
    ),
    tampers=(f"{__name__}:{wrong_colours.__name__}",),
)
