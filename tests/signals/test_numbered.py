from __future__ import annotations

import numpy as np
import pytest

from harness.signals.numbered import LAST, numbered, numbers


def test_every_sample_tells_its_number_and_none_is_silence() -> None:
    samples = numbered(0, LAST + 1)

    assert samples.min() == 1
    assert numbers(samples).tolist() == list(range(LAST + 1))
    assert numbers(np.zeros(2, np.int16)).tolist() == [-1, -1]


def test_a_slice_is_a_slice_of_the_whole() -> None:
    assert numbered(100, 200).tolist() == numbered(0, 300)[100:200].tolist()


@pytest.mark.parametrize(("start", "stop"), [(-1, 3), (3, 2), (0, LAST + 2)])
def test_samples_without_a_number_of_their_own_are_refused(start: int, stop: int) -> None:
    with pytest.raises(ValueError, match="there are 0 to 32766"):
        numbered(start, stop)
