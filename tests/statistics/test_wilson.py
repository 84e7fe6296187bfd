from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.statistics.wilson import proportion_interval

SEEN = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(SEEN, st.floats(0.5, 0.999))
def test_it_is_what_scipy_says(seen: tuple[int, int], level: float) -> None:
    successes, trials = seen
    theirs = stats.binomtest(successes, trials).proportion_ci(level, method="wilson")

    assert proportion_interval(successes, trials, level=level) == pytest.approx(
        (theirs.low, theirs.high), abs=1e-9
    )


@given(SEEN)
def test_it_holds_the_share_and_is_one_of_probabilities(seen: tuple[int, int]) -> None:
    successes, trials = seen
    low, high = proportion_interval(successes, trials)

    assert 0 <= low <= successes / trials <= high <= 1


def test_without_trials_nothing_is_known() -> None:
    assert proportion_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "trials", "level"), [(3, 2, 0.9), (-1, 2, 0.9), (1, 2, 1.0)])
def test_what_is_no_proportion_is_refused(successes: int, trials: int, level: float) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        proportion_interval(successes, trials, level=level)
