from __future__ import annotations

import pytest

from harness.clauses.model import Limit


@pytest.mark.parametrize(
    ("limit", "direction", "shown"),
    [
        (Limit(max=3), "smaller", {"max": 3}),
        (Limit(min=3), "larger", {"min": 3}),
        (Limit(max=0, min=0), "equal", {"max": 0, "min": 0}),
        (Limit(max=3, min=1), None, {"max": 3, "min": 1}),
    ],
)
def test_limit_knows_which_way_is_better(
    limit: Limit, direction: str | None, shown: dict[str, float]
) -> None:
    assert limit.direction == direction
    assert limit.as_dict() == shown
