from __future__ import annotations

import numpy as np

from harness.sabotage.sdk.sleeping_silence import ASLEEP, AWAKE, sleeping_silence
from tests.sabotage.captures import Library, other_request, sound_capture
from tests.sabotage.seams import changes_of

SILENT, LOUD = np.zeros((480, 1), np.int16), np.ones((480, 1), np.int16)


def test_silence_is_not_taken_for_a_while() -> None:
    [change], library = changes_of(sleeping_silence).values(), Library()
    for _ in range(AWAKE + ASLEEP):
        change(library.send, sound_capture(SILENT))

    assert len(library.asked) == AWAKE


def test_who_has_spoken_may_be_silent() -> None:
    [change], library = changes_of(sleeping_silence).values(), Library()
    change(library.send, sound_capture(LOUD))
    for _ in range(AWAKE + ASLEEP):
        change(library.send, sound_capture(SILENT))
    change(library.send, other_request())

    assert len(library.asked) == 2 + AWAKE + ASLEEP
