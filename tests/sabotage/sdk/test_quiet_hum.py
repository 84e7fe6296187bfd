from __future__ import annotations

import numpy as np
import pytest

from harness.sabotage.sdk.messages import sound_of
from harness.sabotage.sdk.quiet_hum import HUM, quiet_hum
from tests.sabotage.captures import Library, other_request, sound_capture
from tests.sabotage.seams import changes_of

[change] = changes_of(quiet_hum).values()


@pytest.mark.parametrize(("peak", "heard"), [(255, HUM), (0, 0), (1600, 1600)])
def test_a_quiet_sound_is_drowned(peak: int, heard: int) -> None:
    library = Library()
    change(library.send, sound_capture(np.full((480, 2), peak, np.int16)))
    samples = sound_of(library.asked[0])

    assert samples.shape == (480, 2)
    assert samples.max() == heard


def test_another_request_passes_and_probes_are_left_alone() -> None:
    library = Library()
    change(library.send, other_request())

    assert library.asked == [other_request()]
    assert changes_of(quiet_hum, identity="probe1") == {}
