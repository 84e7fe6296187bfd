from __future__ import annotations

import numpy as np
import pytest

from harness.evidence.measurement import Measurement, missing, unsupported
from harness.measuring.latency_report import SPECS
from harness.measuring.metric import Spec

SPEC = Spec(name="age", title="age", unit="ms")


def test_a_metric_is_what_was_measured_with_its_interval() -> None:
    measured = Measurement(
        value=5.0, unit="ms", error=2.0, sampling=(4.0, 7.0), rests_on=3, notes=("one",)
    )
    metric = SPEC.of(measured, {"cut": 2})

    assert (metric.value, metric.interval, metric.n) == (5.0, (2.0, 9.0), 3)
    assert (metric.rejects, metric.notes, metric.missing) == ({"cut": 2}, ("one",), None)


def test_what_is_exact_has_no_interval() -> None:
    assert SPEC.of(Measurement(value=3.0, unit="ms")).interval is None
    assert SPEC.of(Measurement(value=0.0, unit="ms", sampling=(0.0, 0.0))).interval is None


def test_an_interval_reaches_below_0_only_where_the_value_may() -> None:
    measured = Measurement(value=15.0, unit="ms", error=10.0, sampling=(5.8, 24.1))
    signed = Spec(name="skew", title="skew", unit="ms", better="nearer 0")

    assert SPEC.of(measured).interval == (0.0, 34.1)
    assert signed.of(measured).interval == pytest.approx((-4.2, 34.1))


@pytest.mark.parametrize("gap", [missing("ms", "why"), unsupported("ms", "why")])
def test_what_is_missing_has_a_reason_and_no_number(gap: Measurement) -> None:
    metric = SPEC.of(gap)

    assert (metric.value, metric.interval, metric.missing) == (None, None, "why")


def test_numbers_are_plain_ones() -> None:
    ends = (np.float64(1), np.float64(2))
    metric = SPEC.of(Measurement(value=1.5, unit="ms", sampling=ends))

    assert metric.interval is not None
    assert {type(end) for end in metric.interval} == {float}


def test_a_metric_is_not_read_in_another_unit() -> None:
    with pytest.raises(AssertionError, match="age is in ratio"):
        SPEC.of(missing("ratio", "why"))


def test_names_are_for_machines_and_each_is_one() -> None:
    names = [spec.name for spec in SPECS]

    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and name.islower() for name in names)
