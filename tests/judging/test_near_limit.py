from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.evidence.finding import Verdict
from harness.evidence.history import PastRun
from harness.judging.flips import Series, series_of
from harness.judging.near_limit import near_limits

if TYPE_CHECKING:
    from tests.judging.conftest import Make


def series(
    make: Make, values: list[float], limit: dict[str, float], *, clause: str = "MUTE-002"
) -> tuple[Series, ...]:
    """One verdict a value, each the same."""
    findings = (
        replace(
            make.finding(verdict=Verdict.PASS),
            clause=clause,
            limit=limit,
            measured=value,
            interval=(value, value),
        )
        for value in values
    )
    return series_of(PastRun(name=f"run{n}", findings=(f,)) for n, f in enumerate(findings))


@pytest.mark.parametrize(
    ("values", "limit", "near"),
    [
        ([100, 101, 102], {"max": 300}, False),
        ([100, 101, 299], {"max": 300}, True),
        ([0, 1, 1, 0], {"max": 1}, True),
        ([1, 1, 1], {"min": 1}, False),
        ([1, 1, 1.5], {"min": 1}, True),
        ([5, 6, 7], {"min": 3, "max": 20}, False),
        ([5, 6, 7], {"min": 4, "max": 20}, True),
        ([5, 6, 7], {"min": 0, "max": 8}, True),
        ([5, 6, 7], {"min": 3, "max": 9}, False),
        ([299, 100], {"max": 300}, False),
        ([0, 1, 1, 0], {}, False),
    ],
)
def test_a_limit_is_near_where_repeats_lie_farther_apart_than_from_it(
    make: Make, values: list[float], limit: dict[str, float], near: bool
) -> None:
    assert bool(near_limits(series(make, values, limit))) is near


def test_the_one_with_the_least_room_for_its_spread_is_first(make: Make) -> None:
    found = near_limits(
        [
            *series(make, [294, 296, 298], {"max": 300}, clause="MUTE-003"),
            *series(make, [195, 250, 295], {"max": 300}),
        ]
    )

    assert [(one.series.clause, one.room, one.spread) for one in found] == [
        ("MUTE-002", 5, 100),
        ("MUTE-003", 2, 4),
    ]


def test_what_flipped_has_been_counted_elsewhere(make: Make) -> None:
    [whole] = series(make, [100, 101, 299], {"max": 300})
    last = whole.said[-1]
    failed = replace(last, finding=replace(last.finding, verdict=Verdict.FAIL))

    assert near_limits([replace(whole, said=(*whole.said[:-1], failed))]) == ()


def test_a_lower_bound_is_no_value(make: Make) -> None:
    [whole] = series(make, [100, 101, 299], {"max": 300})
    last = whole.said[-1]
    at_least = replace(last, finding=replace(last.finding, interval=None))

    assert near_limits([replace(whole, said=(*whole.said[:-1], at_least))]) == ()
