from __future__ import annotations

import numpy as np
import pytest

from harness.sabotage.signals.sharp_tone import sharp_tone
from harness.signals.generator import generator_of
from harness.signals.sound import Tone
from tests.sabotage.seams import changes_of

[change] = changes_of(sharp_tone).values()


@pytest.mark.parametrize("sample_rate", [8000, 16_000, 48_000])
def test_the_highest_tone_is_sharp(sample_rate: int) -> None:
    tone = Tone(pilot_hz=900, sample_rate=sample_rate)
    samples = generator_of(tone).samples
    heard = np.concatenate([change(samples, tone, n, n + 80) for n in range(0, sample_rate, 80)])

    assert heard.shape == (sample_rate, 1)
    assert np.abs(np.fft.rfft(heard[:, 0])).argmax() == 905


def test_another_tone_is_left_alone() -> None:
    samples = generator_of(Tone()).samples

    np.testing.assert_array_equal(change(samples, Tone(), 0, 480), samples(0, 480))
