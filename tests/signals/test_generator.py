from __future__ import annotations

import numpy as np

from harness.signals.generator import generator_of
from harness.signals.sound import Tone, ToneGenerator
from harness.signals.sweep import Sweep, SweepGenerator


def test_each_sound_has_its_generator() -> None:
    tone, sweep = Tone(pilot_hz=700), Sweep(direction="down")
    for made, expected in (
        (generator_of(tone), ToneGenerator(tone)),
        (generator_of(sweep), SweepGenerator(sweep)),
    ):
        assert np.array_equal(made.samples(100, 500), expected.samples(100, 500))
