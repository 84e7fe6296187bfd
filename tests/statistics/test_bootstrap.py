from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy import stats

from harness.statistics.bootstrap import (
    TooFewError,
    least_values,
    mean_interval,
    median_interval,
    quantile_interval,
    share_interval,
    student_t,
)
from harness.statistics.looks import LEVEL
from harness.statistics.wilson import proportion_interval

SERIES = arrays.arrays(np.float64, st.integers(7, 60), elements=st.floats(-1e6, 1e6))


def autoregressive(random: np.random.Generator, n: int, keep: float) -> NDArray[np.float64]:
    """Values that depend on those before them, around 0."""
    values = np.empty(n)
    values[0] = random.normal()
    for i in range(1, n):
        values[i] = keep * values[i - 1] + np.sqrt(1 - keep**2) * random.normal()
    return values


@pytest.mark.parametrize(("q", "n"), [(0.5, 40), (0.5, 400), (0.9, 300), (0.95, 1000)])
def test_single_values_are_drawn_as_scipy_draws_them(q: float, n: int) -> None:
    values = np.random.default_rng(11).lognormal(3.0, 0.5, n)

    theirs = stats.bootstrap(
        (values,), lambda x, axis: np.quantile(x, q, axis=axis), confidence_level=0.95,
        n_resamples=5000, method="percentile", rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    ours = quantile_interval(values, q, level=0.95, block=1)

    assert ours == pytest.approx(theirs, abs=0.15 * (theirs.high - theirs.low))


def test_an_interval_holds_the_truth_as_often_as_it_says() -> None:
    random = np.random.default_rng(5)
    intervals = [median_interval(autoregressive(random, 300, 0.5), level=0.95) for _ in range(300)]

    held = sum(low <= 0 <= high for low, high in intervals)
    assert held >= 0.91 * 300


def test_a_mean_is_drawn_as_scipy_draws_it() -> None:
    values = np.random.default_rng(11).lognormal(3.0, 0.5, 300)

    theirs = stats.bootstrap(
        (values,), np.mean, confidence_level=0.95,
        n_resamples=5000, method="percentile", rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    ours = mean_interval(values, level=0.95, block=1)

    assert ours == pytest.approx(theirs, abs=0.15 * (theirs.high - theirs.low))


def test_a_mean_is_held_as_often_as_it_says_and_a_few_values_tell_none() -> None:
    random = np.random.default_rng(5)
    intervals = [mean_interval(autoregressive(random, 300, 0.5), level=0.95) for _ in range(300)]

    assert sum(low <= 0 <= high for low, high in intervals) >= 0.91 * 300
    with pytest.raises(TooFewError, match="it takes 7"):
        mean_interval([1.0] * 6)


def test_a_share_of_what_lasts_is_held_where_wilson_promises_too_much() -> None:
    """A third of the time is chosen, in runs of ten on average."""
    random = np.random.default_rng(7)
    held = independent = 0
    for _ in range(200):
        chosen = np.empty(600, dtype=bool)
        chosen[0] = random.random() < 1 / 3
        for place in range(1, 600):
            changes = random.random() < (0.1 if chosen[place - 1] else 0.05)
            chosen[place] = chosen[place - 1] != changes
        low, high = share_interval(chosen, np.ones(600), level=0.95)
        held += low <= 1 / 3 <= high
        low, high = proportion_interval(int(chosen.sum()), 600, level=0.95)
        independent += low <= 1 / 3 <= high
    assert held >= 0.88 * 200
    assert independent < 0.7 * 200


def test_a_share_is_of_the_weight_and_stays_between_0_and_1() -> None:
    chosen = np.zeros(100, dtype=bool)
    chosen[50] = True
    heavy = np.where(chosen, 99.0, 1.0)
    low, high = share_interval(chosen, heavy)
    assert low == 0
    assert 0.5 < high <= 1
    assert share_interval(~chosen, np.ones(100))[1] == 1
    assert share_interval(np.full(9, 0.25), np.arange(1.0, 10)) == (0.25, 0.25)
    assert share_interval(np.zeros(5), np.ones(5)) == (0, 0)
    assert share_interval(np.ones(5), np.ones(5)) == (1, 1)


@pytest.mark.parametrize(
    ("chosen", "weights"),
    [([], []), ([True, False], [1.0]), ([True, False], [1.0, 0.0]), ([True], [np.nan])],
)
def test_weights_are_above_0(chosen: list[bool], weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weight above 0"):
        share_interval(chosen, weights)


def test_drawn_one_by_one_it_would_promise_too_much() -> None:
    random = np.random.default_rng(5)
    series = [autoregressive(random, 300, 0.8) for _ in range(200)]

    def held(block: int | None) -> int:
        intervals = [median_interval(values, level=0.95, block=block) for values in series]
        return sum(low <= 0 <= high for low, high in intervals)

    assert held(1) < 0.75 * 200 < 0.85 * 200 < held(None)


@settings(max_examples=50)
@given(SERIES, st.integers(0, 3))
def test_it_holds_the_median_and_is_the_same_each_time(
    values: NDArray[np.float64], seed: int
) -> None:
    low, high = median_interval(values, seed=seed)

    assert low <= np.median(values) <= high
    assert (low, high) == median_interval(values, seed=seed)


@settings(max_examples=50)
@given(SERIES)
def test_a_surer_interval_is_wider(values: NDArray[np.float64]) -> None:
    sure, less = median_interval(values, level=0.98), median_interval(values, level=0.8)

    assert sure[0] <= less[0]
    assert less[1] <= sure[1]


@pytest.mark.parametrize(
    ("q", "level", "least"), [(0.5, 0.95, 6), (0.95, 0.95, 72), (0.5, 0.98, 7)]
)
def test_too_few_values_tell_nothing(q: float, level: float, least: int) -> None:
    assert least_values(q, level=level) == least
    assert quantile_interval(np.arange(least), q, level=level)
    with pytest.raises(TooFewError, match=f"it takes {least}"):
        quantile_interval(np.arange(least - 1), q, level=level)


def test_so_few_lie_all_on_one_side_as_rarely_as_said() -> None:
    n, level = least_values(0.95, level=0.95), 0.95

    assert stats.binom.pmf(n, n, 0.95) <= (1 - level) / 2 < stats.binom.pmf(n - 1, n - 1, 0.95)


@pytest.mark.parametrize(
    ("values", "q", "level", "block"),
    [
        ([1.0] * 9, 0.0, 0.95, None),
        ([1.0] * 9, 0.5, 1.0, None),
        ([1.0] * 8 + [float("nan")], 0.5, 0.95, None),
        ([[1.0] * 9], 0.5, 0.95, None),
        ([1.0] * 9, 0.5, 0.95, 0),
    ],
)
def test_what_cannot_be_asked_is_refused(
    values: list[float], q: float, level: float, block: int | None
) -> None:
    with pytest.raises(ValueError, match=r"quantile|series|blocks"):
        quantile_interval(values, q, level=level, block=block)


@pytest.mark.parametrize("level", [0.8, 0.95, LEVEL])
@pytest.mark.parametrize(("freedom", "off"), [(4, 0.02), (9, 0.002), (50, 1e-5)])
def test_students_t_is_what_scipy_says(level: float, freedom: int, off: float) -> None:
    theirs = stats.t.ppf((1 + level) / 2, freedom)

    assert student_t(level, freedom) == pytest.approx(theirs, rel=off)
