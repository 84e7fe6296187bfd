from __future__ import annotations

import pytest

from harness.clauses.units import is_timing


@pytest.mark.parametrize(
    ("unit", "timing"),
    [
        ("ms", True),
        ("kbps", True),
        ("packets/s", True),
        ("packets", False),
        ("ratio", False),
        ("seconds", None),
    ],
)
def test_a_known_unit_tells_whether_a_time_or_a_rate_is_measured(
    unit: str, timing: bool | None
) -> None:
    assert is_timing(unit) is timing
