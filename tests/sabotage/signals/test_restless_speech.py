from __future__ import annotations

import numpy as np
import pytest

from harness.sabotage.signals.restless_speech import HUM, LATE_MS, restless_speech
from harness.signals.generator import SoundSignal, generator_of
from harness.signals.sound import Tone
from harness.signals.sweep import Sweep
from tests.sabotage.seams import changes_of

[change] = changes_of(restless_speech).values()
SPEECH = Tone(sound_ms=1000, pause_ms=3000)
LATE = 48 * LATE_MS


def test_speech_begins_late_and_its_pauses_hum() -> None:
    samples = generator_of(SPEECH).samples
    frames = [change(samples, SPEECH, n, n + 960) for n in range(0, 240_000, 960)]
    heard = np.concatenate(frames)
    first, speech, hum, pause, again = np.split(heard, [LATE, 48_000, 120_000, 192_000])

    assert not first.any()
    np.testing.assert_array_equal(speech, samples(LATE, 48_000))
    assert hum.max() == -hum.min() == HUM
    assert not pause.any()
    assert not again[:LATE].any()
    assert again[LATE:].any()


@pytest.mark.parametrize("sound", [Tone(), Tone(marker=None, pause_ms=500), Sweep()])
def test_another_sound_is_left_alone(sound: SoundSignal) -> None:
    samples = generator_of(sound).samples

    np.testing.assert_array_equal(change(samples, sound, 0, 480), samples(0, 480))
