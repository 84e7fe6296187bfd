from __future__ import annotations

import pytest

from harness.cli import main


def test_clauses_are_listed_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clauses"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 20
    assert any(line.startswith("MUTE-001   MUST   ") for line in lines)


def test_one_area_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clauses", "--area", "MUTE"]) == 0
    assert all(line.startswith("MUTE-") for line in capsys.readouterr().out.splitlines())


def test_one_clause_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clauses", "show", "MUTE-002"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("MUTE-002  ")
    assert "≤ 300 ms" in text
