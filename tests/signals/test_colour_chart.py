from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.signals.colour_chart import colour_chart, patch_chart
from harness.signals.pixel_layout import ENCODINGS, plane_sizes, unpack

SIDE = st.integers(1, 64)


@given(st.sampled_from(ENCODINGS), SIDE, SIDE)
def test_it_is_always_the_same_and_whole(encoding: str, width: int, height: int) -> None:
    chart = colour_chart(encoding, width, height)

    assert len(chart) == sum(plane_sizes(encoding, width, height))
    assert colour_chart(encoding, width, height) == chart


def test_in_odd_sizes_it_is_this_one() -> None:
    assert list(colour_chart("RGB24", 3, 3)) == [
        *(180, 60, 100, 180, 60, 100, 180, 60, 100),
        *(180, 60, 100, 180, 60, 100, 181, 61, 101),
        *(180, 60, 100, 181, 61, 101, 181, 61, 101),
    ]
    assert list(colour_chart("I420A", 5, 3)) == [
        *(90, 90, 90, 91, 91, 90, 90, 91, 91, 91, 90, 91, 91, 91, 92),
        *(70, 70, 71, 70, 71, 72),
        *(180, 180, 181, 180, 181, 182),
        *(140, 140, 140, 141, 141, 140, 140, 141, 141, 141, 140, 141, 141, 141, 142),
    ]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_in_large_sizes_it_reaches_both_ends_of_the_range(encoding: str) -> None:
    for name, samples in unpack(colour_chart(encoding, 320, 240), encoding, 320, 240).items():
        ends = {"Y": (16, 235), "U": (16, 240), "V": (16, 240)}.get(name, (0, 255))
        assert (samples.min(), samples.max()) == ends


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_in_even_sizes_it_covers_the_gamut_and_no_two_lines_are_alike(encoding: str) -> None:
    for name, samples in unpack(colour_chart(encoding, 64, 48), encoding, 64, 48).items():
        low, high = {"Y": (16, 235), "U": (16, 240), "V": (16, 240)}.get(name, (0, 255))
        assert low <= samples.min() < low + 8
        assert high - 8 < samples.max() <= high
        assert len(np.unique(samples, axis=0)) == len(samples)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_in_odd_sizes_neighbours_differ_by_less_than_a_step(encoding: str) -> None:
    for samples in unpack(colour_chart(encoding, 33, 17), encoding, 33, 17).values():
        assert np.abs(np.diff(samples, axis=0)).max() <= 1
        assert np.abs(np.diff(samples, axis=1)).max() <= 1
        assert 0 < samples.min() < samples.max() < 255


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_patches_are_the_samples_of_a_smaller_chart(encoding: str) -> None:
    small = unpack(colour_chart(encoding, 8, 4), encoding, 8, 4)
    large = unpack(patch_chart(encoding, 80, 40, 10), encoding, 80, 40)

    for name, samples in large.items():
        for line, column in ((0, 0), (9, 9)):
            assert np.array_equal(samples[line::10, column::10], small[name])
