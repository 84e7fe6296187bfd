from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.measurement import Measurement, missing, unsupported

VALUES = st.floats(-1e9, 1e9)
ERRORS = st.floats(0, 1e6)


def test_an_interval_is_the_value_with_its_error() -> None:
    assert Measurement(value=41.5, unit="ms", error=10.0).interval == (31.5, 51.5)
    assert Measurement(value=3.0, unit="packets").interval == (3.0, 3.0)


def test_a_sampling_interval_is_widened_by_the_instruments_error() -> None:
    sampled = Measurement(value=41.5, unit="ms", sampling=(40.0, 44.0), error=2.0)

    assert sampled.interval == (38.0, 46.0)


@given(value=VALUES, error=ERRORS)
def test_an_interval_holds_its_value(value: float, error: float) -> None:
    interval = Measurement(value=value, unit="ms", error=error).interval

    assert interval is not None
    assert interval[0] <= value <= interval[1]


def test_what_is_missing_is_no_number_and_says_why() -> None:
    gap = missing("ms", "nobody was recording", notes=("2 samples rejected",))

    assert gap.value is None
    assert gap.interval is None
    assert (gap.unit, gap.missing, gap.unsupported) == ("ms", "nobody was recording", None)
    assert gap.notes == ("2 samples rejected",)


def test_what_is_unsupported_is_not_missing() -> None:
    absent = unsupported("bool", "the SDK has no such method")

    assert (absent.value, absent.interval, absent.missing) == (None, None, None)
    assert absent.unsupported == "the SDK has no such method"


def test_a_measurement_cannot_be_changed_afterwards() -> None:
    measured = Measurement(value=1.0, unit="ms")

    with pytest.raises(dataclasses.FrozenInstanceError):
        measured.value = 0.0  # type: ignore[misc]
