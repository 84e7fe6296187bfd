from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.statistics.binomial import upper_bound

SEEN = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def at_most(hits: int, trials: int, probability: float) -> float:
    """Probability of `hits` or fewer, with exact arithmetic."""
    exact = Fraction(probability)
    terms = (math.comb(trials, k) * exact**k * (1 - exact) ** (trials - k) for k in range(hits + 1))
    return float(sum(terms))


@pytest.mark.parametrize(
    ("hits", "trials", "bound"),
    [(0, 20, 0.1391), (1, 10, 0.3942), (2, 20, 0.2826), (5, 10, 0.7776), (10, 10, 1.0)],
)
def test_values_of_published_tables(hits: int, trials: int, bound: float) -> None:
    assert upper_bound(hits, trials) == pytest.approx(bound, abs=5e-5)


@given(SEEN)
def test_at_the_bound_so_few_hits_are_as_rare_as_said(seen: tuple[int, int]) -> None:
    hits, trials = seen
    if hits < trials:
        assert at_most(hits, trials, upper_bound(hits, trials)) == pytest.approx(0.05, rel=1e-6)


@given(SEEN, st.floats(0.5, 0.999))
def test_it_is_above_the_share_and_grows_with_hits_and_confidence(
    seen: tuple[int, int], confidence: float
) -> None:
    hits, trials = seen
    bound = upper_bound(hits, trials, confidence=confidence)
    assert hits / trials <= bound <= 1
    assert bound <= upper_bound(hits, trials, confidence=0.9995)
    assert upper_bound(hits, trials + 1, confidence=confidence) <= bound
    if hits:
        assert upper_bound(hits - 1, trials, confidence=confidence) <= bound


@pytest.mark.parametrize("trials", [100, 3_000, 1_000_000])
def test_without_a_hit_it_is_the_rule_of_three(trials: int) -> None:
    assert upper_bound(0, trials) == pytest.approx(1 - 0.05 ** (1 / trials))
    assert upper_bound(0, trials) == pytest.approx(3 / trials, rel=0.02)


def test_nothing_tried_says_nothing() -> None:
    assert upper_bound(0, 0) == 1.0


@pytest.mark.parametrize(("hits", "trials"), [(2, 1), (-1, 3)])
def test_more_hits_than_trials_are_refused(hits: int, trials: int) -> None:
    with pytest.raises(ValueError, match=f"{hits} hits in {trials} trials"):
        upper_bound(hits, trials)
