from __future__ import annotations

import numpy as np
import pytest

from harness.sabotage.signals.stale import stale
from harness.signals.generator import generator_of
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from tests.sabotage.seams import changes_of

CHANGES = changes_of(stale)


@pytest.mark.parametrize(
    ("start", "older"), [(0, 0), (71_999, 71_999), (72_000, 0), (96_000, 24_000)]
)
def test_sound_is_old_once_there_is_such(start: int, older: int) -> None:
    tone = Tone(marker="order")
    samples = generator_of(tone).samples

    given = CHANGES["sounds"](samples, tone, start, start + 480)
    assert np.array_equal(given, samples(older, older + 480))


@pytest.mark.parametrize(("n", "drawn"), [(0, 0), (15, 0), (40, 18)])
def test_pictures_are_old(n: int, drawn: int) -> None:
    given = CHANGES["pictures"](lambda number: number, ColourCode(track_code=1, fps=15), n)

    assert given == drawn
