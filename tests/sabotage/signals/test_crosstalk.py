from __future__ import annotations

import numpy as np
import pytest

from harness.sabotage.signals.crosstalk import BELOW_DB, OTHER_HZ, crosstalk
from harness.signals.generator import generator_of
from harness.signals.hearing import pilot_levels_dbfs
from harness.signals.sound import Tone
from harness.signals.sweep import Sweep
from tests.sabotage.seams import changes_of

[change] = changes_of(crosstalk).values()


def test_another_tone_is_heard_faintly_beside_the_own() -> None:
    tone = Tone(pilot_hz=400, marker=None)
    heard = change(generator_of(tone).samples, tone, 480, 2400)

    levels = np.median(pilot_levels_dbfs(heard[:, 0], 48_000, [400, OTHER_HZ]), axis=0)
    assert levels == pytest.approx([tone.pilot_dbfs, tone.pilot_dbfs - BELOW_DB], abs=0.5)


@pytest.mark.parametrize(
    "sound",
    [Tone(pilot_hz=OTHER_HZ), Tone(pilot_hz=400, right_pilot_hz=500), Sweep()],
    ids=["the other itself", "stereo", "sweep"],
)
def test_all_else_stays(sound: Tone | Sweep) -> None:
    samples = generator_of(sound).samples

    assert np.array_equal(change(samples, sound, 480, 960), samples(480, 960))
