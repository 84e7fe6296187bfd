from __future__ import annotations

import numpy as np
import pytest
from livekit import rtc

from harness.sabotage.sdk.planar_stereo import planar_stereo
from tests.sabotage.seams import changes_of

[make] = changes_of(planar_stereo).values()
data = make(vars(rtc.AudioFrame)["data"])


@pytest.mark.parametrize(("channels", "told"), [(2, [1, 3, 5, 2, 4, 6]), (1, [1, 2, 3, 4, 5, 6])])
def test_channels_follow_each_other(channels: int, told: list[int]) -> None:
    samples = np.arange(1, 7, dtype=np.int16)
    frame = rtc.AudioFrame(samples.tobytes(), 48_000, channels, 6 // channels)

    assert data.fget(frame).tolist() == told
    assert data.fget(frame).format == "h"
