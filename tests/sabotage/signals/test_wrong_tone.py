from __future__ import annotations

import numpy as np
import pytest

from harness.sabotage.signals.wrong_tone import wrong_tone
from harness.signals.generator import generator_of
from harness.signals.sound import PILOTS_HZ, Tone
from harness.signals.sweep import Sweep
from tests.sabotage.seams import changes_of

[change] = changes_of(wrong_tone).values()


@pytest.mark.parametrize(
    ("sent", "handed_over"),
    [
        (Tone(pilot_hz=400), Tone(pilot_hz=500)),
        (Tone(pilot_hz=PILOTS_HZ[-1]), Tone(pilot_hz=PILOTS_HZ[0])),
        (Tone(pilot_hz=400, right_pilot_hz=500), Tone(pilot_hz=600, right_pilot_hz=500)),
        (Sweep(), Sweep()),
    ],
    ids=["tone", "last of the alphabet", "stereo", "sweep"],
)
def test_a_pilot_is_that_of_another_and_all_else_stays(
    sent: Tone | Sweep, handed_over: Tone | Sweep
) -> None:
    samples = generator_of(sent).samples

    np.testing.assert_array_equal(
        change(samples, sent, 480, 960), generator_of(handed_over).samples(480, 960)
    )
