from __future__ import annotations

import pytest

from harness.clauses.clause_table import ClauseTable

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


@pytest.mark.parametrize("key", sorted(TABLE))
def test_every_other_key_is_required(key: str) -> None:
    table = {name: value for name, value in TABLE.items() if name != key}
    with pytest.raises(ValueError, match=f"^{key} is missing"):
        ClauseTable("APP-001", table).clause()
