from __future__ import annotations

import numpy as np
import pytest

from harness.sabotage.sdk.messages import sound_of
from harness.sabotage.sdk.swapped_stereo import swapped_stereo
from tests.sabotage.captures import Library, other_request, sound_capture
from tests.sabotage.seams import changes_of

[change] = changes_of(swapped_stereo).values()


@pytest.mark.parametrize("channels", [1, 2])
def test_left_is_right_and_mono_stays(channels: int) -> None:
    samples = np.arange(480 * channels, dtype=np.int16).reshape(-1, channels)
    library = Library()
    change(library.send, sound_capture(samples))

    np.testing.assert_array_equal(sound_of(library.asked[0]), samples[:, ::-1])


def test_what_is_no_sound_passes() -> None:
    library = Library()
    change(library.send, other_request())

    assert library.asked == [other_request()]
