from __future__ import annotations

import pytest

from harness.cli import main


@pytest.mark.parametrize(
    ("command", "ends"),
    [
        ("clauses", "[show ID]"),
        ("profiles", "[show NAME, check FILE]"),
        ("gateway", "[set PROFILE]"),
    ],
)
def test_what_may_be_left_out_says_so(
    command: str, ends: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert capsys.readouterr().out.partition("\n\n")[0].endswith(ends)
