from __future__ import annotations

import pytest

from harness.evidence.plural import plural


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 packets"), (1, "1 packet"), (2, "2 packets"), (-1, "-1 packets")]
)
def test_one_is_one(number: int, said: str) -> None:
    assert plural(number, "packet") == said


def test_a_plural_of_its_own() -> None:
    assert [plural(n, "copy", "copies") for n in (1, 2)] == ["1 copy", "2 copies"]
