from __future__ import annotations

import numpy as np
import pytest

from harness.sabotage.signals.late_speech import LATE_MS, late_speech
from harness.signals.generator import SoundSignal, generator_of
from harness.signals.sound import Tone
from harness.signals.sweep import Sweep
from tests.sabotage.seams import changes_of

[change] = changes_of(late_speech).values()
SPEECH = Tone(sound_ms=1000, pause_ms=3000)
LATE = 48 * LATE_MS


def test_speech_begins_late() -> None:
    samples = generator_of(SPEECH).samples
    heard = np.concatenate([change(samples, SPEECH, n, n + 960) for n in range(0, 96_000, 960)])

    assert not heard[:LATE].any()
    np.testing.assert_array_equal(heard[LATE:], samples(0, 96_000 - LATE))


@pytest.mark.parametrize("sound", [Tone(), Tone(marker=None, pause_ms=500), Sweep()])
def test_another_sound_is_left_alone(sound: SoundSignal) -> None:
    samples = generator_of(sound).samples

    np.testing.assert_array_equal(change(samples, sound, 0, 480), samples(0, 480))
