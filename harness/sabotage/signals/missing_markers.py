"""Sound of which every fourth marker is missing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.sabotage.sabotage import Sabotage
from harness.signals.generator import SoundGenerator, SoundSignal, generator_of
from harness.signals.sound import MARKER_PERIOD_MS, Tone

if TYPE_CHECKING:
    from harness.participant.tampering import Samples, Tampering

EVERY = 4


def missing_markers(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.sounds(_without_some)


def _without_some(samples: Samples, sound: SoundSignal, start: int, stop: int) -> NDArray[np.int16]:
    made = samples(start, stop)
    if isinstance(sound, Tone) and sound.marker:
        period = np.arange(start, stop) // (sound.sample_rate * MARKER_PERIOD_MS // 1000)
        missing = period % EVERY == 1
        made[missing] = _plain(sound).samples(start, stop)[missing]
    return made


@cache
def _plain(tone: Tone) -> SoundGenerator:
    """The same tone without markers; to make one takes longer than a frame lasts."""
    return generator_of(replace(tone, marker=None))


SABOTAGE = Sabotage(
    name="missing-markers",
    breaks="every fourth marker of a sound is not sent",
    kills=frozenset({"MUTE-016", "PERM-005", "PUB-002", "RED-010", "RED-013", "SUB-009"}),
    tampers=(f"{__name__}:{missing_markers.__name__}",),
)
