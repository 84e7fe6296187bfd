from __future__ import annotations

import numpy as np

from harness.sabotage.signals.missing_markers import missing_markers
from harness.signals.generator import generator_of
from harness.signals.sound import Tone
from harness.signals.sweep import Sweep
from tests.sabotage.seams import changes_of

[change] = changes_of(missing_markers).values()
PERIOD = 24_000


def test_every_fourth_marker_is_missing() -> None:
    tone = Tone()
    samples = generator_of(tone).samples
    heard = np.split(change(samples, tone, 0, 8 * PERIOD), 8)
    plain = generator_of(Tone(marker=None)).samples(0, PERIOD)

    for number, period in enumerate(heard):
        wanted = plain if number in (1, 5) else samples(0, PERIOD)
        np.testing.assert_array_equal(period, wanted)


def test_a_sweep_is_left_alone() -> None:
    samples = generator_of(Sweep()).samples

    np.testing.assert_array_equal(change(samples, Sweep(), 0, 480), samples(0, 480))
