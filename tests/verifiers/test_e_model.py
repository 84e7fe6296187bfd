from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.verifiers.e_model import Rating, fullband, narrowband

Model = Callable[..., Rating]
DELAYS_MS = st.floats(min_value=0, max_value=10_000)
LOSSES = st.floats(min_value=0, max_value=1)
ROUNDING = 1e-9
KNEES_MS = (100.0, 150.0, 177.3)
"""Where the delay term begins, where G.114's first range ends, where simplified forms bend."""


@pytest.mark.parametrize(
    ("delay_ms", "r", "mos"),
    [
        (0, 93.20, 4.409),
        (100, 93.20, 4.409),
        (150, 93.04, 4.406),
        (200, 90.16, 4.343),
        (300, 78.44, 3.964),
        (400, 69.13, 3.556),
        (600, 57.95, 2.993),
    ],
)
def test_delay_alone_is_rated_as_in_the_pinned_table(delay_ms: float, r: float, mos: float) -> None:
    rating = narrowband(delay_ms=delay_ms, loss_ratio=0)

    assert rating.r == pytest.approx(r, abs=0.005)
    assert rating.mos == pytest.approx(mos, abs=0.0006)


@pytest.mark.parametrize(
    ("loss_ratio", "r", "mos"),
    [
        (0.01, 89.56, 4.328),
        (0.03, 83.06, 4.134),
        (0.05, 77.42, 3.923),
        (0.1, 66.13, 3.411),
        (0.2, 51.07, 2.631),
    ],
)
def test_loss_alone_is_rated_as_in_the_pinned_table(
    loss_ratio: float, r: float, mos: float
) -> None:
    rating = narrowband(delay_ms=0, loss_ratio=loss_ratio)

    assert rating.r == pytest.approx(r, abs=0.005)
    assert rating.mos == pytest.approx(mos, abs=0.0006)


def test_fullband_without_impairment_is_the_best_there_is() -> None:
    assert fullband(delay_ms=0, loss_ratio=0) == Rating(r=148.0, mos=4.5)


def test_fullband_is_narrowband_on_a_wider_scale() -> None:
    rating = fullband(delay_ms=300, loss_ratio=0)

    assert 148 - rating.r == pytest.approx(1.48 * 14.76, abs=0.01)


def test_fullband_loses_more_to_loss() -> None:
    assert 148 - fullband(delay_ms=0, loss_ratio=0.05).r == pytest.approx(132 * 5 / 30.1)


@pytest.mark.parametrize("model", [narrowband, fullband])
@given(delay_ms=DELAYS_MS, more_ms=DELAYS_MS, loss=LOSSES)
@example(delay_ms=149.0, more_ms=2.0, loss=0.0)  # where a widely used score jumps up
@example(delay_ms=100.0, more_ms=math.ulp(100.0), loss=0.0)
@example(delay_ms=177.3, more_ms=math.ulp(177.3), loss=0.0)
def test_more_delay_is_never_rated_better(
    model: Model, delay_ms: float, more_ms: float, loss: float
) -> None:
    less = model(delay_ms=delay_ms, loss_ratio=loss)
    more = model(delay_ms=delay_ms + more_ms, loss_ratio=loss)

    assert more.r <= less.r + ROUNDING
    assert more.mos <= less.mos + ROUNDING


@pytest.mark.parametrize("model", [narrowband, fullband])
@pytest.mark.parametrize("knee_ms", KNEES_MS)
@given(before_ms=st.floats(0, 5), after_ms=st.floats(0, 5))
def test_there_is_no_step_at_a_knee(
    model: Model, knee_ms: float, before_ms: float, after_ms: float
) -> None:
    before = model(delay_ms=knee_ms - before_ms, loss_ratio=0)
    after = model(delay_ms=knee_ms + after_ms, loss_ratio=0)

    assert -ROUNDING <= before.r - after.r <= 0.1 * (before_ms + after_ms) + ROUNDING


@pytest.mark.parametrize("model", [narrowband, fullband])
@given(delay_ms=DELAYS_MS, loss=LOSSES, more=LOSSES)
def test_more_loss_is_never_rated_better(
    model: Model, delay_ms: float, loss: float, more: float
) -> None:
    low, high = sorted((loss, more))
    less = model(delay_ms=delay_ms, loss_ratio=low)
    worse = model(delay_ms=delay_ms, loss_ratio=high)

    assert worse.r <= less.r + ROUNDING
    assert 1 <= worse.mos <= less.mos + ROUNDING <= 4.5 + ROUNDING


@pytest.mark.parametrize("model", [narrowband, fullband])
@pytest.mark.parametrize(
    ("delay_ms", "loss_ratio"),
    [(-1, 0), (0, -0.01), (0, 1.01), (0, 5), (math.nan, 0), (0, math.nan)],
)
def test_what_cannot_be_is_refused(model: Model, delay_ms: float, loss_ratio: float) -> None:
    with pytest.raises(ValueError, match=r"delay_ms is|loss_ratio is"):
        model(delay_ms=delay_ms, loss_ratio=loss_ratio)
