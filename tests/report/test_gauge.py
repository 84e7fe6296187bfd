from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.gauge import WIDTH, gauge

NUMBERS = st.floats(-1e9, 1e9)


def tick(picture: str, name: str) -> float:
    found = re.search(f'<path class="{name}" d="M([^ ]+) ', picture)
    assert found is not None
    return float(found[1])


def test_nothing_to_compare_is_no_picture() -> None:
    assert gauge(None, None, {"max": 1}) == ""
    assert gauge(1.0, (1.0, 1.0), None) == ""


def test_a_value_without_an_interval_is_drawn() -> None:
    assert tick(gauge(400, None, {"max": 300}), "value") > 0


def test_a_value_over_the_limit_is_on_its_right() -> None:
    assert tick(gauge(400, (390, 410), {"max": 300}), "value") > tick(
        gauge(400, (390, 410), {"max": 300}), "limit"
    )
    below = gauge(-120, (-120, -120), {"max": -60})
    assert tick(below, "value") < tick(below, "limit")


def test_a_point_has_no_interval() -> None:
    assert "interval" in gauge(4, (3, 5), {"max": 9})
    assert "interval" not in gauge(4, (4, 4), {"max": 9})


@pytest.mark.parametrize("limit", [{"max": 0.0}, {"min": 0.0}, {"max": 0.0, "min": 0.0}])
def test_zero_against_zero_is_drawn(limit: dict[str, float]) -> None:
    assert "nan" not in gauge(0.0, (0.0, 0.0), limit)


@given(value=NUMBERS, error=st.floats(0, 1e9), limit=NUMBERS, floor=st.none() | NUMBERS)
def test_everything_stays_inside(
    value: float, error: float, limit: float, floor: float | None
) -> None:
    picture = gauge(value, (value - error, value + error), {"max": limit}, floor)
    for x in re.findall(r"[MH]([^ \"]+)[ \"]", picture):
        assert 0 <= float(x) <= WIDTH
