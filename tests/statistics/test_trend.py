from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.statistics.trend import theil_sen


@settings(max_examples=50, deadline=None)
@given(st.integers(10, 200), st.floats(-5, 5), st.integers(0, 2**32 - 1))
def test_as_scipy(points: int, slope: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    times = np.sort(random.uniform(0, 100, points))
    values = slope * times + random.normal(0, 3, points)

    trend = theil_sen(times, values)
    known = stats.theilslopes(values, times, 0.95)

    assert trend.slope == pytest.approx(known.slope)
    assert trend.low == pytest.approx(known.low_slope)
    assert trend.high == pytest.approx(known.high_slope)


def test_outliers_do_not_move_it() -> None:
    times = np.arange(100)
    values = 0.5 * times
    values[::10] += 1000

    trend = theil_sen(times, values)

    assert trend.slope == pytest.approx(0.5)
    assert trend.low <= 0.5 <= trend.high


def test_the_interval_holds_the_slope_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    times = np.arange(60)
    held = 0
    for _ in range(400):
        trend = theil_sen(times, random.normal(0, 1, 60))
        held += trend.low <= 0 <= trend.high
    assert 0.92 <= held / 400 <= 0.98


@pytest.mark.parametrize(
    ("times", "values"), [([1, 2], [1, 2]), ([1, 2, 3], [1, 2]), ([4, 4, 4], [1, 2, 3])]
)
def test_what_has_no_trend_is_refused(times: list[float], values: list[float]) -> None:
    with pytest.raises(ValueError, match="trend"):
        theil_sen(times, values)
