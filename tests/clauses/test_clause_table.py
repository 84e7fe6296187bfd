from __future__ import annotations

import pytest

from harness.clauses.clause_table import ClauseTable
from harness.clauses.model import Limit

TABLE: dict[str, object] = {
    "statement": "A  text\n over lines.",
    "level": "INFO",
    "source": "us",
    "evidence": ["events"],
    "measures": "seen",
    "unit": "bool",
    "limit": {"max": 1, "min": 1},
    "limit_source": "the statement",
}


def test_white_space_is_one_blank_and_claims_may_be_absent() -> None:
    clause = ClauseTable("APP-001", TABLE).clause()
    assert clause.statement == "A text over lines."
    assert clause.claims == ()
    assert not clause.timing


def test_timing_can_be_said_where_the_unit_would_say_otherwise() -> None:
    late = TABLE | {"measures": "late_packets", "unit": "packets", "timing": True}
    assert ClauseTable("APP-001", late).clause().timing


NEITHER = ": its limits are neither all a max nor all a min"
MOST, LEAST, BAND = {"max": 9}, {"min": 1}, {"min": 1, "max": 9}


@pytest.mark.parametrize(
    ("unit", "limit", "under", "timing", "only_worse"),
    [
        ("ms", MOST, MOST, True, True),
        ("ms", MOST, BAND, True, False),
        ("ms", LEAST, LEAST, True, False),
        ("ms", BAND, BAND, True, False),
        ("ms", MOST, MOST, False, False),
        ("kbps", MOST, MOST, True, False),
        ("ratio", LEAST, LEAST, True, False),
    ],
)
def test_load_can_only_make_longer_what_has_a_longest(
    unit: str, limit: object, under: object, timing: bool, only_worse: bool
) -> None:
    table = TABLE | {"unit": unit, "limit": limit, "limits_under": {"3g": under}, "timing": timing}
    assert ClauseTable("APP-001", table).clause().only_worse_under_load is only_worse


@pytest.mark.parametrize(("unit", "limit"), [("ms", MOST), ("ratio", LEAST)])
@pytest.mark.parametrize("said", [False, True])
def test_what_load_can_do_may_be_said(unit: str, limit: object, said: bool) -> None:
    table = TABLE | {"unit": unit, "limit": limit, "timing": True, "only_worse_under_load": said}
    assert ClauseTable("APP-001", table).clause().only_worse_under_load is said


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"unit": "ratio", "limit": LEAST}, " is said of times and rates alone"),
        ({"unit": "ms", "limit": BAND}, NEITHER),
        ({"unit": "ms", "limit": MOST, "limits_under": {"3g": BAND}}, NEITHER),
        ({"unit": "ms", "limit": MOST, "limits_under": {"3g": LEAST}}, NEITHER),
    ],
)
def test_what_load_can_do_is_checked(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=f"^only_worse_under_load{says}"):
        ClauseTable("APP-001", TABLE | changes | {"only_worse_under_load": True}).clause()


def test_a_clause_informs_of_claims_that_it_does_not_decide() -> None:
    clause = ClauseTable("APP-001", TABLE | {"claims": [2], "informs": [3, 71]}).clause()
    assert (clause.claims, clause.informs) == ((2,), (3, 71))


@pytest.mark.parametrize(
    ("informs", "says"),
    [
        ([72], r"^informs: \[72\] is not a list of whole numbers 1 to 71"),
        ([3, 3], "^informs: 3 is there twice"),
        ([3, 2], "^informs: 2 stands in claims, too"),
    ],
)
def test_what_it_informs_of_is_checked(informs: list[int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ClauseTable("APP-001", TABLE | {"claims": [2], "informs": informs}).clause()


def test_a_clause_names_the_floor_that_its_values_are_read_beside() -> None:
    time = TABLE | {"unit": "ms", "floor": "picture_latency_ms"}
    assert ClauseTable("APP-001", time).clause().floor == "picture_latency_ms"
    assert ClauseTable("APP-001", TABLE).clause().floor is None


@pytest.mark.parametrize(
    ("unit", "floor", "says"),
    [
        ("ms", "picture_latency", r"^floor: 'picture_latency' is not one of loop_picture_ms, "),
        ("ms", 3, "^floor: 3 is not one of loop_picture_ms, "),
        ("frames", "skew_ms", "^floor: skew_ms is in ms, the clause in frames"),
    ],
)
def test_a_floor_is_a_known_one_in_the_unit_of_the_clause(
    unit: str, floor: object, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        ClauseTable("APP-001", TABLE | {"unit": unit, "floor": floor}).clause()


def test_another_limit_may_hold_under_a_profile() -> None:
    under = {"3g": {"max": 900}, "satellite": {"min": 1, "max": 2}}
    clause = ClauseTable("APP-001", TABLE | {"limits_under": under}).clause()

    assert clause.under("3g").limit == Limit(max=900)
    assert clause.under("clean").limit == clause.limit


@pytest.mark.parametrize(
    ("under", "says"),
    [
        (3, "^limits_under: 3 is not a table of profiles"),
        ({"3g": 900}, "^limits_under.3g: 900 is not a table with max, min or both"),
        ({"3g": {"most": 9}}, "^limits_under.3g.most: unknown key"),
        ({"3g": {"max": 1, "min": 2}}, "^limits_under.3g: min 2 is above max 1"),
    ],
)
def test_a_limit_under_a_profile_is_checked_like_the_other(under: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ClauseTable("APP-001", TABLE | {"limits_under": under}).clause()


@pytest.mark.parametrize("key", sorted(TABLE))
def test_every_other_key_is_required(key: str) -> None:
    table = {name: value for name, value in TABLE.items() if name != key}
    with pytest.raises(ValueError, match=f"^{key} is missing"):
        ClauseTable("APP-001", table).clause()
