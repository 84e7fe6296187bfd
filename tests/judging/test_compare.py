from __future__ import annotations

import math
from dataclasses import replace
from statistics import fmean, stdev
from typing import TYPE_CHECKING

import pytest
from scipy import stats

from harness.evidence.finding import Finding, Verdict
from harness.judging.compare import LEVEL, Change, Compared, compare

if TYPE_CHECKING:
    from tests.judging.conftest import Make

VERDICTS = {
    "p": Verdict.PASS,
    "f": Verdict.FAIL,
    "u": Verdict.UNSUPPORTED,
    "i": Verdict.INCONCLUSIVE,
    "e": Verdict.ERROR,
}


def valued(
    make: Make,
    value: float | None,
    *,
    error: float = 1.0,
    limit: dict[str, float] | None = None,
    direction: str | None = "smaller",
    verdict: Verdict = Verdict.PASS,
) -> Finding:
    return replace(
        make.finding(verdict=verdict),
        measured=value,
        unit="ms",
        interval=None if value is None else (value - error, value + error),
        limit={"max": 300.0} if limit is None else limit,
        direction=direction,
    )


def one(before: list[Finding], after: Finding) -> Compared:
    (row,) = compare([[finding] for finding in before], [after])
    return row


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("p", "p", Change.SAME),
        ("f", "f", Change.SAME),
        ("p", "f", Change.REGRESSION),
        ("p", "u", Change.REGRESSION),
        ("ppip", "f", Change.REGRESSION),
        ("up", "f", Change.REGRESSION),
        ("f", "p", Change.FIX),
        ("u", "p", Change.FIX),
        ("fu", "p", Change.FIX),
        ("fu", "f", Change.ANOTHER),
        ("f", "u", Change.ANOTHER),
        ("u", "f", Change.ANOTHER),
        ("pf", "f", Change.UNSTEADY),
        ("pf", "p", Change.UNSTEADY),
        ("pf", "u", Change.ANOTHER),
        ("p", "i", Change.LOST),
        ("f", "e", Change.LOST),
        ("pi", "e", Change.LOST),
        ("i", "e", Change.SAME),
        ("e", "f", Change.GAINED),
        ("i", "p", Change.GAINED),
    ],
)
def test_what_a_change_of_verdict_is(make: Make, before: str, after: str, change: Change) -> None:
    earlier = [make.finding(verdict=VERDICTS[letter]) for letter in before]
    assert one(earlier, make.finding(verdict=VERDICTS[after])).change is change


def test_an_unsupported_that_nobody_tried_is_no_verdict(make: Make) -> None:
    assumed = replace(make.finding(verdict=Verdict.UNSUPPORTED), tried=False)
    assert one([make.finding()], assumed).change is Change.LOST


def test_a_verdict_by_another_limit_is_no_regression(make: Make) -> None:
    before = valued(make, 250)
    after = valued(make, 250, limit={"max": 200.0}, verdict=Verdict.FAIL)
    assert one([before], after).change is Change.RELIMITED


def test_the_newest_limit_is_the_one_that_a_later_run_may_change(make: Make) -> None:
    earlier = [valued(make, 150, limit={"max": limit}) for limit in (300.0, 200.0)]
    after = valued(make, 250, limit={"max": 200.0}, verdict=Verdict.FAIL)
    assert one(earlier, after).change is Change.REGRESSION


def test_a_value_by_another_limit_is_not_compared(make: Make) -> None:
    row = one([valued(make, 250)], valued(make, 50, limit={"max": 400.0}))
    assert (row.change, row.expected) == (Change.SAME, None)


@pytest.mark.parametrize(
    ("direction", "limit", "value", "change"),
    [
        ("smaller", {"max": 300.0}, 103.9, Change.SAME),  # by less than 3
        ("smaller", {"max": 300.0}, 104.1, Change.WORSE),
        ("smaller", {"max": 300.0}, 95.9, Change.BETTER),
        ("smaller", {"max": 20.0}, 101.9, Change.SAME),  # the intervals meet
        ("smaller", {"max": 20.0}, 102, Change.SAME),
        ("smaller", {"max": 20.0}, 98, Change.SAME),
        ("larger", {"min": 10.0}, 97.9, Change.WORSE),
        ("larger", {"min": 10.0}, 110, Change.BETTER),
        ("equal", {"min": 100.0, "max": 100.0}, 110, Change.WORSE),
        ("equal", {"min": 120.0, "max": 120.0}, 110, Change.BETTER),
        ("equal", {"min": 110.0, "max": 110.0}, 120, Change.WORSE),  # from either side
        ("equal", {"min": 90.0, "max": 90.0}, 80, Change.WORSE),
        (None, {"min": 50.0, "max": 150.0}, 110, Change.MOVED),
    ],
)
def test_which_way_a_value_went(
    make: Make, direction: str | None, limit: dict[str, float], value: float, change: Change
) -> None:
    before = valued(make, 100, limit=limit, direction=direction)
    after = valued(make, value, limit=limit, direction=direction)
    assert one([before], after).change is change


@pytest.mark.parametrize("value", [100, None])
def test_what_has_no_interval_is_not_compared(make: Make, value: float | None) -> None:
    bare = replace(valued(make, value), interval=None)
    assert one([bare], valued(make, 900)).change is Change.SAME
    assert one([valued(make, 900)], bare).change is Change.SAME


def test_a_value_that_does_not_count_is_no_worse(make: Make) -> None:
    open_ = [valued(make, value, verdict=Verdict.INCONCLUSIVE) for value in (100.0, 290.0)]
    row = one(open_[:1], open_[1])
    assert (row.change, row.expected) == (Change.SAME, None)


def test_two_runs_span_what_is_expected(make: Make) -> None:
    row = one([valued(make, 100), valued(make, 200)], valued(make, 150))
    assert row.expected == (99, 201)
    assert row.change is Change.SAME
    assert one([valued(make, 100), valued(make, 200)], valued(make, 205)).change is Change.WORSE


def test_of_three_and_more_the_prediction_interval_is_expected(make: Make) -> None:
    values = [100.0, 130.0, 90.0, 120.0, 110.0, 105.0]
    row = one([valued(make, value) for value in values], valued(make, 150))
    quantile = float(stats.t.ppf((1 + LEVEL) / 2, len(values) - 1))
    reach = quantile * stdev(values) * math.sqrt(1 + 1 / len(values))

    assert row.expected is not None
    assert row.expected == pytest.approx((fmean(values) - reach, fmean(values) + reach), rel=0.02)
    assert row.change is Change.SAME


def test_how_far_is_in_parts_of_the_limit(make: Make) -> None:
    assert one([valued(make, 100)], valued(make, 131)).shift == pytest.approx(30 / 300)
    assert one([valued(make, 100)], valued(make, 69)).shift == pytest.approx(30 / 300)
    assert one([valued(make, 100)], valued(make, 100.5)).shift == 0
    nothing = {"max": 0.0}
    counted = one([valued(make, 99, limit=nothing)], valued(make, 150, limit=nothing))
    assert counted.shift == pytest.approx(0.5)
    first = one([valued(make, 0, error=0, limit=nothing)], valued(make, 7, limit=nothing))
    assert first.shift == math.inf
    still = one([valued(make, 0, error=0, limit=nothing)], valued(make, 0, error=0, limit=nothing))
    assert still.shift == 0


def test_what_is_on_one_side_only(make: Make) -> None:
    rows = compare([[make.finding("A-001")]], [make.finding("B-001")])
    assert [(row.clause, row.change) for row in rows] == [
        ("A-001", Change.REMOVED),
        ("B-001", Change.ADDED),
    ]
    assert [row.told.clause for row in rows] == ["A-001", "B-001"]
    assert rows[1].rests_on == 0


def test_what_is_gone_is_told_as_it_was_last(make: Make) -> None:
    [row] = compare([[valued(make, 100)], [valued(make, 200)]], [])
    assert row.told.measured == 200


def test_a_scenario_may_have_another_name(make: Make) -> None:
    before = make.finding()
    after = replace(make.finding(verdict=Verdict.FAIL), scenario="elsewhere.py::test_it")
    assert one([before], after).change is Change.REGRESSION


def test_scenarios_are_not_mixed_up_where_it_is_not_clear_which_is_which(make: Make) -> None:
    before = [replace(make.finding(), scenario=name) for name in ("a", "b")]
    rows = compare([before], [replace(make.finding(), scenario="c")])
    assert [row.change for row in rows] == [Change.REMOVED, Change.REMOVED, Change.ADDED]


def test_profiles_are_apart(make: Make) -> None:
    clean = make.finding()
    bad = replace(clean, verdict=Verdict.FAIL, cell=replace(clean.cell, profile="3g"))
    rows = compare([[clean, replace(bad, verdict=Verdict.PASS)]], [clean, bad])
    assert [row.change for row in rows] == [Change.REGRESSION, Change.SAME]
