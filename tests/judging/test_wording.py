from __future__ import annotations

from dataclasses import replace

import pytest

from harness.clauses.model import Limit
from harness.evidence.measurement import Measurement
from harness.judging.wording import expected, measured, number, quantity


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (41.3, "41.3"),
        (300.0, "300"),
        (12345.0, "12345"),
        (12345.6, "12346"),
        (0.98765, "0.9877"),
        (-60.04, "-60.04"),
        (0.0, "0"),
        (1e-7, "1e-07"),
        (2e20, "200000000000000000000"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


def test_a_number_never_looks_like_the_limit_it_missed() -> None:
    assert number(300.004, unlike=(300.0,)) == "300.004"
    assert number(300.0, unlike=(300.0,)) == "300"
    assert number(300.0043, unlike=(300.0,)) == "300.004"
    assert number(300.0000041, unlike=(300.0,)) == "300.000004"
    assert number(300.0000000001, unlike=(300.0,)) == "300.0000000001"


@pytest.mark.parametrize(
    ("limit", "unit", "text"),
    [
        (Limit(max=300), "ms", "≤ 300 ms"),
        (Limit(min=0.98), "ratio", "≥ 98 %"),
        (Limit(min=1), "ratio", "all (100 %)"),
        (Limit(max=0.0003), "ratio", "≤ 0.03 %"),
        (Limit(min=0.07, max=1.1), "ratio", "between 7 and 110 %"),
        (Limit(min=0), "packets", "≥ 0 packets"),
        (Limit(max=0, min=0), "packets", "0 packets"),
        (Limit(max=0), "packets", "0 packets"),
        (Limit(max=1), "calls", "≤ 1 call"),
        (Limit(max=0), "dB", "≤ 0 dB"),
        (Limit(min=1, max=1), "ms", "exactly 1 ms"),
        (Limit(max=3, min=1), "s", "between 1 and 3 s"),
        (Limit(min=1), "bool", "yes"),
        (Limit(max=0), "bool", "≤ no"),
    ],
)
def test_limits(limit: Limit, unit: str, text: str) -> None:
    assert expected(limit, unit) == text


def test_a_truth_is_yes_or_no() -> None:
    assert quantity(0.0, "bool") == "no"
    assert quantity(1.0, "bool") == "yes"
    assert quantity(0.5, "bool") == "0.5"


def test_one_thing_is_told_in_the_singular() -> None:
    assert quantity(1.0, "markers") == "1 marker"
    assert [quantity(1.0, unit) for unit in ("s", "fps", "packets/s")] == [
        "1 s",
        "1 fps",
        "1 packets/s",
    ]


def test_a_measurement_says_its_error_and_what_it_rests_on() -> None:
    value = Measurement(value=41.3, unit="ms", error=10, rests_on=132)
    assert measured(value, Limit(max=300)) == "41.3 ms ± 10 (of 132 observations)"
    sampled = replace(value, sampling=(40.9, 42.0))
    assert measured(sampled, Limit(max=300)) == "41.3 ms [40.9 to 42] ± 10 (of 132 observations)"
    assert measured(replace(value, rests_on=2), Limit(max=300)).endswith("(of 2 observations)")
    assert measured(Measurement(value=0, unit="bool", rests_on=1), Limit(min=1)) == (
        "no (of 1 observation)"
    )
