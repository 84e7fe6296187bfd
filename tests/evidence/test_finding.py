from __future__ import annotations

import pytest

from harness.evidence.finding import CONTROL, Cell


@pytest.mark.parametrize(
    ("sabotage", "control"), [(None, False), ("swallow-mute", False), (CONTROL, True)]
)
def test_the_control_is_a_cell_in_which_nothing_is_broken(
    sabotage: str | None, *, control: bool
) -> None:
    assert Cell(server="1.13.5", sabotage=sabotage).is_control is control
