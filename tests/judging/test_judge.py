from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clauses.model import Limit
from harness.evidence.finding import Verdict
from harness.evidence.measurement import Measurement, missing, unsupported
from harness.judging.judge import judge, side

if TYPE_CHECKING:
    from tests.judging.conftest import Make

NUMBERS = st.floats(-1e6, 1e6)
ERRORS = st.floats(0, 1e3)


@pytest.mark.parametrize(
    ("value", "error", "verdict"),
    [
        (41.3, 10, Verdict.PASS),
        (290, 10, Verdict.PASS),
        (290, 10.1, Verdict.INCONCLUSIVE),
        (300, 0, Verdict.PASS),
        (310, 10, Verdict.INCONCLUSIVE),
        (310.1, 10, Verdict.FAIL),
    ],
)
def test_the_whole_interval_must_be_on_one_side(
    make: Make, value: float, error: float, verdict: Verdict
) -> None:
    assert judge(make.ms(value, error), make.clause()).verdict is verdict


@pytest.mark.parametrize(
    ("value", "error", "verdict"),
    [
        (2, 0, Verdict.PASS),
        (2, 0.1, Verdict.INCONCLUSIVE),
        (3, 0.1, Verdict.FAIL),
        (1, 0.1, Verdict.FAIL),
    ],
)
def test_exactly(make: Make, value: float, error: float, verdict: Verdict) -> None:
    clause = make.clause(limit=Limit(max=2, min=2))
    assert judge(make.ms(value, error), clause).verdict is verdict


def test_the_reason_says_expected_and_measured(make: Make) -> None:
    result = judge(make.ms(41.3), make.clause())
    assert result.reason == "expected ≤ 300 ms, measured 41.3 ms ± 10 (of 3 observations)"
    straddling = judge(make.ms(305), make.clause())
    assert straddling.reason.endswith(
        "measured 305 ms ± 10 (of 3 observations), which is on both sides of the limit"
    )


@pytest.mark.parametrize(
    ("value", "limit", "verdict"),
    [
        (400, Limit(max=300), Verdict.FAIL),
        (200, Limit(max=300), Verdict.INCONCLUSIVE),
        (400, Limit(min=300), Verdict.PASS),
        (200, Limit(min=300), Verdict.INCONCLUSIVE),
    ],
)
def test_a_lower_bound_can_break_a_maximum_and_keep_none(
    make: Make, value: float, limit: Limit, verdict: Verdict
) -> None:
    result = judge(replace(make.ms(value), at_least=True), make.clause(limit=limit))
    assert result.verdict is verdict
    assert "measured at least" in result.reason


def test_a_missing_value_is_inconclusive_never_a_number(make: Make) -> None:
    result = judge(missing("ms", "bob decoded nothing"), make.clause())
    assert (result.verdict, result.reason) == (Verdict.INCONCLUSIVE, "bob decoded nothing")
    assert judge(Measurement(value=None, unit="ms"), make.clause()).reason


def test_unsupported_wins_over_a_value(make: Make) -> None:
    result = judge(unsupported("ms", "no such method"), make.clause())
    assert (result.verdict, result.reason) == (Verdict.UNSUPPORTED, "no such method")


def test_another_unit_is_an_error(make: Make) -> None:
    result = judge(make.ms(1), make.clause(unit="s"))
    assert result.verdict is Verdict.ERROR
    assert "the measurement is in ms, MUTE-002 in s" in result.reason


@pytest.mark.parametrize(
    ("value", "error"),
    [(math.nan, 0), (math.inf, 0), (1, math.nan), (1, -1), (1, math.inf)],
)
def test_what_is_no_number_is_an_error_and_is_not_kept(
    make: Make, value: float, error: float
) -> None:
    result = judge(make.ms(value, error), make.clause())
    assert result.verdict is Verdict.ERROR
    assert result.measurement is not None
    assert result.measurement.value is None
    assert result.measurement.error == 0


@pytest.mark.parametrize("sampling", [(41.3, 50.0), (30.0, 41.3), (41.3, 41.3)])
def test_a_sampling_interval_holds_its_value(make: Make, sampling: tuple[float, float]) -> None:
    result = judge(replace(make.ms(41.3), sampling=sampling), make.clause())
    assert result.verdict is Verdict.PASS


@pytest.mark.parametrize(
    "sampling", [(41.4, 50.0), (30.0, 41.2), (50.0, 30.0), (41.3, math.inf), (-math.inf, 50.0)]
)
def test_what_is_no_interval_of_the_value_is_an_error(
    make: Make, sampling: tuple[float, float]
) -> None:
    result = judge(replace(make.ms(41.3), sampling=sampling), make.clause())
    assert result.verdict is Verdict.ERROR
    assert result.reason.endswith("for 41.3, no interval of it")


@given(value=NUMBERS, error=ERRORS, limit=NUMBERS, better=st.floats(0, 1e6))
def test_a_smaller_value_is_never_judged_worse(
    make: Make, value: float, error: float, limit: float, better: float
) -> None:
    order = [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS]
    clause = make.clause(limit=Limit(max=limit))
    worse = judge(make.ms(value, error), clause).verdict
    assert order.index(judge(make.ms(value - better, error), clause).verdict) >= order.index(worse)


@given(value=NUMBERS, error=ERRORS, limit=NUMBERS)
def test_a_minimum_is_a_mirrored_maximum(value: float, error: float, limit: float) -> None:
    above = side((value - error, value + error), Limit(min=limit))
    assert above is side((-value - error, -value + error), Limit(max=-limit))
