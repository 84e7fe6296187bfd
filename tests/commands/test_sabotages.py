from __future__ import annotations

import pytest

from harness.cli import main
from harness.sabotage.registry import SABOTAGES


def test_each_is_a_line_with_the_clauses_that_must_notice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["sabotages"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(SABOTAGES)
    assert "MUTE-001" in next(line for line in lines if line.startswith("swallow-mute"))
