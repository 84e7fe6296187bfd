from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.sabotage.signals.coarse_pictures import coarse_pictures
from harness.signals.picture import ColourCode
from tests.sabotage.seams import changes_of

[change] = changes_of(coarse_pictures).values()


def draw(n: int) -> NDArray[np.uint8]:
    return np.array([n], np.uint8)


def shown(spec: ColourCode, numbers: range) -> list[int]:
    return [int(change(draw, spec, n)[0]) for n in numbers]


def test_every_fourth_picture_is_shown_too_early_and_stands_still_at_times() -> None:
    fast = ColourCode(track_code=3, fps=30)

    assert shown(fast, range(1, 9)) == [4, 4, 4, 8, 8, 8, 8, 12]
    assert set(shown(fast, range(60, 90))) == {64}
    assert shown(fast, range(90, 91)) == [92]


def test_other_cameras_are_left_alone() -> None:
    assert shown(ColourCode(track_code=3), range(1, 9)) == list(range(1, 9))
    assert shown(ColourCode(track_code=4, fps=30), range(1, 9)) == list(range(1, 9))
