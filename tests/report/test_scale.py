from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.scale import LEAST_TICKS, scale_of

ENDS = st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))


@given(ends=ENDS)
def test_ticks_lie_inside_and_are_few(ends: tuple[float, float]) -> None:
    low, high = ends[0], ends[0] + ends[1]
    scale = scale_of(low, high, 0, 100)

    assert LEAST_TICKS - 1 <= len(scale.ticks) <= 8
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in scale.ticks)
    assert scale(low) == 0
    assert scale(high) == pytest.approx(100)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1, 1000, (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
        (300, 700, (300, 400, 500, 600, 700)),
        (13.5, 18, (14, 15, 16, 17, 18)),
    ],
)
def test_ticks_of_a_logarithm(low: float, high: float, ticks: tuple[float, ...]) -> None:
    assert scale_of(low, high, 0, 100, log=True).ticks == pytest.approx(ticks)


def test_equal_ratios_are_equal_distances() -> None:
    scale = scale_of(1, 100, 0, 10, log=True)

    assert scale(10) == pytest.approx(5)


def test_what_is_outside_is_held_at_the_edge() -> None:
    scale = scale_of(0, 10, 100, 0)

    assert (scale(-5), scale(50)) == (100, 0)


@pytest.mark.parametrize(
    ("low", "high", "log"), [(1, 1, False), (2, 1, False), (0, 1, True), (math.nan, 1, False)]
)
def test_nothing_is_no_scale(low: float, high: float, log: bool) -> None:
    with pytest.raises(ValueError, match="nothing can be drawn"):
        scale_of(low, high, 0, 1, log=log)
